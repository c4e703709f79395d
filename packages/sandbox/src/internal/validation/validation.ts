/**
 * The checks that Bedrock makes before a model gets a request, with Bedrock's messages where they have been recorded. First the constraints of the API
 * model (`2023-09-30`), all of which are reported together; then the rules of Converse, the limits for the whole request, and Claude's rules, of which only
 * the first violation is reported.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { type ContentBlock, ConverseRequest, type DocumentBlock } from "../converse/request.ts"
import * as Claude from "./claude.ts"
import { invalidRequest, type Refusal, unserializableRequest } from "./refusal.ts"
import * as RequestFields from "./requestFields.ts"
import { enumeration } from "./requestFields.ts"
import * as Thinking from "./thinking.ts"
import * as ToolPairs from "./toolPairs.ts"
import * as WholeRequest from "./wholeRequest.ts"

const identifier = (pattern: string) => (value: string): ReadonlyArray<string> => [
  ...(new RegExp(`^${pattern}$`).test(value) ? [] : [`Member must satisfy regular expression pattern: ${pattern}`]),
  ...(value.length < 1 ? ["Member must have length greater than or equal to 1"] : []),
  ...(value.length > 64 ? ["Member must have length less than or equal to 64"] : [])
]

const range = (least: number, most: number) => (value: number): ReadonlyArray<string> => [
  ...(value >= least ? [] : [`Member must have value greater than or equal to ${least}`]),
  ...(value <= most ? [] : [`Member must have value less than or equal to ${most}`])
]

const role = enumeration(["user", "assistant"])
const imageFormat = enumeration(["png", "jpeg", "gif", "webp"])
const documentFormat = enumeration(["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"])
const toolName = identifier("[a-zA-Z0-9_-]+")
const toolUseId = identifier("[a-zA-Z0-9_.:-]+")

/** In these paths, Bedrock counts members from 1; in all other messages, from 0. */
const checkConstraints = (request: ConverseRequest, body: unknown): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const check = <A extends string | number>(
    path: string,
    value: A | undefined,
    rule: (value: A) => ReadonlyArray<string>
  ) => {
    if (value === undefined) return
    for (const problem of rule(value)) {
      problems.push(`Value '${value}' at '${path}' failed to satisfy constraint: ${problem}`)
    }
  }
  const checkMedia = (path: string, block: Pick<ContentBlock, "image" | "document">) => {
    check(`${path}.image.format`, block.image?.format, imageFormat)
    check(`${path}.document.format`, block.document?.format, documentFormat)
  }
  for (const [m, message] of request.messages.entries()) {
    const at = `messages.${m + 1}.member`
    check(`${at}.role`, message.role, role)
    for (const [c, block] of message.content.entries()) {
      const path = `${at}.content.${c + 1}.member`
      checkMedia(path, block)
      check(`${path}.toolUse.toolUseId`, block.toolUse?.toolUseId, toolUseId)
      check(`${path}.toolUse.name`, block.toolUse?.name, toolName)
      check(`${path}.toolResult.toolUseId`, block.toolResult?.toolUseId, toolUseId)
      for (const [r, result] of block.toolResult?.content.entries() ?? []) {
        checkMedia(`${path}.toolResult.content.${r + 1}.member`, result)
      }
    }
  }
  for (const [t, tool] of request.toolConfig?.tools.entries() ?? []) {
    check(`toolConfig.tools.${t + 1}.member.toolSpec.name`, tool.toolSpec?.name, toolName)
  }
  check("inferenceConfig.maxTokens", request.inferenceConfig?.maxTokens, range(1, Infinity))
  check("inferenceConfig.temperature", request.inferenceConfig?.temperature, range(0, 1))
  check("inferenceConfig.topP", request.inferenceConfig?.topP, range(0, 1))
  for (const { constraint, path, value } of RequestFields.findConstraintProblems(request, body)) {
    check(path, value, () => [constraint])
  }
  return problems
}

const isBlank = (text: string | undefined) => text !== undefined && text.trim() === ""

const checkDocumentName = ({ name }: DocumentBlock): ReadonlyArray<string> =>
  /^[a-zA-Z0-9\s()[\]-]{1,200}$/.test(name) && !/\s\s/.test(name)
    ? []
    : [
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request."
    ]

function* findViolations(request: ConverseRequest): Generator<string> {
  if (request.messages[0]?.role !== "user") {
    yield "A conversation must start with a user message. Try again with a conversation that starts with a user message."
  }
  for (const [i, block] of request.system?.entries() ?? []) {
    if (isBlank(block.text)) {
      yield `The text field in the SystemContentBlock object at system.${i} is blank. Add text to the text field, and try again.`
    }
  }
  for (const [m, { content }] of request.messages.entries()) {
    if (content.length === 0) {
      yield `The content field in the Message object at messages.${m} is empty. Add a ContentBlock object to the content field and try again.`
    }
    for (const [c, block] of content.entries()) {
      if (isBlank(block.text)) {
        yield `The text field in the ContentBlock object at messages.${m}.content.${c} is blank. Add text to the text field, and try again.`
      }
      if (block.document !== undefined) yield* checkDocumentName(block.document)
    }
    if (content.some((block) => block.document !== undefined) && content.every((block) => block.text === undefined)) {
      yield "A text block must be included when using documents."
    }
  }
  const usesTools = request.messages.some(({ content }) =>
    content.some((block) => block.toolUse !== undefined || block.toolResult !== undefined)
  )
  if (usesTools && request.toolConfig === undefined) {
    yield "The toolConfig field must be defined when using toolUse and toolResult content blocks."
  }
  yield* ToolPairs.findProblems(request.messages)
}

const toJson = Schema.decodeUnknownEither(Schema.parseJson())
const toRequest = Schema.decodeUnknownEither(ConverseRequest)

/** The path of the first invalid value. */
const findPath = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error)[0]?.path.join(".") ?? ""

/** The request, if Bedrock and the model would accept it. */
export const validate = (rawBody: string, modelId: string): Either.Either<ConverseRequest, Refusal> =>
  Either.gen(function*() {
    const json = yield* Either.mapLeft(
      toJson(rawBody),
      () => unserializableRequest("The request body is not valid JSON.")
    )
    if (!WholeRequest.isWellFormed(json)) {
      return yield* Either.left(
        unserializableRequest("The request body is not valid JSON: no low surrogate in string.")
      )
    }
    const request = yield* Either.mapLeft(
      toRequest(json),
      (error) =>
        unserializableRequest(
          `The request body is missing a member or has one of the wrong type at '${findPath(error)}'.`
        )
    )
    const broken = checkConstraints(request, json)
    if (broken.length > 0) {
      const count = broken.length === 1 ? "1 validation error detected" : `${broken.length} validation errors detected`
      return yield* Either.left(invalidRequest(`${count}: ${broken.join("; ")}`))
    }
    const claude = Claude.isClaude(modelId) ? Claude.findProblems(json, modelId) : []
    const fields = RequestFields.findViolations(request)
    const thinking = Thinking.findOtherProblems(json, modelId)
    for (const problems of [findViolations(request), fields, WholeRequest.findProblems(json), claude, thinking]) {
      for (const problem of problems) return yield* Either.left(invalidRequest(problem))
    }
    return request
  })
