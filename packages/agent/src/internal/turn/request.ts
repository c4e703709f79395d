/** One request of a turn, and its answer in the session. */
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as History from "../../History.ts"
import type { ModelProvider, Refusal } from "../../ModelProvider.ts"
import type { CutAnswer, Entry, Line, Session } from "../../Session.ts"
import type { SessionError } from "../../SessionError.ts"
import * as ToolTitle from "../../ToolTitle.ts"
import type { AnyToolkit } from "../../Turn.ts"
import type { TurnEvent, Usage } from "../../TurnEvent.ts"
import { notify } from "../compaction/makeRoom.ts"
import * as Tokens from "../compaction/tokens.ts"
import { continuation, continueMessage, textOf, withoutCalls } from "../session/cutAnswer.ts"
import { leftOutTools } from "../session/leftOut.ts"
import { now } from "../session/now.ts"
import { asking } from "./asking.ts"
import type { Trial } from "./recovery.ts"
import { withUnknownCalls } from "./unknownCalls.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- the tools of MCP servers are known only when the program runs
type Part = Response.StreamPart<any>
type Call = Extract<Response.AnyPart, { readonly type: "tool-call" }>

export interface Answer {
  readonly _tag: "Answer"
  readonly calls: ReadonlyArray<Call>
  readonly hasText: boolean
  readonly usage: Usage
  readonly finish: Response.FinishPart
}

/** Nothing of an answer was shown. */
export interface Refused {
  readonly _tag: "Refused"
  readonly error: AiError.AiError
  readonly refusal: Refusal
}

/** The answer broke off, and is to be asked again. */
export interface BrokenOff {
  readonly _tag: "BrokenOff"
  readonly error: AiError.AiError
  readonly mode: CutAnswer
  /** Was some text of it shown? */
  readonly hasText: boolean
  readonly usage: Usage
  readonly next: Asking
}

/** What this request has besides the lines of the session. */
export interface Asking {
  readonly trial: Trial
  /** The text so far of an answer that broke off, which this request continues. */
  readonly said: string
}

interface Options extends Asking {
  readonly session: Session
  readonly emit: (event: TurnEvent) => Effect.Effect<void>
  readonly system: string | undefined
  readonly toolkit: AnyToolkit | undefined
  readonly provider: ModelProvider
  /** What becomes of an answer that broke off with this text so far; `undefined`: the turn fails. */
  readonly brokenOff: (error: AiError.AiError, text: string) => CutAnswer | undefined
}

/** The tools without those that are left out. */
export const available = (toolkit: AnyToolkit | undefined, lines: ReadonlyArray<Line>): AnyToolkit | undefined => {
  const leftOut = leftOutTools(lines)
  if (toolkit === undefined || leftOut.size === 0) return toolkit
  return {
    tools: Object.fromEntries(Object.entries(toolkit.tools).filter(([name]) => !leftOut.has(name))),
    handle: toolkit.handle
  }
}

/** Its answer is in the file when it returns; when it fails or is interrupted, what came of it is. */
export const request = (
  { brokenOff, emit, provider, said, session, system, toolkit, trial }: Options
): Effect.Effect<Answer | BrokenOff | Refused, AiError.AiError | SessionError, LanguageModel.LanguageModel> =>
  Effect.gen(function*() {
    const parts: Array<Part> = []
    const lines = [...yield* session.entries, ...trial]
    const history = History.prompt(lines)
    const prompt = system === undefined ? history : Prompt.setSystem(history, system)
    const tools = available(toolkit, lines)

    const keep = (answer: Omit<Extract<Entry, { readonly type: "assistant" }>, "type" | "model" | "time">) =>
      Effect.gen(function*() {
        yield* Effect.forEach(trial, session.append, { discard: true })
        yield* session.append({ type: "assistant", ...answer, ...modelOf(parts), time: yield* now })
      })
    const tellNotices = Effect.flatMap(
      provider.notices,
      Effect.forEach((text) => notify({ session, emit }, text), { discard: true })
    )
    let stored: ReadonlyArray<Call> = []
    // Only what is in the file is reported. Not within: who has left the stream would be waited for.
    const report = Effect.suspend(() =>
      Effect.forEach(
        stored,
        ({ id, name, params }) => emit({ type: "tool-asked", id, name, title: ToolTitle.of(name, params), params }),
        { discard: true }
      )
    )

    const answering = LanguageModel.streamText({
      prompt,
      ...(tools === undefined ? {} : { toolkit: asking(tools) }),
      disableToolCallResolution: true
    }).pipe(
      Stream.mapConcat(continuation(said)),
      Stream.runForEach((part) =>
        Effect.gen(function*() {
          if (parts.push(part) === 1) yield* tellNotices
          if (part.type === "text-delta") yield* emit({ type: "text", text: part.delta })
          if (part.type === "reasoning-delta" && part.delta !== "") yield* emit({ type: "reasoning", text: part.delta })
        })
      )
    )
    // Between the end of the answer and its line in the file nothing may come.
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(restore(answering))
        const finish = parts.findLast((part) => part.type === "finish")
        const usage = finish === undefined ? Tokens.none : Tokens.of(finish.usage)
        if (Exit.isSuccess(exit) && finish !== undefined) {
          const whole = withUnknownCalls(parts)
          const message = History.answer(whole)
          yield* keep({ message, reason: finish.reason, usage })
          stored = whole.filter(isOurs)
          const hasText = (said + textOf(message)).trim() !== ""
          return { _tag: "Answer", calls: stored, hasText, usage, finish } as const
        }
        const message = History.answer(parts)
        const failure = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
        // Before its first part the provider itself has tried again.
        const mode = AiError.isAiError(failure) && parts.length > 0 ? brokenOff(failure, textOf(message)) : undefined
        if (AiError.isAiError(failure) && mode !== undefined) {
          const piece = withoutCalls(message)
          const isStored = piece.content.length > 0
          if (isStored) yield* keep({ message: piece, reason: "interrupted", usage, interrupted: true, cut: mode })
          const text = said + textOf(piece)
          const next: Asking = mode === "continued"
            ? { trial: [continueMessage(text, yield* now)], said: text }
            : { trial: isStored ? [] : trial, said }
          const hasText = textOf(piece).trim() !== ""
          return { _tag: "BrokenOff", error: failure, mode, hasText, usage, next } as const
        }
        if (message.content.length > 0) {
          yield* Effect.ignore(Effect.map(
            keep({ message, reason: "interrupted", usage, interrupted: true }),
            () => void (stored = (parts as ReadonlyArray<Response.AnyPart>).filter(isOurs))
          ))
        }
        yield* Effect.ignore(restore(tellNotices))
        if (Exit.isSuccess(exit)) {
          return yield* new AiError.MalformedOutput({
            module: "Turn",
            method: "request",
            description: "the answer has no end"
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
    ).pipe(Effect.tapBoth({ onFailure: () => report, onSuccess: () => report }))
  })

const refusalOf = (error: AiError.AiError | SessionError, { refusal }: ModelProvider): Refused | undefined => {
  if (error._tag === "SessionError") return undefined
  const found = refusal(error)
  return found && { _tag: "Refused", error, refusal: found }
}

/** Which model answered, where its provider reports that. */
const modelOf = (parts: ReadonlyArray<Part>): { readonly model?: string } => {
  const metadata = parts.find((part) => part.type === "response-metadata")
  return Option.match(metadata?.modelId ?? Option.none(), { onNone: () => ({}), onSome: (model) => ({ model }) })
}

/** A call that the model's own side has not answered already. */
const isOurs = (part: Response.AnyPart): part is Call => part.type === "tool-call" && !part.providerExecuted
