/**
 * Formats sessions for users.
 *
 * @since 0.1.0
 */
import * as Prompt from "@effect/ai/Prompt"
import * as Option from "effect/Option"
import * as AttachedText from "../AttachedText.ts"
import { textOf } from "../internal/session/interrupted.ts"
import { oneLine } from "../internal/session/oneLine.ts"
import * as ToolTitle from "../tools/ToolTitle.ts"
import { titleOf } from "./BackgroundTaskText.ts"
import type { Line, Listed } from "./Session.ts"
import * as Spending from "./Spending.ts"
import * as Usage from "./Usage.ts"

const textOfPrompt = (message: Prompt.UserMessage): string =>
  message.content.map((part) => part.type === "text" ? part.text : `[${part.fileName ?? part.mediaType}]`).join("\n\n")

/** What the user has typed: without the texts of attached files. */
const typedText = (message: Prompt.UserMessage): string => {
  const content = message.content.filter((part) =>
    part.type !== "text" || Option.isNone(AttachedText.parseText(part.text))
  )
  return textOfPrompt(content.length === 0 ? message : Prompt.userMessage({ content }))
}

const prompts = (lines: ReadonlyArray<Line>) =>
  lines.flatMap((line) =>
    line.type === "user" && line.hidden === undefined ? [line.typed ?? typedText(line.message)] : []
  )

/** Finds the user's last title for the session. */
const findUserTitle = (lines: ReadonlyArray<Line>): string => {
  const given = lines.findLast((line) => line.type === "title")
  return given?.type === "title" ? oneLine(given.title) : ""
}

/**
 * Returns the user's title, or else the beginning of the first prompt, on one line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const findTitle = (lines: ReadonlyArray<Line>): string =>
  findUserTitle(lines) || oneLine(prompts(lines)[0] ?? "")

/**
 * Describes the session for a list.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toListed = (id: string, lines: ReadonlyArray<Line>): Listed => {
  const [first] = lines
  const last = lines.findLast((line) => line.type !== "unknown")
  return {
    id,
    directory: first?.type === "session" ? first.directory : "",
    time: last?.time ?? "",
    title: findTitle(lines),
    isTitleGiven: findUserTitle(lines) !== "",
    turns: prompts(lines).length,
    spending: Spending.sum(lines)
  }
}

/** Encloses the text in a fence that is longer than any fence in it. */
const fence = (text: string, language: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const ticks = "`".repeat(longest + 1)
  return `${ticks}${language}\n${text}\n${ticks}`
}

/** The titles of the calls that have results, by their IDs. */
type Titles = ReadonlyMap<string, string>

const formatLine = (line: Line, titles: Titles): ReadonlyArray<string> => {
  switch (line.type) {
    case "user":
      return line.hidden === undefined ? ["## You", textOfPrompt(line.message)] : []
    case "assistant":
      return [
        ...line.message.content.flatMap((part) => {
          if (part.type === "text") return [part.text.trim()]
          if (part.type !== "tool-call") return []
          return [`**${part.name}** \`${titles.get(part.id) ?? ToolTitle.of(part.name, part.params)}\``]
        }),
        ...(line.interrupted ? [`*(${line.cut === undefined ? "interrupted" : `cut off, then ${line.cut}`})*`] : [])
      ]
    case "tool-result":
      return [
        `*${line.name} ${line.title}: ${line.outcome}${line.output.summary === "" ? "" : `, ${line.output.summary}`}*`,
        line.output.diff === undefined ? fence(textOf(line.output), "") : fence(line.output.diff, "diff")
      ]
    case "summary":
      return ["*(older messages were compacted into a summary)*", line.text]
    case "withdrawn":
      return ["*(this prompt was not answered and is not part of the conversation)*"]
    case "undone":
      return ["*(a turn was undone here and is not part of the conversation)*"]
    case "notice":
      return [`*${line.text}*`]
    case "task":
      return line.state === "ended"
        ? [`*Background task ${line.id} ended (${line.ending}): ${titleOf(line)}*`]
        : []
    default:
      return []
  }
}

const describeSpending = (spending: Spending.Spending): string => {
  const { requests, usage } = spending
  if (requests === 0) return ""
  const cached = usage.cacheRead + usage.cacheWrite === 0
    ? ""
    : ` (${usage.cacheRead.toLocaleString("en-US")} read from and ${
      usage.cacheWrite.toLocaleString("en-US")
    } written to the cache)`
  return [
    `Cost: ${Spending.describe(spending)} for ${requests === 1 ? "1 request" : `${requests} requests`}, ${
      Usage.total(usage).toLocaleString("en-US")
    } tokens${cached}.`,
    ...Spending.explain(spending)
  ].join(" ")
}

/**
 * Formats the whole session as Markdown.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toMarkdown = (lines: ReadonlyArray<Line>): string => {
  const [first] = lines
  const given = findUserTitle(lines)
  const head = first?.type === "session"
    ? [
      `# Session ${first.id}`,
      given === "" ? "" : `**${given}**`,
      `${first.directory}, ${first.time}`,
      describeSpending(Spending.sum(lines))
    ]
    : []
  const titles: Titles = new Map(lines.flatMap((line) => line.type === "tool-result" ? [[line.id, line.title]] : []))
  let speaker = ""
  const body = lines.flatMap((line) => {
    const text = formatLine(line, titles)
    if (text.length === 0) return []
    const isAnswer = line.type === "assistant"
    const heading = isAnswer && speaker !== "assistant" ? ["## Assistant"] : []
    if (line.type === "user" || isAnswer) speaker = line.type
    return [...heading, ...text]
  })
  return `${[...head, ...body].filter((text) => text !== "").join("\n\n")}\n`
}
