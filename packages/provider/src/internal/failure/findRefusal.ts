/** Finds the part of a request that was refused. Pure. */
import * as Digest from "@altimate-code/system/Digest"
import type { ContentBlock, ConverseCommandInput, ToolResultContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type { BedrockError } from "../../BedrockError.ts"
import type { Refusal } from "../../Refusal.ts"
import { findLengthRefusal } from "./lengthRefusal.ts"
import { modelProblem } from "./modelProblem.ts"

type Part = Extract<Refusal, { readonly _tag: "Part" }>
type Block = ContentBlock | ToolResultContentBlock

/** `undefined` if changing the conversation would not help. */
export const findRefusal = (error: BedrockError, request: ConverseCommandInput): Refusal | undefined => {
  if (error.reason === "Blocked") return mayBeAboutContent(error) ? { _tag: "Unnamed" } : undefined
  const isRefusal = error.reason === "Validation" &&
    (error.status === undefined ? error.type !== undefined : isAboutContent(error.status))
  if (!isRefusal && error.reason !== "ModelError") return undefined
  const sentences = error.sentences !== undefined && error.sentences.length > 0 ? error.sentences : [error.message]
  const long = findFirst(sentences, (sentence) => findLengthRefusal(error.status, sentence))
  if (long !== undefined || !isRefusal) return long
  if (modelProblem(error) !== undefined || sentences.some((sentence) => isAboutField(sentence, request))) {
    return undefined
  }
  return findFirst(sentences, (sentence) => findTool(sentence, request))
    ?? findFirst(sentences, (sentence) => findPart(sentence, request))
    ?? { _tag: "Unnamed" }
}

/** The other 4xx statuses of a `Validation` are about the connection or the URL, not about the content. */
const isAboutContent = (status: number): boolean => [200, 400, 413, 422, 431].includes(status)

/** A firewall may object to the content; a legal block or a captive portal does not depend on it. */
const mayBeAboutContent = ({ sender, status }: BedrockError): boolean => status !== 451 && sender?.kind !== "network"

/** Fields that have nothing to do with the conversation, so that shortening it would not help. */
const fields = {
  additionalModelResponseFieldPaths: /additional_?model_?response_?field_?paths/i,
  guardrailConfig: /guardrail/i,
  performanceConfig: /performance[ _]?config|latency/i,
  requestMetadata: /request[ _]?metadata/i,
  serviceTier: /service[ _]?tier/i
} as const

const isAboutField = (sentence: string, request: ConverseCommandInput): boolean =>
  Object.entries(fields).some(([name, pattern]) =>
    request[name as keyof typeof fields] !== undefined && pattern.test(sentence)
  )

const findFirst = <A>(sentences: ReadonlyArray<string>, find: (sentence: string) => A | undefined): A | undefined => {
  for (const sentence of sentences) {
    const found = find(sentence)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Matches `messages.3.content.1`, `messages[3].content[1]` and `#/messages/3/content/1`. In AWS's constraint messages, `.4.member` counts
 * from 1.
 */
const pathPattern = (name: string) => new RegExp(String.raw`\b${name}[.[/](\d+)(\.member)?\]?`, "i")
const toolPath = pathPattern("tools")
const messagePath = pathPattern("messages")
const contentPath = pathPattern("content")

const readIndex = (found: RegExpExecArray): number => Number(found[1]) - (found[2] === undefined ? 0 : 1)

const findTool = (sentence: string, { toolConfig }: ConverseCommandInput): Refusal | undefined => {
  const tools = toolConfig?.tools ?? []
  const found = messagePath.test(sentence) ? null : toolPath.exec(sentence)
  const named = found === null
    ? tools.find(({ toolSpec }) => /tool/i.test(sentence) && quotes(sentence, toolSpec?.name))
    : tools[readIndex(found)]
  return named?.toolSpec?.name === undefined ? undefined : { _tag: "Tool", name: named.toolSpec.name }
}

const quotes = (sentence: string, name: string | undefined): boolean =>
  name !== undefined && ["\"", "'", "`"].some((quote) => sentence.includes(`${quote}${name}${quote}`))

const kinds = {
  image: /\b(images?|png|jpe?g|gif|webp)\b/i,
  document: /\b(documents?|pdfs?)\b/i
} as const
const fileKinds = ["image", "document"] as const

const findPart = (sentence: string, { messages = [] }: ConverseCommandInput): Part | undefined => {
  const blocks = messages.flatMap(({ content = [] }) => content.flatMap(flatten))
  const kind = fileKinds.find((kind) => kinds[kind].test(sentence) && blocks.some((block) => block[kind] !== undefined))
  const place = messagePath.exec(sentence)
  const rest = place === null ? "" : sentence.slice(place.index + place[0].length)
  const inMessage = contentPath.exec(rest)
  if (place !== null && inMessage !== null) {
    const block = messages[readIndex(place)]?.content?.[readIndex(inMessage)]
    const parts = block === undefined ? [] : identifyAt(block, rest.slice(inMessage.index + inMessage[0].length), kind)
    const [first] = parts
    if (first !== undefined) {
      return {
        _tag: "Part",
        kind: first.kind,
        digests: parts.filter(({ kind }) => kind === first.kind).map(({ digest }) => digest)
      }
    }
  }
  return kind === undefined ? undefined : { _tag: "Part", kind, digests: [] }
}

const flatten = (block: ContentBlock): ReadonlyArray<Block> => block.toolResult?.content ?? [block]

/** For a tool result: the part that the path names, or else its attachments, or else its text. */
const identifyAt = (block: ContentBlock, path: string, kind: Part["kind"] | undefined): ReadonlyArray<Identified> => {
  if (block.toolResult === undefined) return identify(block)
  const inner = block.toolResult.content ?? []
  const place = contentPath.exec(path)
  const parts = (place === null ? inner : inner.slice(readIndex(place)).slice(0, 1)).flatMap(identify)
  const files = parts.filter((part) => kind === undefined ? part.kind !== "text" : part.kind === kind)
  return files.length > 0 ? files : parts
}

interface Identified {
  readonly kind: Part["kind"]
  readonly digest: string
}

/** Tool calls are left out, because their results need them. */
const identify = (block: Block): ReadonlyArray<Identified> => {
  const as = (kind: Part["kind"], content: string | Uint8Array | undefined) =>
    content === undefined ? [] : [{ kind, digest: Digest.of(content) }]
  if (block.image !== undefined) return as("image", block.image.source?.bytes)
  if (block.document !== undefined) return as("document", block.document.source?.bytes)
  if ("reasoningContent" in block && block.reasoningContent !== undefined) {
    return as("reasoning", block.reasoningContent.reasoningText?.text ?? "")
  }
  return as("text", block.text)
}
