import * as AttachedText from "@altimate-code/agent/AttachedText"
import * as PromptImageText from "@altimate-code/agent/PromptImageText"
import * as BackgroundTaskText from "@altimate-code/agent/session/BackgroundTaskText"
import type { CutAnswer, Line } from "@altimate-code/agent/session/Session"
import type { Spending } from "@altimate-code/agent/session/Spending"
import type { Outcome } from "@altimate-code/agent/turn/TurnEvent"
import type * as Prompt from "@effect/ai/Prompt"
import * as Option from "effect/Option"

/** A finished piece of the transcript. */
export type Item =
  | { readonly type: "welcome"; readonly version: string; readonly directory: string }
  /** A prompt, and the names of its images, as far as they are known. */
  | { readonly type: "user"; readonly text: string; readonly images?: ReadonlyArray<string> }
  /** An attachment of the prompt before it. */
  | {
    readonly type: "attachment"
    readonly kind: "image" | "document" | "file"
    readonly name: string
    readonly details: string
  }
  /** A part of an answer; `isFirst`: its first part. */
  | { readonly type: "answer"; readonly markdown: string; readonly isFirst: boolean }
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
  /** What a turn that has ended took. */
  | { readonly type: "turn"; readonly seconds: number; readonly spending: Spending }
  /** The output of a slash command, e.g. `/status`. `narrow` replaces lines that do not fit. */
  | {
    readonly type: "lines"
    readonly title: string
    readonly lines: ReadonlyArray<string>
    readonly narrow?: ReadonlyArray<string>
  }

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

/** Shows an attachment below its prompt. */
export const attachmentItem = (part: Prompt.FilePart): Item => ({
  type: "attachment",
  kind: part.mediaType.startsWith("image/") ? "image" : "document",
  ...PromptImageText.describe(part)
})

/** Shows the text of an attached file as one line; undefined for other texts. */
export const fileItem = (text: string): Item | undefined =>
  Option.getOrUndefined(Option.map(AttachedText.parseText(text), ({ lines, name }): Item => ({
    type: "attachment",
    kind: "file",
    name,
    details: lines === 1 ? "1 line" : `${lines} lines`
  })))

/** The transcript of a stored session. */
export const itemsOf = (entries: ReadonlyArray<Line>): ReadonlyArray<Item> => entries.flatMap(itemsOfEntry)

const itemsOfEntry = (entry: Line): ReadonlyArray<Item> => {
  switch (entry.type) {
    case "user": {
      if (entry.hidden) return []
      const { content } = entry.message
      const texts = content.flatMap((part) => part.type === "text" ? [part.text] : [])
      const text = texts.filter((text) => fileItem(text) === undefined).join("\n")
      const files = content.flatMap((part) => part.type === "file" ? [part] : [])
      const images = files.flatMap(({ fileName }) => fileName ?? [])
      return [
        { type: "user", text: entry.typed ?? text, images },
        ...files.map(attachmentItem),
        ...texts.flatMap((text) => fileItem(text) ?? [])
      ]
    }
    case "assistant": {
      let isFirst = true
      const items = entry.message.content.flatMap((part): ReadonlyArray<Item> => {
        if (part.type === "reasoning" && part.text !== "") {
          return [{ type: "reasoning", text: part.text, seconds: undefined }]
        }
        if (part.type !== "text" || part.text.trim() === "") return []
        const item: Item = { type: "answer", markdown: part.text, isFirst }
        isFirst = false
        return [item]
      })
      if (entry.cut !== undefined) return [...items, brokenOffNotice({ mode: entry.cut, hasText: !isFirst })]
      return entry.interrupted ? [...items, interruptedNotice] : items
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
    case "withdrawn":
      return [withdrawnNotice]
    case "undone":
      return [undoneNotice]
    case "notice":
      return [{ type: "notice", level: "info", text: entry.text }]
    case "task":
      return entry.state === "ended" ? [taskNotice(entry)] : []
    default:
      return []
  }
}

/** A background command has ended. */
export const taskNotice = (
  task: { readonly id: string; readonly command: string; readonly ending: string; readonly ok: boolean }
): Item => ({
  type: "notice",
  level: task.ok ? "info" : "warning",
  text: BackgroundTaskText.describeEnding(task)
})

/** A prompt of a resumed session was not answered. */
const withdrawnNotice: Item = {
  type: "notice",
  level: "info",
  text: "This prompt was not answered and is not part of the conversation."
}

/** In a resumed session, which no longer shows the turn. */
const undoneNotice: Item = { type: "notice", level: "info", text: "A turn was undone here." }

export const interruptedNotice: Item = {
  type: "notice",
  level: "warning",
  text: "Interrupted. The answer so far is kept."
}

export const interruptedPromptNotice: Item = {
  type: "notice",
  level: "warning",
  text: "Interrupted before an answer. Your prompt is back in the input, and not part of the conversation."
}

/** Shown below the failure. */
export const returnedNotice: Item = {
  type: "notice",
  level: "info",
  text: "Your prompt is back in the input, and not part of the conversation."
}

/** Shown below the failure of a turn that had begun to work. */
export const keptNotice: Item = {
  type: "notice",
  level: "info",
  text: "Your prompt and the work so far are part of the conversation. To continue, send \"continue\"."
}

/** Shown below the text of an answer that was cut off. */
export const brokenOffNotice = ({ hasText, isLimit, message, mode }: {
  readonly mode: CutAnswer
  readonly hasText: boolean
  readonly message?: string
  readonly isLimit?: boolean
}): Item => ({
  type: "notice",
  level: "warning",
  text: isLimit === true
    ? "The answer reached its token limit here. It continues below:"
    : !hasText
    ? "The answer was cut off before any text arrived. Retrying:"
    : `The answer was cut off here. ${mode === "replaced" ? "Retrying:" : "It continues below:"}`,
  ...(message === undefined || isLimit === true ? {} : { hint: message })
})
