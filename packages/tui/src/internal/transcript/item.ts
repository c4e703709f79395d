import type { CutAnswer, Line } from "@altimate-code/agent/Session"
import type { Outcome } from "@altimate-code/agent/TurnEvent"

/** A piece of the conversation that does not change any more. */
export type Item =
  | { readonly type: "welcome"; readonly version: string; readonly directory: string }
  | { readonly type: "user"; readonly text: string }
  /** A part of an answer; `first`: of this answer. */
  | { readonly type: "answer"; readonly markdown: string; readonly first: boolean }
  | { readonly type: "reasoning"; readonly text: string; readonly seconds: number | undefined }
  | ToolItem
  | {
    readonly type: "shell"
    readonly command: string
    readonly output: string
    readonly end: string
    readonly ok: boolean
  }
  | {
    readonly type: "notice"
    readonly level: "info" | "warning" | "error"
    readonly text: string
    readonly hint?: string
  }
  /** An answer of the screen itself, e.g. to `/status`. */
  | { readonly type: "lines"; readonly title: string; readonly lines: ReadonlyArray<string> }

export interface ToolItem {
  readonly type: "tool"
  readonly name: string
  readonly title: string
  readonly outcome: Outcome
  readonly summary: string
  readonly output: string
  readonly diff?: string
  readonly seconds: number | undefined
}

/** How a command that a person typed with `!` is told to the model. */
export const shellMessage = (command: string, end: string, output: string): string =>
  `I ran this command myself:\n\n\`\`\`sh\n${command}\n\`\`\`\n\n${end}, output:\n\n\`\`\`\n${output}\n\`\`\``

/** The conversation as it is shown when it goes on. */
export const ofEntries = (entries: ReadonlyArray<Line>): ReadonlyArray<Item> => entries.flatMap(ofEntry)

const ofEntry = (entry: Line): ReadonlyArray<Item> => {
  switch (entry.type) {
    case "user": {
      if (entry.hidden) return []
      const text = entry.message.content.map((part) =>
        part.type === "text" ? part.text : `[${part.fileName ?? part.mediaType}]`
      ).join("\n")
      return [{ type: "user", text }]
    }
    case "assistant": {
      let first = true
      const items = entry.message.content.flatMap((part): ReadonlyArray<Item> => {
        if (part.type === "reasoning" && part.text !== "") {
          return [{ type: "reasoning", text: part.text, seconds: undefined }]
        }
        if (part.type !== "text" || part.text.trim() === "") return []
        const item: Item = { type: "answer", markdown: part.text, first }
        first = false
        return [item]
      })
      if (entry.cut !== undefined) return [...items, brokenOff({ mode: entry.cut, hasText: !first })]
      return entry.interrupted ? [...items, interrupted] : items
    }
    case "tool-result":
      return [{
        type: "tool",
        name: entry.name,
        title: entry.title,
        outcome: entry.outcome,
        summary: entry.output.summary,
        output: entry.output.content.map((part) => part.type === "text" ? part.text : `[${part.mediaType}]`).join("\n"),
        ...(entry.output.diff === undefined ? {} : { diff: entry.output.diff }),
        seconds: undefined
      }]
    case "summary":
      return [{ type: "notice", level: "info", text: "Older messages were compacted here." }]
    case "notice":
      return [{ type: "notice", level: "info", text: entry.text }]
    default:
      return []
  }
}

export const interrupted: Item = { type: "notice", level: "warning", text: "Interrupted; what came so far is kept." }

/** Below the piece of an answer that broke off. */
export const brokenOff = ({ hasText, message, mode }: {
  readonly mode: CutAnswer
  readonly hasText: boolean
  readonly message?: string
}): Item => ({
  type: "notice",
  level: "warning",
  text: !hasText
    ? "The answer broke off before it began. The model was asked again."
    : `The answer broke off here. ${mode === "replaced" ? "A new answer replaces it:" : "It continues:"}`,
  ...(message === undefined ? {} : { hint: message })
})
