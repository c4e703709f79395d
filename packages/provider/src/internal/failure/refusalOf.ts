/** Finds the part of a request that was refused. Pure. */
import * as Digest from "@altimate-code/system/Digest"
import type { ContentBlock, ConverseCommandInput, ToolResultContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type { BedrockError } from "../../BedrockError.ts"
import type { Refusal } from "../../Refusal.ts"
import { modelProblem } from "./modelProblem.ts"
import { tooLong } from "./tooLong.ts"

type Part = Extract<Refusal, { readonly _tag: "Part" }>
type Block = ContentBlock | ToolResultContentBlock

/** `undefined` for a failure that a change of the conversation can't avoid. */
export const refusalOf = (error: BedrockError, request: ConverseCommandInput): Refusal | undefined => {
  if (error.reason === "Blocked") return mayBeContent(error) ? { _tag: "Unnamed" } : undefined
  const isRefusal = error.reason === "Validation" &&
    (error.status === undefined ? error.type !== undefined : isOfRequest(error.status))
  if (!isRefusal && error.reason !== "ModelError") return undefined
  const sentences = error.sentences !== undefined && error.sentences.length > 0 ? error.sentences : [error.message]
  const long = firstOf(sentences, (sentence) => tooLong(error.status, sentence))
  if (long !== undefined || !isRefusal) return long
  if (modelProblem(error) !== undefined) return undefined
  return firstOf(sentences, (sentence) => refusedTool(sentence, request))
    ?? firstOf(sentences, (sentence) => refusedPart(sentence, request))
    ?? { _tag: "Unnamed" }
}

/** The other 4xx statuses of a `Validation` are about the connection or the URL, not about the content. */
const isOfRequest = (status: number): boolean => [200, 400, 413, 422, 431].includes(status)

/** A firewall inspects the content of a request; a legal block or a network's login page does not depend on it. */
const mayBeContent = ({ sender, status }: BedrockError): boolean => status !== 451 && sender?.kind !== "network"

const firstOf = <A>(sentences: ReadonlyArray<string>, find: (sentence: string) => A | undefined): A | undefined => {
  for (const sentence of sentences) {
    const found = find(sentence)
    if (found !== undefined) return found
  }
  return undefined
}

/** `messages.3.content.1`, `messages[3].content[1]`, `#/messages/3/content/1`; `.4.member` counts from 1, as in AWS's constraint messages. */
const at = (name: string) => new RegExp(String.raw`\b${name}[.[/](\d+)(\.member)?\]?`, "i")
const tool = at("tools")
const message = at("messages")
const content = at("content")

const index = (found: RegExpExecArray): number => Number(found[1]) - (found[2] === undefined ? 0 : 1)

const refusedTool = (sentence: string, { toolConfig }: ConverseCommandInput): Refusal | undefined => {
  const tools = toolConfig?.tools ?? []
  const found = message.test(sentence) ? null : tool.exec(sentence)
  const named = found === null
    ? tools.find(({ toolSpec }) => /tool/i.test(sentence) && quotes(sentence, toolSpec?.name))
    : tools[index(found)]
  return named?.toolSpec?.name === undefined ? undefined : { _tag: "Tool", name: named.toolSpec.name }
}

const quotes = (sentence: string, name: string | undefined): boolean =>
  name !== undefined && ["\"", "'", "`"].some((quote) => sentence.includes(`${quote}${name}${quote}`))

const kinds = {
  image: /\b(images?|png|jpe?g|gif|webp)\b/i,
  document: /\b(documents?|pdfs?)\b/i
} as const
const fileKinds = ["image", "document"] as const

const refusedPart = (sentence: string, { messages = [] }: ConverseCommandInput): Part | undefined => {
  const blocks = messages.flatMap(({ content = [] }) => content.flatMap(withInner))
  const kind = fileKinds.find((kind) => kinds[kind].test(sentence) && blocks.some((block) => block[kind] !== undefined))
  const place = message.exec(sentence)
  const rest = place === null ? "" : sentence.slice(place.index + place[0].length)
  const inMessage = content.exec(rest)
  if (place !== null && inMessage !== null) {
    const block = messages[index(place)]?.content?.[index(inMessage)]
    const parts = block === undefined ? [] : named(block, rest.slice(inMessage.index + inMessage[0].length), kind)
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

const withInner = (block: ContentBlock): ReadonlyArray<Block> => block.toolResult?.content ?? [block]

/** For a tool result: the part that the path names, otherwise its attachments, otherwise its text. */
const named = (block: ContentBlock, path: string, kind: Part["kind"] | undefined): ReadonlyArray<Identified> => {
  if (block.toolResult === undefined) return identify(block)
  const inner = block.toolResult.content ?? []
  const place = content.exec(path)
  const parts = (place === null ? inner : inner.slice(index(place)).slice(0, 1)).flatMap(identify)
  const files = parts.filter((part) => kind === undefined ? part.kind !== "text" : part.kind === kind)
  return files.length > 0 ? files : parts
}

interface Identified {
  readonly kind: Part["kind"]
  readonly digest: string
}

/** A tool call is not listed: without it, its result would have no call. */
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
