/** The messages of a request and its answer, in the form of OpenTelemetry's conventions for generative AI. */
import { publicUrl } from "@altimate-code/log/PublicUrl"
import type { CurrentSpanTransformer } from "@effect/ai/Telemetry"
import type * as Context from "effect/Context"
import * as Predicate from "effect/Predicate"

/** In characters. Longer texts, arguments and results are cut off. */
const maxTextLength = 16_000

/** In characters of an attribute's JSON. The oldest parts are left out. */
const maxJsonLength = 64_000

type Mask = (text: string) => string

interface Message {
  readonly role: string
  readonly parts: ReadonlyArray<object>
  readonly finish_reason?: string
}

interface File {
  readonly mediaType: string
  readonly data: string | Uint8Array | URL
  readonly fileName?: string | undefined
}

const isFile = (value: object): value is File =>
  Predicate.hasProperty(value, "type") && value.type === "file" &&
  Predicate.hasProperty(value, "mediaType") && typeof value.mediaType === "string" &&
  Predicate.hasProperty(value, "data") &&
  (typeof value.data === "string" || value.data instanceof Uint8Array || value.data instanceof URL)

const cutOff = (text: string): string =>
  text.length > maxTextLength ? `${text.slice(0, maxTextLength).toWellFormed()}…` : text

/** A file without its data, because data of megabytes would be sent with every request. */
const describeFile = ({ data, fileName, mediaType }: File, mask: Mask) => {
  const kind = mediaType.split("/")[0]!
  const common = {
    modality: ["image", "audio", "video"].includes(kind) ? kind : "document",
    mime_type: mediaType,
    ...(fileName !== undefined && { file_name: mask(fileName) })
  }
  if (data instanceof Uint8Array) return { type: "blob", ...common, size: data.byteLength }
  const text = String(data)
  if (/^https?:/i.test(text)) return { type: "uri", ...common, uri: cutOff(mask(publicUrl(text))) }
  const base64 = /^data:/i.test(text) ? text.slice(text.indexOf(",") + 1) : text
  return { type: "blob", ...common, size: Buffer.byteLength(base64, "base64") }
}

/** Masks a text before it is cut off, because a few characters of a secret would not be recognized. */
const clean = (value: unknown, mask: Mask): unknown => {
  if (typeof value === "string") return cutOff(mask(value))
  if (value instanceof Uint8Array) return { size: value.byteLength }
  if (Array.isArray(value)) return value.map((item) => clean(item, mask))
  if (!Predicate.isRecord(value)) return value
  if (isFile(value)) return describeFile(value, mask)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item, mask)]))
}

/** Data that is too long becomes a text that is cut off. */
const cleanData = (value: unknown, mask: Mask): unknown => {
  const cleaned = clean(value, mask)
  const json = JSON.stringify(cleaned) ?? ""
  return json.length > maxTextLength ? cutOff(mask(json)) : cleaned
}

type Request = Parameters<Context.Tag.Service<CurrentSpanTransformer>>[0]
type PromptMessage = Request["prompt"]["content"][number]

const toPart = (part: Exclude<PromptMessage["content"], string>[number], mask: Mask): object => {
  switch (part.type) {
    case "text":
    case "reasoning":
      return { type: part.type, content: clean(part.text, mask) }
    case "file":
      return describeFile(part, mask)
    case "tool-call":
      return { type: "tool_call", id: part.id, name: part.name, arguments: cleanData(part.params, mask) }
    case "tool-result":
      return { type: "tool_call_response", id: part.id, response: cleanData(part.result, mask) }
  }
}

const toAnswer = (response: Request["response"], mask: Mask): Message => {
  const texts = { text: "", reasoning: "" }
  const others: Array<object> = []
  let finishReason = "error"
  for (const part of response) {
    if (part.type === "text" || part.type === "reasoning") texts[part.type] += part.text
    else if (part.type === "text-delta") texts.text += part.delta
    else if (part.type === "reasoning-delta") texts.reasoning += part.delta
    else if (part.type === "file") others.push(describeFile(part, mask))
    else if (part.type === "finish") {
      finishReason = part.reason === "tool-calls" ? "tool_call" : part.reason.replaceAll("-", "_")
    } else if (part.type === "tool-call") {
      others.push({ type: "tool_call", id: part.id, name: part.name, arguments: cleanData(part.params, mask) })
    }
  }
  const written = (["reasoning", "text"] as const).flatMap((type) =>
    texts[type] === "" ? [] : [{ type, content: clean(texts[type], mask) }]
  )
  return { role: "assistant", parts: [...written, ...others], finish_reason: finishReason }
}

/** Leaves out the oldest parts if the JSON is too long, and reports how many. */
const toJson = (messages: ReadonlyArray<Message>): string => {
  let left = maxJsonLength
  let omitted = 0
  const newestFirst = messages.toReversed().map((message) => ({
    ...message,
    parts: message.parts.toReversed().filter((part) => {
      left -= JSON.stringify(part).length
      if (left < 0) omitted++
      return left >= 0
    }).toReversed()
  }))
  const kept = newestFirst.filter(({ parts }, index) => parts.length > 0 || index === 0).toReversed()
  return JSON.stringify(
    omitted === 0 ? kept : [{ role: "user", parts: [{ type: "omitted", count: omitted }] }, ...kept]
  )
}

/**
 * Adds the messages to the span of a request. Source of the form: OpenTelemetry, the JSON schemas of `gen_ai.input.messages`,
 * `gen_ai.output.messages` and `gen_ai.system_instructions`.
 */
export const captureMessages =
  (mask: Mask): Context.Tag.Service<CurrentSpanTransformer> => ({ prompt, response, span }) => {
    const instructions: Array<object> = []
    const input: Array<Message> = []
    for (const { content, role } of prompt.content) {
      if (typeof content === "string") instructions.push({ type: "text", content: clean(content, mask) })
      else input.push({ role, parts: content.map((part) => toPart(part, mask)) })
    }
    if (instructions.length > 0) span.attribute("gen_ai.system_instructions", JSON.stringify(instructions))
    span.attribute("gen_ai.input.messages", toJson(input))
    span.attribute("gen_ai.output.messages", toJson([toAnswer(response, mask)]))
  }
