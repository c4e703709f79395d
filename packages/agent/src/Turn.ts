/**
 * One turn of the assistant: what the user said, the model's steps, and the tools that it calls.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import type * as Toolkit from "@effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
import type { Approver } from "./Approver.ts"
import * as Instructions from "./Instructions.ts"
import { describe, makeRoom, notify } from "./internal/compaction/makeRoom.ts"
import * as Tokens from "./internal/compaction/tokens.ts"
import { done, interruptedResults } from "./internal/session/interrupted.ts"
import { shortReason } from "./internal/session/leftOut.ts"
import { now } from "./internal/session/now.ts"
import { makeCalls } from "./internal/turn/calls.ts"
import { makeRecovery } from "./internal/turn/recovery.ts"
import { type Answer, type Asking, available, request } from "./internal/turn/request.ts"
import { type ModelProvider, unknown } from "./ModelProvider.ts"
import type { PermissionPolicy, Rules } from "./PermissionPolicy.ts"
import type { CutAnswer, Entry, Line, Session } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"
import type { TurnEvent, Usage } from "./TurnEvent.ts"

/**
 * Tools of MCP servers are known only when the program runs.
 *
 * @since 0.1.0
 * @category models
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyToolkit = Toolkit.WithHandler<any>

/**
 * What a turn is run with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly session: Session
  /** What the user says; the data of files may be bytes or base64. */
  readonly input: ReadonlyArray<Prompt.UserMessagePart>
  readonly system: string | undefined
  /** Absent: no tools. An effect: whichever there are when a request is made. */
  readonly toolkit?: AnyToolkit | Effect.Effect<AnyToolkit>
  /** The configuration's rules for tool calls; absent: the policy's own. */
  readonly rules?: Rules
  /** How many requests the turn may take. */
  readonly maxSteps: number
  /** Finds the instructions for what tools are about, which the model is shown once a session; absent: there are none. */
  readonly nested?: (touched: Instructions.Touched) => Effect.Effect<Instructions.Loaded>
  /** In tokens; absent: not known until a request is too long. */
  readonly contextWindow?: number
  /**
   * What becomes of an answer that breaks off when some of its text has been reported: another one replaces it, or the model continues it, for
   * a reader that can't take text back. Absent: `replaced`. Without `provider` the turn ends.
   */
  readonly cutAnswers?: CutAnswer
  /** Absent: nothing is known of it, and what it refuses ends the turn. */
  readonly provider?: ModelProvider
}

type Failure = AiError.AiError | SessionError

/** How many malformed answers in a row end the turn. */
const maxMalformed = 3

/**
 * Runs a turn and tells what happens. Everything is in the session's file before it is acted on. Leaving the stream, or
 * interrupting its consumer, interrupts the turn: requests and tools are stopped, and what came so far is kept.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = (
  options: Options
): Stream.Stream<TurnEvent, never, LanguageModel.LanguageModel | PermissionPolicy | Approver> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    // A slow reader slows the turn down.
    const events = yield* Mailbox.make<TurnEvent>({ capacity: 16, strategy: "suspend" })
    yield* turn(options, (event) => Effect.asVoid(events.offer(event))).pipe(
      Effect.onExit((exit) => events.done(exit)),
      Effect.forkScoped
    )
    return Mailbox.toStream(events)
  }))

type Emit = (event: TurnEvent) => Effect.Effect<void>

const turn = (options: Options, emit: Emit) => {
  let usage = Tokens.none
  const add = (step: Usage) => Effect.sync(() => void (usage = Tokens.sum(usage, step)))
  const { reportWaits } = options.provider ?? unknown
  return reportWaits(steps(options, emit, add), (wait) => emit({ type: "waiting", ...wait })).pipe(
    // However it ends: no call stays without a result. Of an interrupted turn there is nobody left to be told.
    Effect.tapError(() => Effect.ignore(closeCalls(options.session, emit))),
    Effect.ensuring(Effect.ignore(interruptedResults(options.session))),
    Effect.flatMap((end) => emit({ type: "finished", usage, ...end })),
    Effect.catchAll((error) => emit({ type: "failed", error, usage }))
  )
}

const closeCalls = (session: Session, emit: Emit) =>
  Effect.flatMap(interruptedResults(session), Effect.forEach(({ result }) => emit(done(result)), { discard: true }))

type End = Omit<Extract<TurnEvent, { readonly type: "finished" }>, "type" | "usage">

const steps = (
  {
    contextWindow,
    cutAnswers = "replaced",
    input,
    maxSteps,
    nested,
    provider = unknown,
    rules,
    session,
    system,
    toolkit
  }: Options,
  emit: Emit,
  add: (usage: Usage) => Effect.Effect<void>
): Effect.Effect<End, Failure, LanguageModel.LanguageModel | PermissionPolicy | Approver> =>
  Effect.gen(function*() {
    const say = (message: Prompt.UserMessage, more: Pick<Said, "hidden" | "instructions"> = {}) =>
      Effect.flatMap(now, (time) => session.append({ type: "user", message, ...more, time }))

    /** Not by the system prompt, which stays the same, so that a provider's cache stays good. */
    const instruct = Effect.fn("Turn.instruct")(function*(paths: ReadonlyArray<string>) {
      if (nested === undefined || paths.length === 0) return
      const { instructions, notices } = yield* nested({ paths, ...given(yield* session.entries) })
      yield* Effect.forEach(notices, (text) => emit({ type: "notice", text }), { discard: true })
      if (instructions.length === 0) return
      const content = instructions.map((found) => Prompt.textPart({ text: Instructions.toMessage(found) }))
      const files = instructions.map(({ path }) => path)
      yield* say(Prompt.userMessage({ content }), { hidden: true, instructions: files })
    })

    const instead = (text: string) =>
      say(Prompt.userMessage({ content: [Prompt.textPart({ text })] }), { hidden: true })

    const context = { session, provider, window: contextWindow, emit, add }
    const begin = Math.max(1, (yield* session.entries).length)
    const recovery = makeRecovery({ ...context, begin, cutAnswers })
    const { brokenOff } = recovery

    /** An answer, after as many recoveries as there are sorts of them. */
    const ask = (
      offered: AnyToolkit | undefined,
      asking: Asking
    ): Effect.Effect<Answer, Failure, LanguageModel.LanguageModel> =>
      Effect.gen(function*() {
        const outcome = yield* request({ session, emit, system, toolkit: offered, provider, brokenOff, ...asking })
        switch (outcome._tag) {
          case "Answer":
            return outcome
          case "BrokenOff": {
            yield* add(outcome.usage)
            const { error, hasText, mode } = outcome
            yield* emit({ type: "answer-cut", mode, hasText, message: shortReason(describe(error)) })
            return yield* ask(offered, outcome.next)
          }
          case "Refused": {
            const trial = yield* recovery.refused(outcome, offered?.tools ?? {}, asking.trial)
            return yield* trial === undefined ? Effect.fail(outcome.error) : ask(offered, { ...asking, trial })
          }
        }
      })

    yield* say(Prompt.userMessage({ content: input.map(storable) }))
    let malformed = 0
    let hasCalled = false
    let isRepeated = false
    for (let count = 1;; count++) {
      yield* makeRoom(context)
      // The calls of an answer are of the tools that it was asked for with.
      const offered = Effect.isEffect(toolkit) ? yield* toolkit : toolkit
      const answer = yield* ask(offered, { trial: [], said: "" }).pipe(
        Effect.catchTag(
          "MalformedOutput",
          (error) => ++malformed < maxMalformed && count < maxSteps ? Effect.succeed(error) : Effect.fail(error)
        )
      )
      if (answer._tag === "MalformedOutput") {
        const what = answer.description ?? answer.message
        yield* closeCalls(session, emit)
        yield* emit({ type: "notice", text: `The model's answer could not be used (${what}); it was asked again.` })
        yield* instead(`Your last answer could not be used: ${what}. Please answer again.`)
        continue
      }
      malformed = 0
      yield* add(answer.usage)
      const calls = yield* makeCalls({ session, toolkit: available(offered, yield* session.entries), rules, emit })
      yield* calls.run(answer.calls)
      yield* emit({ type: "usage", step: answer.usage, context: Tokens.total(answer.usage) })
      const { metadata, reason } = answer.finish
      const isShorter = provider.isFull(metadata) && (yield* recovery.full)
      if (answer.calls.length > 0) {
        if (count >= maxSteps) return { reason: "steps", metadata, steps: count }
        hasCalled = true
        yield* instruct(yield* calls.takeTouched)
        continue
      }
      if (isShorter) {
        if (answer.hasText) yield* instead("Your last answer was cut off. Continue it exactly where it stopped.")
        continue
      }
      const end = { reason: plain(reason), metadata, steps: count }
      if (answer.hasText) return end
      if (end.reason !== "stop") return { ...end, isEmpty: true }
      if (hasCalled) {
        yield* notify(context, "The model ended the turn without a closing message.")
        return end
      }
      if (isRepeated) return { ...end, isEmpty: true }
      isRepeated = true
      yield* notify(context, "The model's answer was empty. It was asked again.")
    }
  })

type Said = Extract<Entry, { readonly type: "user" }>

/** The instructions that the session has shown the model. */
const given = (lines: ReadonlyArray<Line>) => {
  const messages = lines.filter((line) => line.type === "user").filter(({ instructions }) => instructions !== undefined)
  const texts = messages.flatMap(({ message }) => message.content.map((part) => part.type === "text" ? part.text : ""))
  return {
    given: messages.flatMap(({ instructions = [] }) => instructions),
    givenSize: Buffer.byteLength(texts.join(""))
  }
}

/** Without calls that is the end, whatever the provider calls it. */
const plain = (reason: Response.FinishReason): End["reason"] =>
  reason === "tool-calls" || reason === "pause" ? "stop" : reason

/** A line of the file is JSON: bytes stand in it as base64. */
const storable = (part: Prompt.UserMessagePart): Prompt.UserMessagePart =>
  part.type === "file" && part.data instanceof Uint8Array
    ? Prompt.filePart({ ...part, data: Encoding.encodeBase64(part.data) })
    : part
