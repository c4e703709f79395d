/**
 * One turn of the assistant: the user's prompt, the model's answers, and its tool calls.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { compactIfFull, describe, emitSpent, notify } from "../internal/compaction/autoCompaction.ts"
import { makeContinueMessage } from "../internal/session/cutAnswer.ts"
import { closeOpenCalls, toToolDone } from "../internal/session/interrupted.ts"
import { now } from "../internal/session/now.ts"
import { shortenReason } from "../internal/session/refusedContent.ts"
import { checkCostLimit } from "../internal/session/spent.ts"
import { makeCalls } from "../internal/turn/calls.ts"
import { makeFallback } from "../internal/turn/fallback.ts"
import { findUnknownPlanMode, planModeOff, planModeOn } from "../internal/turn/planMode.ts"
import { makeRecovery } from "../internal/turn/recovery.ts"
import { type Answer, type Extras, sendRequest, withoutRefusedTools } from "../internal/turn/request.ts"
import * as TaskReports from "../internal/turn/taskReports.ts"
import type { Approver } from "../permission/Approver.ts"
import type { PermissionPolicy } from "../permission/PermissionPolicy.ts"
import type { CutAnswer, Entry, Line, Session } from "../session/Session.ts"
import type { SessionError } from "../session/SessionError.ts"
import * as Spending from "../session/Spending.ts"
import * as Usage from "../session/Usage.ts"
import type { AnyToolkit } from "../tools/AnyToolkit.ts"
import * as Instructions from "./Instructions.ts"
import { type Intervention, type ModelProvider, unknown } from "./ModelProvider.ts"
import type { TurnEvent } from "./TurnEvent.ts"

/**
 * The inputs of a turn.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly session: Session
  /** The user's prompt. File data may be bytes or base64. */
  readonly input: ReadonlyArray<Prompt.UserMessagePart>
  /**
   * What the user typed for the prompt, such as a custom command. Titles and transcripts on the screen show it in place of the prompt, and undoing
   * the turn returns it to the user.
   */
  readonly typed?: string
  readonly system: string | undefined
  /** An effect is run before each request. Without a toolkit, the model has no tools. */
  readonly toolkit?: AnyToolkit | Effect.Effect<AnyToolkit>
  /** Maximum number of requests in the turn. */
  readonly maxSteps: number
  /** Finds instructions for the files that tools touch. The model gets each instruction once per session. */
  readonly findInstructions?: (touched: Instructions.Touched) => Effect.Effect<Instructions.Loaded>
  /** In tokens. If not given, it is unknown until a request is too long. */
  readonly contextWindow?: number
  /**
   * What follows an answer that is cut off after some of its text was reported: a new answer that replaces it, or a continuation for
   * consumers that can't take back text. The default is `replaced`. Without `provider` the turn fails instead.
   */
  readonly cutAnswers?: CutAnswer
  /** Without it, a refused request ends the turn. */
  readonly provider?: ModelProvider
}

type Failure = AiError.AiError | SessionError

const limitReached = "The answer reached its token limit."

/** How many malformed answers in a row end the turn. */
const maxMalformed = 3

/**
 * Runs a turn and reports its events. Everything is saved in the session before the turn acts on it. Interrupting the consumer of the
 * stream interrupts the turn: requests and tools are stopped, and the partial answer is saved. The turn's span is `Turn.run`, with the ID of
 * the session as `gen_ai.conversation.id`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = (
  options: Options
): Stream.Stream<TurnEvent, never, LanguageModel.LanguageModel | PermissionPolicy | Approver> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    // The bounded mailbox applies back-pressure to the turn.
    const events = yield* Mailbox.make<TurnEvent>({ capacity: 16, strategy: "suspend" })
    yield* turn(options, (event) => Effect.asVoid(events.offer(event))).pipe(
      Effect.onExit((exit) => events.done(exit)),
      Effect.forkScoped
    )
    return Mailbox.toStream(events)
  }))

type Emit = (event: TurnEvent) => Effect.Effect<void>

const turn = (options: Options, emit: Emit) => {
  const { reportWaits } = options.provider ?? unknown
  /** The tools of the last request: calls that are still open when the turn ends are of them. */
  let offered: AnyToolkit | undefined
  const close = Effect.suspend(() => closeOpenCalls(options.session, { toolkit: offered }))
  let before = 0
  const begin = Effect.map(options.session.entries, ({ length }) => void (before = length))
  const spending = Effect.map(options.session.entries, (lines) => Spending.sum(lines.slice(before)))
  return Effect.zipRight(
    begin,
    reportWaits(steps(options, emit, (tools) => offered = tools), (wait) => emit({ type: "waiting", ...wait }))
  ).pipe(
    // Every call gets a result, however the turn ends. After an interruption, no one consumes events.
    Effect.tapError(() => Effect.ignore(reportClosed(close, emit))),
    Effect.ensuring(Effect.ignore(close)),
    Effect.withSpan("Turn.run", {
      captureStackTrace: false,
      attributes: { "gen_ai.conversation.id": options.session.id }
    }),
    Effect.flatMap((end) => Effect.flatMap(spending, (spending) => emit({ type: "finished", spending, ...end }))),
    Effect.catchAll((error) => Effect.flatMap(spending, (spending) => emit({ type: "failed", error, spending })))
  )
}

const reportClosed = (close: ReturnType<typeof closeOpenCalls>, emit: Emit) =>
  Effect.flatMap(
    close,
    Effect.forEach(({ result }) => emit(toToolDone(result)), { discard: true })
  )

type End = Omit<Extract<TurnEvent, { readonly type: "finished" }>, "type" | "spending">

const steps = (
  {
    contextWindow,
    cutAnswers = "replaced",
    input,
    maxSteps,
    findInstructions,
    provider = unknown,
    session,
    system,
    toolkit,
    typed
  }: Options,
  emit: Emit,
  offer: (toolkit: AnyToolkit | undefined) => void
): Effect.Effect<End, Failure, LanguageModel.LanguageModel | PermissionPolicy | Approver> =>
  Effect.gen(function*() {
    const appendPrompt = (
      message: Prompt.UserMessage,
      more: Pick<UserEntry, "hidden" | "instructions" | "plan" | "typed"> = {}
    ) => Effect.flatMap(now, (time) => session.append({ type: "user", message, ...more, time }))

    /** Adds instructions as messages, because changing the system prompt would invalidate the provider's cache. */
    const addInstructions = Effect.fn("Turn.addInstructions")(function*(paths: ReadonlyArray<string>) {
      if (findInstructions === undefined || paths.length === 0) return
      const { instructions, notices } = yield* findInstructions({ paths, ...shownInstructions(yield* session.entries) })
      yield* Effect.forEach(notices, (text) => emit({ type: "notice", text }), { discard: true })
      if (instructions.length === 0) return
      const content = instructions.map((found) => Prompt.textPart({ text: Instructions.toMessage(found) }))
      const files = instructions.map(({ path }) => path)
      yield* appendPrompt(Prompt.userMessage({ content }), { hidden: true, instructions: files })
    })

    const appendHidden = (text: string) =>
      appendPrompt(Prompt.userMessage({ content: [Prompt.textPart({ text })] }), { hidden: true })

    const announceMode = Effect.gen(function*() {
      const plan = yield* findUnknownPlanMode(yield* session.entries)
      if (plan === undefined || toolkit === undefined) return
      const content = [Prompt.textPart({ text: plan ? planModeOn : planModeOff })]
      yield* appendPrompt(Prompt.userMessage({ content }), { hidden: true, plan })
    })

    const announceTasks = Effect.gen(function*() {
      const reports = toolkit === undefined ? [] : TaskReports.findTaskReports(yield* session.entries)
      if (reports.length === 0) return
      yield* appendHidden(TaskReports.toMessage(reports))
      for (const { end, id, title } of reports) {
        yield* session.append({ type: "task", id, state: "reported", time: yield* now })
        if (Option.isSome(end)) yield* emit({ type: "task-ended", id, title, ...end.value })
      }
    })

    // Nothing is added to a session that can't continue, so that the prompt can be sent again with a higher limit.
    yield* checkCostLimit(session, provider)
    const context = { session, provider, window: contextWindow, emit }
    const promptLine = Math.max(1, (yield* session.entries).length)
    const recovery = makeRecovery({ ...context, promptLine, cutAnswers })
    const { retryCut } = recovery

    const fallback = makeFallback(context)

    /** Repeats the request until it is answered or there is nothing left to try. */
    const askModel = (
      offered: AnyToolkit | undefined,
      extras: Extras
    ): Effect.Effect<Answer, Failure, LanguageModel.LanguageModel> =>
      Effect.gen(function*() {
        const outcome = yield* sendRequest({ session, emit, system, toolkit: offered, provider, retryCut, ...extras })
        switch (outcome._tag) {
          case "Answer":
            return outcome
          case "BrokenOff": {
            const { error, hasText, mode, spent } = outcome
            yield* emit({ type: "answer-cut", mode, hasText, message: shortenReason(describe(error)) })
            if (Spending.isReported(spent)) yield* emitSpent(context, spent)
            return yield* askModel(offered, outcome.next)
          }
          case "Refused": {
            const trial = yield* recovery.recoverFrom(outcome, offered?.tools ?? {}, extras.trial)
            return yield* trial === undefined ? Effect.fail(outcome.error) : askModel(offered, { ...extras, trial })
          }
        }
      })

    const ask = (offered: AnyToolkit | undefined, extras: Extras) => fallback(askModel(offered, extras))

    yield* appendPrompt(
      Prompt.userMessage({ content: input.map(encodeBytes) }),
      typed === undefined ? {} : { typed }
    )
    let malformed = 0
    let hasCalled = false
    let isRepeated = false
    let isWarned = false
    let isContinued = false
    let textSoFar = ""
    for (let count = 1;; count++) {
      yield* compactIfFull(context)
      // Before each request, because the user can change the mode during the turn.
      yield* announceMode
      yield* announceTasks
      // The calls of an answer run with the tools that its request offered.
      const offered = Effect.isEffect(toolkit) ? yield* toolkit : toolkit
      offer(offered)
      const answer = yield* ask(offered, { trial: [], textSoFar }).pipe(
        Effect.catchTag(
          "MalformedOutput",
          (error) => ++malformed < maxMalformed && count < maxSteps ? Effect.succeed(error) : Effect.fail(error)
        )
      )
      if (answer._tag === "MalformedOutput") {
        const what = answer.description ?? answer.message
        yield* reportClosed(closeOpenCalls(session, { toolkit: offered }), emit)
        yield* emit({ type: "notice", text: `The model's answer was malformed (${what}). The request was retried.` })
        yield* appendHidden(`Your last answer was malformed: ${what}. Please answer again.`)
        continue
      }
      malformed = 0
      textSoFar = ""
      const hasText = answer.text.trim() !== ""
      const calls = yield* makeCalls({ session, toolkit: withoutRefusedTools(offered, yield* session.entries), emit })
      yield* calls.run(answer.calls)
      yield* emitSpent(context, answer.spent, Usage.total(answer.spent.usage))
      if (!isWarned && isUncounted(provider, answer.spent)) {
        isWarned = true
        yield* notify(context, "The cost of the last answer is unknown, so the cost limit does not count it.")
      }
      const { metadata, reason } = answer.finish
      const isShorter = provider.isFull(metadata) && (yield* recovery.shorten)
      if (answer.calls.length > 0) {
        if (count >= maxSteps) return { reason: "steps", metadata, steps: count }
        hasCalled = true
        yield* addInstructions(yield* calls.takeTouched)
        continue
      }
      if (isShorter) {
        if (hasText) yield* appendHidden("Your last answer was cut off. Continue exactly where it stopped.")
        continue
      }
      const intervention = provider.describeIntervention(metadata)
      const isStopped = intervention !== undefined && reason === "content-filter"
      const end = {
        reason: normalize(reason),
        metadata,
        steps: count,
        ...(isStopped ? { why: intervention.text } : {})
      }
      if (intervention !== undefined) yield* reportIntervention(context, intervention, isStopped, promptLine)
      // An incomplete call must not run, and its continuation would not be a call.
      if (answer.cutCall !== undefined) return { ...end, cutCall: answer.cutCall }
      if (reason === "length" && !provider.isFull(metadata) && hasText && !isContinued && count < maxSteps) {
        isContinued = true
        textSoFar = answer.text
        yield* session.append(makeContinueMessage(textSoFar, "limit", yield* now))
        yield* emit({ type: "answer-cut", mode: "continued", hasText, message: limitReached, isLimit: true })
        continue
      }
      if (hasText) return end
      if (end.reason !== "stop") return { ...end, isEmpty: true }
      if (hasCalled) {
        yield* notify(context, "The model ended the turn without a closing message.")
        return end
      }
      if (isRepeated) return { ...end, isEmpty: true }
      isRepeated = true
      yield* notify(context, "The model's answer was empty. The request was retried.")
    }
  })

/** Whether the cost limit misses an answer although the model's price is known. Programs warn about an unknown price before the turn. */
const isUncounted = ({ computeCost, maxCost, model }: ModelProvider, { cost }: Spending.Spent): boolean =>
  maxCost !== undefined && cost === undefined && computeCost({ model, usage: Usage.none, metadata: {} }) !== undefined

/** Saves what the provider did. The end of the turn reports it, unless the turn ends normally. */
const reportIntervention = Effect.fn("Turn.reportIntervention")(function*(
  context: { readonly session: Session; readonly emit: Emit },
  { isPromptBlocked, text }: Intervention,
  isStopped: boolean,
  promptLine: number
) {
  const { session } = context
  if (!isStopped) return yield* notify(context, text)
  const time = yield* now
  yield* session.append({ type: "notice", text, time })
  if (!isPromptBlocked) return
  const what = { from: findBlocked(yield* session.entries, promptLine), to: (yield* session.entries).length }
  yield* session.append({ type: "left-out", what, why: "a guardrail blocked it", time })
})

/**
 * The first line that may contain what was blocked. Everything before the last accepted answer of this turn was accepted; that answer's calls
 * can't be sent without the results that follow it.
 */
const findBlocked = (lines: ReadonlyArray<Line>, promptLine: number): number => {
  const blocked = lines.findLastIndex(({ type }) => type === "assistant")
  const accepted = lines.slice(0, blocked).findLastIndex(({ type }) => type === "assistant")
  return Math.max(accepted, promptLine)
}

type UserEntry = Extract<Entry, { readonly type: "user" }>

/** The instructions that the session has already given to the model. */
const shownInstructions = (lines: ReadonlyArray<Line>) => {
  const messages = lines.filter((line) => line.type === "user").filter(({ instructions }) => instructions !== undefined)
  const texts = messages.flatMap(({ message }) => message.content.map((part) => part.type === "text" ? part.text : ""))
  return {
    shown: messages.flatMap(({ instructions = [] }) => instructions),
    shownSize: Buffer.byteLength(texts.join(""))
  }
}

/** An answer without calls ends the turn, even if the provider reports `tool-calls`. */
const normalize = (reason: Response.FinishReason): End["reason"] =>
  reason === "tool-calls" || reason === "pause" ? "stop" : reason

/** Lines of the session file are JSON, so bytes are encoded as base64. */
const encodeBytes = (part: Prompt.UserMessagePart): Prompt.UserMessagePart =>
  part.type === "file" && part.data instanceof Uint8Array
    ? Prompt.filePart({ ...part, data: Encoding.encodeBase64(part.data) })
    : part
