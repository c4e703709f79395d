/** Removes content that the provider refused, and prompts that were withdrawn, from the conversation. */
import * as Cut from "@altimate-code/system/Cut"
import * as Digest from "@altimate-code/system/Digest"
import * as Prompt from "@effect/ai/Prompt"
import type { Line } from "../../session/Session.ts"

type Content = {
  readonly type: string
  readonly text?: string
  readonly data?: unknown
  readonly fileName?: string | undefined
  readonly mediaType?: string
}

/** Returns the digest that identifies a part in a `Refusal`; `undefined` for parts that can't be left out alone, such as calls. */
export const digestPart = (part: Content): string | undefined => {
  if (part.type === "text" || part.type === "reasoning") return Digest.of((part.text ?? "").toWellFormed())
  if (part.type !== "file") return undefined
  return part.data instanceof Uint8Array ? Digest.of(part.data) : Digest.of(Buffer.from(String(part.data), "base64"))
}

export const nameOf = ({ fileName, mediaType, type }: Content): string => {
  if (type !== "file") return `a ${type}`
  const kind = mediaType?.startsWith("image/") ? "image" : "document"
  return fileName === undefined ? `${kind === "image" ? "an" : "a"} ${kind}` : `the ${kind} ${JSON.stringify(fileName)}`
}

/** Makes the note that replaces a part. */
const makeNote = (part: Content, why: string) => {
  const name = nameOf(part)
  return { type: "text" as const, text: `(${name[0]!.toUpperCase()}${name.slice(1)} was left out: ${why})` }
}

/** Shortens a message to one line of at most 200 characters, without the exception's name. */
export const shortenReason = (message: string): string => {
  const text = message.replace(/^\w*(Exception|Error): /, "").replace(/\s+/g, " ").trim()
  return text.length > 200 ? `${Cut.head(text, 199)}…` : text
}

interface LeftOut {
  readonly parts: ReadonlyMap<string, string>
  readonly ranges: ReadonlyArray<{ readonly from: number; readonly to: number; readonly why: string }>
}

const read = (lines: ReadonlyArray<Line>): LeftOut => {
  const parts = new Map<string, string>()
  const ranges: Array<LeftOut["ranges"][number]> = []
  for (const line of lines) {
    if (line.type !== "left-out") continue
    if ("part" in line.what) parts.set(line.what.part, line.why)
    if ("from" in line.what) ranges.push({ ...line.what, why: line.why })
  }
  return { parts, ranges }
}

/** Returns the names of the refused tools, which are no longer offered. */
export const findRefusedTools = (lines: ReadonlyArray<Line>): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => line.type === "left-out" && "tool" in line.what ? [line.what.tool] : []))

/** Whether another answer has replaced this one. */
const isReplaced = (line: Line): boolean => line.type === "assistant" && line.cut === "replaced"

/** Replaces refused content with notes, and withdrawn prompts with nothing. The number of lines stays the same. */
export const removeRefused = (lines: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const { parts, ranges } = read(lines)
  const withdrawn = new Set(lines.flatMap((line) => line.type === "withdrawn" ? [line.line] : []))
  if (parts.size + withdrawn.size === 0 && ranges.length === 0 && !lines.some(isReplaced)) return lines
  const why = (part: Content) => parts.get(digestPart(part) ?? "")
  return lines.map((line, index) => {
    if (isReplaced(line) || withdrawn.has(index)) return { type: "unknown" }
    const range = ranges.find(({ from, to }) => index >= from && index < to)
    if (range !== undefined) return replaceInRange(line, index, range)
    switch (line.type) {
      case "user":
        return { ...line, message: Prompt.userMessage({ content: line.message.content.map(leaveOut(why)) }) }
      case "assistant": {
        const content = line.message.content.flatMap((part) =>
          part.type === "reasoning" && why(part) !== undefined
            ? []
            : [part.type === "text" ? leaveOut(why)(part) : part]
        )
        return { ...line, message: Prompt.assistantMessage({ content }) }
      }
      case "tool-result": {
        const content = line.output.content.map((part) => {
          const reason = why(part)
          return reason === undefined ? part : makeNote(part, reason)
        })
        return { ...line, output: { ...line.output, content } }
      }
      default:
        return line
    }
  })
}

const leaveOut = (why: (part: Content) => string | undefined) => <Part extends Content>(part: Part) => {
  const reason = why(part)
  return reason === undefined ? part : Prompt.textPart({ text: makeNote(part, reason).text })
}

const isMessage = ({ type }: Line): boolean => type === "user" || type === "assistant" || type === "tool-result"

const replaceInRange = (line: Line, index: number, { from, why }: LeftOut["ranges"][number]): Line => {
  if (index === from && "time" in line) {
    const text = `(Part of the conversation was left out here: ${why})`
    return { type: "user", message: Prompt.userMessage({ content: [Prompt.textPart({ text })] }), time: line.time }
  }
  // If the range starts with the first line after the header, the summary is removed as well.
  return isMessage(line) || (line.type === "summary" && from === 1) ? { type: "unknown" } : line
}
