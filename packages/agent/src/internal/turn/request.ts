/** Sends one request of a turn and saves the answer in the session. */
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as History from "../../session/History.ts"
import type { CutAnswer, Entry, Line, Session } from "../../session/Session.ts"
import type { SessionError } from "../../session/SessionError.ts"
import * as Spending from "../../session/Spending.ts"
import type { AnyToolkit } from "../../tools/AnyToolkit.ts"
import type { ModelProvider, Refusal } from "../../turn/ModelProvider.ts"
import type { TurnEvent } from "../../turn/TurnEvent.ts"
import { emitSpent, notify } from "../compaction/autoCompaction.ts"
import { makeContinueMessage, makeRepetitionFilter, textOf, withoutCalls } from "../session/cutAnswer.ts"
import { now } from "../session/now.ts"
import { findRefusedTools } from "../session/refusedContent.ts"
import { checkCostLimit, measure, saveSpent } from "../session/spent.ts"
import { titleOf } from "../tools/findTool.ts"
import type { Trial } from "./recovery.ts"
import { withoutHandlers } from "./toolDefinitions.ts"
import { withoutUnbegunCall, withUnknownCalls } from "./unknownCalls.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- the tools of MCP servers are known only at run time
type Part = Response.StreamPart<any>
type Call = Extract<Response.AnyPart, { readonly type: "tool-call" }>

export interface Answer {
  readonly _tag: "Answer"
  readonly calls: ReadonlyArray<Call>
  /** The tool whose call is incomplete, because the answer was cut off at its token limit. */
  readonly cutCall: string | undefined
  /** Its text, after that of the answer which it continues. */
  readonly text: string
  readonly spent: Spending.Spent
  readonly finish: Response.FinishPart
}

/** The provider refused the request, and no part of an answer was reported. */
export interface Refused {
  readonly _tag: "Refused"
  readonly error: AiError.AiError
  readonly refusal: Refusal
}

/** The answer was cut off, and the request is retried. */
export interface BrokenOff {
  readonly _tag: "BrokenOff"
  readonly error: AiError.AiError
  readonly mode: CutAnswer
  /** Whether some of its text was reported. */
  readonly hasText: boolean
  readonly spent: Spending.Spent
  readonly next: Extras
}

/** What the request contains in addition to the lines of the session. */
export interface Extras {
  readonly trial: Trial
  /** The text of the answer that was cut off and that this request continues. */
  readonly textSoFar: string
}

interface Options extends Extras {
  readonly session: Session
  readonly emit: (event: TurnEvent) => Effect.Effect<void>
  readonly system: string | undefined
  readonly toolkit: AnyToolkit | undefined
  readonly provider: ModelProvider
  /** Decides whether an answer that was cut off after this text is replaced or continued; `undefined` fails the turn. */
  readonly retryCut: (error: AiError.AiError, text: string) => CutAnswer | undefined
}

/** Removes the tools that the provider refused. */
export const withoutRefusedTools = (
  toolkit: AnyToolkit | undefined,
  lines: ReadonlyArray<Line>
): AnyToolkit | undefined => {
  const leftOut = findRefusedTools(lines)
  if (toolkit === undefined || leftOut.size === 0) return toolkit
  return {
    tools: Object.fromEntries(Object.entries(toolkit.tools).filter(([name]) => !leftOut.has(name))),
    handle: toolkit.handle
  }
}

/** Sends the request. When this returns, the answer is saved, even if only part of it arrived. */
export const sendRequest = (
  { retryCut, emit, provider, session, system, textSoFar, toolkit, trial }: Options
): Effect.Effect<Answer | BrokenOff | Refused, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    yield* checkCostLimit(session, provider)
    const parts: Array<Part> = []
    const lines = [...yield* session.entries, ...trial]
    const history = History.toPrompt(lines)
    const prompt = system === undefined ? history : Prompt.setSystem(history, system)
    const tools = withoutRefusedTools(toolkit, lines)

    // What was left out is saved and reported once the provider answers: until then it is not known to be the cause.
    let unsaved = trial
    const acceptTrial = Effect.suspend(() => {
      const accepted = unsaved.filter(isRecovery)
      unsaved = unsaved.filter((entry) => !isRecovery(entry))
      return Effect.forEach(
        accepted,
        (entry) =>
          Effect.zipRight(
            session.append(entry),
            entry.type === "notice" ? emit({ type: "notice", text: entry.text }) : Effect.void
          ),
        { discard: true }
      )
    })
    const save = (answer: Omit<Extract<Entry, { readonly type: "assistant" }>, "type" | "time">) =>
      Effect.gen(function*() {
        yield* Effect.forEach(unsaved, session.append, { discard: true })
        yield* session.append({ type: "assistant", ...answer, time: yield* now })
      })
    const reportNotices = Effect.flatMap(
      provider.notices,
      Effect.forEach((text) => notify({ session, emit }, text), { discard: true })
    )
    let stored: ReadonlyArray<Call> = []
    // Reports only saved calls. Not in the uninterruptible region, which would block if the consumer has left the stream.
    const reportCalls = Effect.suspend(() =>
      Effect.forEach(
        stored,
        (call) => {
          const { id, name, params } = call
          return emit({ type: "tool-asked", id, name, title: titleOf(toolkit, call), params })
        },
        { discard: true }
      )
    )

    const streamAnswer = LanguageModel.streamText({
      prompt,
      ...(tools === undefined ? {} : { toolkit: withoutHandlers(tools) }),
      disableToolCallResolution: true
    }).pipe(
      Stream.mapConcat(makeRepetitionFilter(textSoFar)),
      Stream.runForEach((part) => {
        const report = part.type === "text-delta"
          ? emit({ type: "text", text: part.delta })
          : part.type === "reasoning-delta" && part.delta !== ""
          ? emit({ type: "reasoning", text: part.delta })
          : part.type === "tool-params-start" && !part.providerExecuted
          ? emit({ type: "tool-writing", name: part.name })
          : Effect.void
        const accepted = unsaved.length > 0 && part.type !== "response-metadata"
          ? Effect.zipRight(acceptTrial, report)
          : report
        return parts.push(part) === 1 ? Effect.zipRight(reportNotices, accepted) : accepted
      })
    )
    let failed: Spending.Spent | undefined
    const reportFailed = Effect.suspend(() => failed === undefined ? Effect.void : emitSpent({ session, emit }, failed))
    // Uninterruptible: a complete answer must be saved.
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(restore(streamAnswer))
        const finish = parts.findLast((part) => part.type === "finish")
        const spent = measure(parts, provider)
        if (Exit.isSuccess(exit) && finish !== undefined) {
          const whole = finish.reason === "length"
            ? withoutUnbegunCall(withUnknownCalls(parts))
            : withUnknownCalls(parts)
          const message = History.toAssistantMessage(whole)
          yield* save({ message, reason: finish.reason, ...spent })
          stored = whole.filter(isOwnCall)
          const cutCall = finish.reason === "length" ? findCutCall(whole) : undefined
          return { _tag: "Answer", calls: stored, cutCall, text: textSoFar + textOf(message), spent, finish } as const
        }
        const message = History.toAssistantMessage(parts)
        const failure = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
        // Before the first part, the provider itself has already retried.
        const mode = AiError.isAiError(failure) && parts.length > 0 ? retryCut(failure, textOf(message)) : undefined
        if (AiError.isAiError(failure) && mode !== undefined) {
          const piece = withoutCalls(message)
          const isStored = piece.content.length > 0
          yield* isStored
            ? save({ message: piece, reason: "interrupted", ...spent, interrupted: true, cut: mode })
            : saveSpent(session, spent)
          const text = textSoFar + textOf(piece)
          const next: Extras = mode === "continued"
            ? { trial: [makeContinueMessage(text, "connection", yield* now)], textSoFar: text }
            : { trial: isStored ? [] : unsaved, textSoFar }
          const hasText = textOf(piece).trim() !== ""
          return { _tag: "BrokenOff", error: failure, mode, hasText, spent, next } as const
        }
        const isBilled = parts.some(({ type }) => type !== "response-metadata")
        if (Spending.isReported(spent)) failed = spent
        if (message.content.length > 0) {
          yield* Effect.ignore(Effect.map(
            save({ message, reason: "interrupted", ...spent, interrupted: true }),
            () => void (stored = (parts as ReadonlyArray<Response.AnyPart>).filter(isOwnCall))
          ))
        } else if (isBilled || Exit.isInterrupted(exit)) {
          // The model may have worked on the request, so it may be billed.
          yield* Effect.ignore(saveSpent(session, spent))
        }
        yield* Effect.ignore(restore(reportNotices))
        if (Exit.isSuccess(exit)) {
          return yield* new AiError.MalformedOutput({
            module: "Turn",
            method: "request",
            description: "the answer ended without a finish part"
          })
        }
        const refused = parts.every(({ type }) => type === "response-metadata")
          ? Option.flatMapNullable(Cause.failureOption(exit.cause), (error) => refusalOf(error, provider))
          : Option.none()
        return yield* Option.match(refused, {
          onNone: () => Effect.failCause(exit.cause),
          onSome: (refused) => Effect.succeed(refused)
        })
      })
    ).pipe(
      Effect.tapBoth({ onFailure: () => Effect.zipRight(reportCalls, reportFailed), onSuccess: () => reportCalls })
    )
  })

const refusalOf = (error: AiError.AiError | SessionError, { refusal }: ModelProvider): Refused | undefined => {
  if (error._tag === "SessionError") return undefined
  const found = refusal(error)
  return found && { _tag: "Refused", error, refusal: found }
}

/** Whether the line is about content that is left out, as opposed to the request to continue an answer. */
const isRecovery = ({ type }: Entry): boolean => type === "left-out" || type === "notice"

/** The name of the tool of a call that has parameters, but is no call, because they are incomplete. */
const findCutCall = (parts: ReadonlyArray<Response.AnyPart>): string | undefined => {
  const called = new Set(parts.flatMap((part) => part.type === "tool-call" ? [part.id] : []))
  const cut = parts.find((part) => part.type === "tool-params-start" && !part.providerExecuted && !called.has(part.id))
  return cut?.type === "tool-params-start" ? cut.name : undefined
}

/** A call that the provider has not executed itself. */
const isOwnCall = (part: Response.AnyPart): part is Call => part.type === "tool-call" && !part.providerExecuted
