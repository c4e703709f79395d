/**
 * The way back after a refusal: what the next request goes out without. After an answer that broke off: whether there is a next
 * request.
 */
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import type * as Tool from "@effect/ai/Tool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Refusal } from "../../ModelProvider.ts"
import type { CutAnswer, Entry, Line } from "../../Session.ts"
import type { SessionError } from "../../SessionError.ts"
import { ToolOrigin } from "../../ToolOrigin.ts"
import { describe, type Options as Compacting, shortenRequest } from "../compaction/makeRoom.ts"
import { lastSummary } from "../session/lastSummary.ts"
import { applyLeftOut, digestOf, nameOf, shortReason } from "../session/leftOut.ts"
import { now } from "../session/now.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- the tools of MCP servers are known only when the program runs
type Tools = Readonly<Record<string, Tool.Tool<any, any>>>

interface Options extends Compacting {
  /** The number of the line with the turn's prompt. */
  readonly begin: number
  readonly cutAnswers: CutAnswer
}

/** How many answers that broke off are asked again in a turn. */
const maxCuts = 2

/**
 * What is tried: lines that the next request has besides those of the session. They become the session's once that request is
 * accepted, so that nothing stays left out that was not the cause.
 */
export type Trial = ReadonlyArray<Entry>

type LeftOut = Extract<Entry, { readonly type: "left-out" }>["what"]
type Part = Extract<Refusal, { readonly _tag: "Part" }>

interface Step {
  /** Each is taken once a turn. */
  readonly sort: string
  readonly what: ReadonlyArray<LeftOut>
  /** What was refused, as the end of "The service refused …". */
  readonly name: string
  /** The sentence behind it. */
  readonly remedy: string
}

export const makeRecovery = (options: Options) => {
  const taken = new Set<string>()
  const take = (sort: string): boolean => !taken.has(sort) && taken.add(sort).has(sort)
  let cuts = 0

  return {
    /** `undefined`: the turn ends with the error. `trial` is what the refused request tried already. */
    refused: (
      { error, refusal }: { readonly error: AiError.AiError; readonly refusal: Refusal },
      tools: Tools,
      trial: Trial
    ): Effect.Effect<Trial | undefined, SessionError, LanguageModel.LanguageModel> =>
      Effect.gen(function*() {
        if (refusal._tag === "TooLong") {
          return take("length") && (yield* shortenRequest(options, refusal)) ? trial : undefined
        }
        const lines = [...yield* options.session.entries, ...trial]
        const step = stepsFor(refusal, lines, options.begin, tools).find(({ sort, what }) =>
          what.length > 0 && take(sort)
        )
        if (step === undefined) return undefined
        const why = shortReason(describe(error))
        const text = `The service refused ${step.name} (${why}). ${step.remedy}`
        yield* options.emit({ type: "notice", text })
        const time = yield* now
        return [
          ...trial,
          ...step.what.map((what) => ({ type: "left-out", what, why, time }) as const),
          { type: "notice", text, time } as const
        ]
      }),
    /** What becomes of an answer that broke off with this text so far; `undefined`: the turn ends with the error. */
    brokenOff: (error: AiError.AiError, text: string): CutAnswer | undefined => {
      if (cuts >= maxCuts || !options.provider.mayAskAgain(error)) return undefined
      cuts++
      return text.trim() === "" ? "replaced" : options.cutAnswers
    },
    /** The context window was full before the answer was complete; is there a shorter request now? */
    full: Effect.suspend(() =>
      take("length") ? shortenRequest(options, { _tag: "TooLong", unit: "tokens" }) : Effect.succeed(false)
    )
  }
}

const stepsFor = (refusal: Refusal, lines: ReadonlyArray<Line>, begin: number, tools: Tools): ReadonlyArray<Step> => {
  switch (refusal._tag) {
    case "Part":
      return [...ofPart(refusal, lines, begin), ...unaccepted(lines, begin)]
    case "Tool":
      return ofTool(refusal.name, tools)
    case "Unnamed":
      return unaccepted(lines, begin)
    case "TooLong":
      return []
  }
}

interface Found {
  readonly kind: Part["kind"]
  readonly digest: string
  readonly name: string
  /** Was it in a request that was answered? */
  readonly isAccepted: boolean
  /** Is it what the user asks now? */
  readonly isPrompt: boolean
}

const partsOf = (line: Line) => {
  switch (line.type) {
    case "user":
    case "assistant":
      return line.message.content
    case "tool-result":
      return line.output.content
    default:
      return []
  }
}

const find = (given: ReadonlyArray<Line>, begin: number): ReadonlyArray<Found> => {
  const sent = lastSummary(given)?.keep ?? 0
  const answered = given.findLastIndex(({ type }) => type === "assistant")
  return applyLeftOut(given).flatMap((line, index) =>
    index < sent ? [] : partsOf(line).flatMap((part): ReadonlyArray<Found> => {
      const digest = digestOf(part)
      if (digest === undefined) return []
      const kind = part.type === "file"
        ? part.mediaType.startsWith("image/") ? "image" : "document"
        : part.type as "text" | "reasoning"
      return [{ kind, digest, name: nameOf(part), isAccepted: index < answered, isPrompt: index === begin }]
    })
  )
}

const leftOut = (count: number): string => `${count === 1 ? "It is" : "They are"} left out from now on.`

/** What is named; where only the kind is, what is new of it; and then all of the kind. */
const ofPart = ({ digests, kind }: Part, lines: ReadonlyArray<Line>, begin: number): ReadonlyArray<Step> => {
  const parts = find(lines, begin)
  const named = parts.filter((part) => part.kind === kind && digests.includes(part.digest))
  const step = (sort: string, parts: ReadonlyArray<Found>): Step => ({
    sort,
    what: [...new Set(parts.map(({ digest }) => digest))].map((part) => ({ part })),
    name: parts.length === 1 ? parts[0]!.name : kind === "reasoning" ? "reasoning" : `${parts.length} ${kind}s`,
    remedy: leftOut(parts.length)
  })
  // Without its text there is no prompt.
  if (kind === "text") return named.some(({ isPrompt }) => isPrompt) ? [] : [step("text", named)]
  const all = parts.filter((part) => part.kind === kind)
  const fresh = all.filter(({ isAccepted }) => !isAccepted)
  return [step(kind, named.length > 0 ? named : fresh.length > 0 ? fresh : all), step(`all of kind ${kind}`, all)]
}

/** It alone; then all of its server; then those of all servers. */
const ofTool = (name: string, tools: Tools): ReadonlyArray<Step> => {
  const originOf = (name: string) => {
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
    return tool === undefined ? undefined : Option.getOrUndefined(Context.getOption(tool.annotations, ToolOrigin))
  }
  const origin = originOf(name)
  const leaving = (names: ReadonlyArray<string>) => names.map((tool) => ({ tool }))
  if (origin === undefined) {
    return [{ sort: "tool", what: leaving([name]), name: `the tool ${JSON.stringify(name)}`, remedy: leftOut(1) }]
  }
  const foreign = Object.keys(tools).filter((name) => originOf(name) !== undefined)
  const ofServer = foreign.filter((name) => originOf(name)?.server === origin.server)
  const server = `the MCP server ${JSON.stringify(origin.server)}`
  return [
    {
      sort: "tool",
      what: leaving([name]),
      name: `the tool ${JSON.stringify(origin.tool)} of ${server}`,
      remedy: leftOut(1)
    },
    {
      sort: "server",
      what: leaving(ofServer),
      name: `several tools of ${server}`,
      remedy: "All its tools are left out from now on."
    },
    {
      sort: "servers",
      what: leaving(foreign),
      name: "tools of several MCP servers",
      remedy: "The tools of all MCP servers are left out from now on."
    }
  ]
}

/**
 * What came into the conversation after the last answer and before this prompt: with it no request was accepted. Calls go with their
 * results; an answer without calls is suspected next, and then everything before this prompt.
 */
const unaccepted = (lines: ReadonlyArray<Line>, begin: number): ReadonlyArray<Step> => {
  const answered = lines.findLastIndex(({ type }) => type === "assistant")
  if (answered > begin) return []
  const answer = lines[answered]
  const hasCalls = answer?.type === "assistant" && answer.message.content.some(({ type }) => type === "tool-call")
  const begins = [...(hasCalls ? [] : [answered + 1]), answered, 1].map((from) => Math.max(1, from))
  return [...new Set(begins)].flatMap((from): ReadonlyArray<Step> =>
    lines.slice(from, begin).every((line) => partsOf(line).length === 0) ? [] : [{
      sort: `lines from ${from}`,
      what: [{ from, to: begin }],
      name: "the request",
      remedy: from === 1
        ? "The conversation before this prompt is left out from now on."
        : "What came into the conversation since the last answer, before this prompt, is left out from now on."
    }]
  )
}
