/**
 * One turn of the assistant: what the user said, the model's steps, and the tools that it calls.
 *
 * @since 0.1.0
 */
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import type * as Toolkit from "@effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Approver } from "./Approver.ts"
import * as Compaction from "./Compaction.ts"
import * as History from "./History.ts"
import * as Instructions from "./Instructions.ts"
import { asking } from "./internal/asking.ts"
import { makeCalls } from "./internal/calls.ts"
import { done, interruptedResults } from "./internal/interrupted.ts"
import { now } from "./internal/now.ts"
import * as Tokens from "./internal/tokens.ts"
import type { PermissionPolicy, Rules } from "./PermissionPolicy.ts"
import type { Entry, Line, Session } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"
import * as ToolTitle from "./ToolTitle.ts"
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
  /** In tokens; absent: not known, and nothing is summarised. */
  readonly contextWindow?: number
}

type Failure = AiError.AiError | SessionError

/** An answer that can't be understood is asked for again, so many times in a row. */
const patience = 3

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
  return steps(options, emit, add).pipe(
    // However it ends: no call stays without a result. Of an interrupted turn there is nobody left to be told.
    Effect.tapError(() => Effect.ignore(closeCalls(options.session, emit))),
    Effect.ensuring(Effect.ignore(interruptedResults(options.session))),
    Effect.flatMap(({ reason, metadata, steps }) => emit({ type: "finished", reason, usage, steps, metadata })),
    Effect.catchAll((error) => emit({ type: "failed", error, usage }))
  )
}

const closeCalls = (session: Session, emit: Emit) =>
  Effect.flatMap(interruptedResults(session), Effect.forEach(({ result }) => emit(done(result)), { discard: true }))

interface End {
  readonly reason: Extract<TurnEvent, { readonly type: "finished" }>["reason"]
  readonly metadata: Response.FinishPart["metadata"]
  readonly steps: number
}

const steps = (
  { contextWindow, input, maxSteps, nested, rules, session, system, toolkit }: Options,
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

    yield* say(Prompt.userMessage({ content: input.map(storable) }))
    let misunderstood = 0
    for (let count = 1;; count++) {
      const before = History.context(yield* session.entries)
      if (contextWindow !== undefined && Compaction.needed(before, contextWindow)) {
        const summary = yield* Compaction.compact(session, contextWindow)
        yield* add(summary.usage)
        yield* emit({ type: "notice", text: summary.notice })
      }
      // The calls of an answer are of the tools that it was asked for with.
      const offered = Effect.isEffect(toolkit) ? yield* toolkit : toolkit
      const calls = yield* makeCalls({ session, toolkit: offered, rules, emit })
      const tools = offered === undefined ? undefined : asking(offered)
      const answer = yield* request({ session, emit, system, tools }).pipe(
        Effect.map((answer) => ({ ...answer, wrong: undefined })),
        Effect.catchTag("MalformedOutput", (error) =>
          ++misunderstood < patience && count < maxSteps
            ? Effect.succeed({ calls: [], usage: Tokens.none, finish: undefined, wrong: error })
            : Effect.fail(error))
      )
      if (answer.wrong !== undefined) {
        const what = answer.wrong.description ?? answer.wrong.message
        yield* closeCalls(session, emit)
        yield* emit({ type: "notice", text: `The model's answer could not be used (${what}); it was asked again.` })
        yield* say(
          Prompt.userMessage({
            content: [Prompt.textPart({ text: `Your last answer could not be used: ${what}. Please answer again.` })]
          }),
          { hidden: true }
        )
        continue
      }
      misunderstood = 0
      yield* add(answer.usage)
      yield* calls.run(answer.calls)
      yield* emit({ type: "usage", step: answer.usage, context: Tokens.total(answer.usage) })
      const { metadata, reason } = answer.finish
      if (answer.calls.length === 0) {
        return { reason: plain(reason), metadata, steps: count }
      }
      if (count >= maxSteps) return { reason: "steps", metadata, steps: count }
      yield* instruct(yield* calls.takeTouched)
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

// oxlint-disable-next-line typescript/no-explicit-any
type Part = Response.StreamPart<any>
type Call = Extract<Response.AnyPart, { readonly type: "tool-call" }>

/** One request. Its answer is in the file when it returns; when it fails or is interrupted, what came of it is. */
const request = (
  { emit, session, system, tools }: {
    readonly session: Session
    readonly emit: Emit
    readonly system: string | undefined
    readonly tools: ReturnType<typeof asking> | undefined
  }
) =>
  Effect.gen(function*() {
    const parts: Array<Part> = []
    const history = History.prompt(yield* session.entries)
    const prompt = system === undefined ? history : Prompt.setSystem(history, system)

    const keep = (answer: Omit<Extract<Entry, { readonly type: "assistant" }>, "type" | "model" | "time">) =>
      Effect.flatMap(now, (time) => session.append({ type: "assistant", ...answer, ...modelOf(parts), time }))

    const answering = LanguageModel.streamText({
      prompt,
      ...(tools === undefined ? {} : { toolkit: tools }),
      disableToolCallResolution: true
    }).pipe(
      Stream.runForEach((part) => {
        parts.push(part)
        switch (part.type) {
          case "text-delta":
            return emit({ type: "text", text: part.delta })
          case "reasoning-delta":
            return part.delta === "" ? Effect.void : emit({ type: "reasoning", text: part.delta })
          default:
            return Effect.void
        }
      })
    )
    let stored: ReadonlyArray<Call> = []
    const ours = Effect.sync(() => stored = (parts as ReadonlyArray<Response.AnyPart>).filter(isOurs))
    // Only what is in the file is reported. Not within: who has left the stream would be waited for.
    const report = Effect.suspend(() =>
      Effect.forEach(stored, ({ id, name, params }) =>
        emit({ type: "tool-asked", id, name, title: ToolTitle.of(name, params), params }), { discard: true })
    )
    // Between the end of the answer and its line in the file nothing may come.
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(restore(answering))
        const finish = parts.findLast((part) =>
          part.type === "finish"
        )
        const message = History.answer(parts)
        const usage = finish === undefined ? Tokens.none : Tokens.of(finish.usage)
        if (Exit.isSuccess(exit) && finish !== undefined) {
          yield* keep({ message, reason: finish.reason, usage })
          return { calls: yield* ours, usage, finish }
        }
        if (message.content.length > 0) {
          yield* Effect.ignore(
            Effect.zipRight(keep({ message, reason: "interrupted", usage, interrupted: true }), ours)
          )
        }
        return yield* Exit.isFailure(exit)
          ? Effect.failCause(exit.cause)
          : new AiError.MalformedOutput({ module: "Turn", method: "request", description: "the answer has no end" })
      })
    ).pipe(Effect.tapBoth({ onFailure: () => report, onSuccess: () => report }))
  })

/** Which model answered, where its provider reports that. */
const modelOf = (parts: ReadonlyArray<Part>): { readonly model?: string } => {
  const metadata = parts.find((part) => part.type === "response-metadata")
  return Option.match(metadata?.modelId ?? Option.none(), { onNone: () => ({}), onSome: (model) => ({ model }) })
}

/** A call that the model's own side has not answered already. */
const isOurs = (part: Response.AnyPart): part is Call => part.type === "tool-call" && !part.providerExecuted
