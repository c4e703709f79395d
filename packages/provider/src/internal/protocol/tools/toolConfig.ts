/** Converts tools and the tool choice. */
import type { Tool as BedrockTool, ToolChoice, ToolConfiguration } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Tool from "@effect/ai/Tool"
import * as Either from "effect/Either"
import { malformedInput } from "../malformed.ts"
import { makeObjectTool } from "./objectTool.ts"
import { describeTool } from "./toolDescription.ts"
import { isValidName } from "./toolNames.ts"
import { adaptSchema } from "./toolSchema.ts"

const checkName = (name: string): Either.Either<string, AiError.MalformedInput> =>
  isValidName(name)
    ? Either.right(name)
    : Either.left(malformedInput(
      `the tool name "${name}" is not valid in Bedrock: use 1 to 64 of the characters a-z A-Z 0-9 _ -`
    ))

export interface Input {
  readonly tools: ReadonlyArray<Tool.Any>
  readonly toolChoice: LanguageModel.ToolChoice<string>
  readonly responseFormat: LanguageModel.ProviderOptions["responseFormat"]
  /** The names of the tools that were called in earlier turns. */
  readonly used: ReadonlySet<string>
}

/**
 * Returns `undefined` if the request needs no tools. Bedrock refuses tool blocks in earlier turns without a tool configuration, and has no choice
 * "none". If there are such blocks, the tools, or placeholders for them, are sent without a choice.
 */
export const toToolConfig = (
  input: Input
): Either.Either<ToolConfiguration | undefined, AiError.MalformedInput> =>
  Either.gen(function*() {
    const specs = new Map<string, BedrockTool>()
    for (const tool of input.tools) {
      if (Tool.isProviderDefined(tool)) {
        return yield* Either.left(malformedInput(`Bedrock has no built-in tool "${tool.name}"`))
      }
      const name = yield* checkName(tool.name)
      specs.set(name, toSpec(name, Tool.getDescription(tool as never), Tool.getJsonSchema(tool as never)))
    }
    if (input.responseFormat.type === "json") {
      const { description, name, schema } = makeObjectTool(input.responseFormat)
      specs.set(name, toSpec(name, description, schema))
      return { tools: [...specs.values()], toolChoice: { tool: { name } } }
    }
    if (input.used.size === 0 && (specs.size === 0 || input.toolChoice === "none")) return undefined
    if (specs.size === 0) {
      return { tools: [...input.used].map((name) => toSpec(name, "No longer available.", { type: "object" })) }
    }
    const choice = toToolChoice(input.toolChoice)
    return { tools: [...specs.values()], ...(choice && { toolChoice: choice }) }
  })

const toToolChoice = (choice: LanguageModel.ToolChoice<string>): ToolChoice | undefined => {
  if (typeof choice === "string") return choice === "required" ? { any: {} } : undefined
  if ("tool" in choice) return { tool: { name: choice.tool } }
  return choice.mode === "required" ? { any: {} } : undefined
}

const toSpec = (name: string, given: string | undefined, parameters: object): BedrockTool => {
  const { removed, schema } = adaptSchema(parameters)
  const description = describeTool(given ?? "", removed)
  return { toolSpec: { name, ...(description !== undefined && { description }), inputSchema: { json: schema } } }
}
