/** Finds what to leave out of the next request after the provider refused part of a request. */
import type * as Tool from "@effect/ai/Tool"
import * as Context from "effect/Context"
import * as Option from "effect/Option"
import type { Entry, Line } from "../../session/Session.ts"
import { ToolOrigin } from "../../tools/ToolOrigin.ts"
import type { Refusal } from "../../turn/ModelProvider.ts"
import { findLastSummary } from "../session/lastSummary.ts"
import { partsOf } from "../session/lineParts.ts"
import { digestPart, nameOf, removeRefused } from "../session/refusedContent.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- the tools of MCP servers are known only at run time
export type Tools = Readonly<Record<string, Tool.Tool<any, any>>>

type LeftOut = Extract<Entry, { readonly type: "left-out" }>["what"]
type RefusedPart = Extract<Refusal, { readonly _tag: "Part" }>

export interface Step {
  /** Each kind of step is taken once per turn. */
  readonly kind: string
  readonly what: ReadonlyArray<LeftOut>
  /** The end of the sentence "The service refused …". */
  readonly name: string
  /** A complete sentence that says what is left out. It is shown once the service has accepted the request without it. */
  readonly remedy: string
}

/** Returns the candidate steps, narrowest first. `promptLine` is the index of the line with the turn's prompt. */
export const findRecoverySteps = (
  refusal: Refusal,
  lines: ReadonlyArray<Line>,
  promptLine: number,
  tools: Tools
): ReadonlyArray<Step> => {
  switch (refusal._tag) {
    case "Part":
      return [...findStepsForPart(refusal, lines, promptLine), ...findStepsForUnaccepted(lines, promptLine)]
    case "Tool":
      return findStepsForTool(refusal.name, tools)
    case "Unnamed":
      return findStepsForUnaccepted(lines, promptLine)
    case "TooLong":
      return []
  }
}

interface SentPart {
  readonly kind: RefusedPart["kind"]
  readonly digest: string
  readonly name: string
  /** Whether a request with this part was answered. */
  readonly isAccepted: boolean
  /** Whether it is part of the turn's prompt. */
  readonly isPrompt: boolean
}

const findParts = (given: ReadonlyArray<Line>, promptLine: number): ReadonlyArray<SentPart> => {
  const sent = findLastSummary(given)?.keep ?? 0
  const answered = given.findLastIndex(({ type }) => type === "assistant")
  return removeRefused(given).flatMap((line, index) =>
    index < sent ? [] : (partsOf(line) ?? []).flatMap((part): ReadonlyArray<SentPart> => {
      const digest = digestPart(part)
      if (digest === undefined) return []
      const kind = part.type === "file"
        ? part.mediaType.startsWith("image/") ? "image" : "document"
        : part.type as "text" | "reasoning"
      return [{ kind, digest, name: nameOf(part), isAccepted: index < answered, isPrompt: index === promptLine }]
    })
  )
}

const remedyFor = (count: number): string => `${count === 1 ? "It is" : "They are"} left out from now on.`

/** First the parts that the provider named, or else the new parts of that kind; then all parts of that kind. */
const findStepsForPart = (
  { digests, kind }: RefusedPart,
  lines: ReadonlyArray<Line>,
  promptLine: number
): ReadonlyArray<Step> => {
  const parts = findParts(lines, promptLine)
  const named = parts.filter((part) => part.kind === kind && digests.includes(part.digest))
  const step = (name: string, parts: ReadonlyArray<SentPart>): Step => ({
    kind: name,
    what: [...new Set(parts.map(({ digest }) => digest))].map((part) => ({ part })),
    name: parts.length === 1 ? parts[0]!.name : kind === "reasoning" ? "reasoning" : `${parts.length} ${kind}s`,
    remedy: remedyFor(parts.length)
  })
  // The text of the prompt can't be left out.
  if (kind === "text") return named.some(({ isPrompt }) => isPrompt) ? [] : [step("text", named)]
  const all = parts.filter((part) => part.kind === kind)
  const fresh = all.filter(({ isAccepted }) => !isAccepted)
  return [step(kind, named.length > 0 ? named : fresh.length > 0 ? fresh : all), step(`all of kind ${kind}`, all)]
}

/** The tool alone, then all tools of its server, then those of all servers. */
const findStepsForTool = (name: string, tools: Tools): ReadonlyArray<Step> => {
  const originOf = (name: string) => {
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
    return tool === undefined ? undefined : Option.getOrUndefined(Context.getOption(tool.annotations, ToolOrigin))
  }
  const origin = originOf(name)
  const leaveOut = (names: ReadonlyArray<string>) => names.map((tool) => ({ tool }))
  if (origin === undefined) {
    return [{ kind: "tool", what: leaveOut([name]), name: `the tool ${JSON.stringify(name)}`, remedy: remedyFor(1) }]
  }
  const foreign = Object.keys(tools).filter((name) => originOf(name) !== undefined)
  const ofServer = foreign.filter((name) => originOf(name)?.server === origin.server)
  const server = `the MCP server ${JSON.stringify(origin.server)}`
  return [
    {
      kind: "tool",
      what: leaveOut([name]),
      name: `the tool ${JSON.stringify(origin.tool)} of ${server}`,
      remedy: remedyFor(1)
    },
    {
      kind: "server",
      what: leaveOut(ofServer),
      name: `several tools of ${server}`,
      remedy: "All its tools are left out from now on."
    },
    {
      kind: "servers",
      what: leaveOut(foreign),
      name: "tools of several MCP servers",
      remedy: "The tools of all MCP servers are left out from now on."
    }
  ]
}

/**
 * First the lines between the last answer and this prompt, because no request with them has been accepted; calls are left out together
 * with their results. Then an answer without calls, and finally everything before this prompt.
 */
const findStepsForUnaccepted = (lines: ReadonlyArray<Line>, promptLine: number): ReadonlyArray<Step> => {
  const answered = lines.findLastIndex(({ type }) => type === "assistant")
  if (answered > promptLine) return []
  const answer = lines[answered]
  const hasCalls = answer?.type === "assistant" && answer.message.content.some(({ type }) => type === "tool-call")
  const starts = [...(hasCalls ? [] : [answered + 1]), answered, 1].map((from) => Math.max(1, from))
  return [...new Set(starts)].flatMap((from): ReadonlyArray<Step> =>
    lines.slice(from, promptLine).every((line) => (partsOf(line) ?? []).length === 0) ? [] : [{
      kind: `lines from ${from}`,
      what: [{ from, to: promptLine }],
      name: "the request",
      remedy: `It was accepted without ${
        from === 1
          ? "the earlier messages of this conversation"
          : from === answered
          ? "the last answer and the messages after it"
          : "the messages after the last answer"
      }, so they are left out from now on.`
    }]
  )
}
