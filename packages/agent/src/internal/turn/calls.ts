/** The calls of one answer: permitted, run, answered. */
import * as Cut from "@altimate-code/system/Cut"
import type { ProcessId } from "@altimate-code/system/ProcessId"
import * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Tool from "@effect/ai/Tool"
import type * as Toolkit from "@effect/ai/Toolkit"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { Approver } from "../../Approver.ts"
import { PermissionPolicy, type Rules, type Verdict } from "../../PermissionPolicy.ts"
import type { Session } from "../../Session.ts"
import type { SessionError } from "../../SessionError.ts"
import { type Action, type Judged, ToolCall, ToolFailure, ToolOutput } from "../../ToolCall.ts"
import * as ToolTitle from "../../ToolTitle.ts"
import type { Outcome, TurnEvent } from "../../TurnEvent.ts"
import { done } from "../session/interrupted.ts"
import { now } from "../session/now.ts"

type Call = Extract<Response.AnyPart, { readonly type: "tool-call" }>

interface Ended {
  readonly outcome: Outcome
  readonly output: ToolOutput
}

/** `@effect/ai` knows no types of tools that are known only when the program runs. */
type Handled = Effect.Effect<
  { readonly isFailure: boolean; readonly result: unknown; readonly encodedResult: unknown },
  unknown,
  ToolCall
>

/** How many calls that only read run at the same time. */
const sideBySide = 8

interface Options {
  readonly session: Session
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly toolkit: Toolkit.WithHandler<any> | undefined
  readonly rules: Rules | undefined
  readonly emit: (event: TurnEvent) => Effect.Effect<void>
}

export const makeCalls = ({ emit, rules, session, toolkit }: Options) =>
  Effect.gen(function*() {
    const policy = yield* PermissionPolicy
    const approver = yield* Approver
    const oneQuestion = yield* Effect.makeSemaphore(1)
    const touched = new Set<string>()

    const granted = Effect.map(session.entries, (entries) => entries.filter((entry) => entry.type === "grant"))

    const decide = (action: Action) => Effect.flatMap(granted, (granted) => policy.decide(rules, action, granted))

    const verdicts = (parts: ReadonlyArray<Judged>) =>
      Effect.gen(function*() {
        const grants = yield* granted
        const ofKind = new Map<string, Option.Option<Verdict>>()
        const found: Array<Verdict> = []
        for (const part of parts) {
          const kind = `${part.permission} ${part.secret}`
          if (!ofKind.has(kind)) {
            ofKind.set(
              kind,
              policy.decideAll === undefined ? Option.none() : yield* policy.decideAll(rules, part, grants)
            )
          }
          const ofAll = ofKind.get(kind)
          found.push(
            ofAll?._tag === "Some"
              ? ofAll.value
              : (yield* policy.decide(rules, { judged: [part], title: part.subject }, grants)).verdict
          )
        }
        return found
      })

    /** Answers why it is allowed. */
    const allowed = (call: Call, action: Action): Effect.Effect<string, ToolFailure | SessionError> =>
      Effect.gen(function*() {
        const { because, patterns, verdict } = yield* decide(action)
        if (verdict === "allow") {
          return because
        }
        if (verdict === "deny") {
          return yield* denied(`This is not allowed: ${because}`)
        }
        const answer = yield* approver.ask({ id: call.id, tool: call.name, action, patterns, because })
        switch (answer._tag) {
          case "Once":
            return "allowed once"
          case "Session": {
            for (const pattern of patterns) {
              yield* session.append({ type: "grant", ...pattern, time: yield* now })
            }
            return "allowed for this session"
          }
          case "No":
            return yield* denied(
              answer.word === undefined ? "The user declined." : `The user declined: ${answer.word}`
            )
        }
      })

    const permit = (call: Call) => (action: Action) =>
      Effect.gen(function*() {
        const first = yield* decide(action)
        // Asked again when it is this question's turn: the one before may have allowed it for the session.
        const because = yield* first.verdict === "ask"
          ? oneQuestion.withPermits(1)(allowed(call, action))
          : allowed(call, action)
        yield* Effect.logDebug(`${call.name} allowed`).pipe(
          Effect.annotateLogs({ service: "agent", title: action.title, because })
        )
        yield* emit({ type: "tool-allowed", id: call.id, because })
        yield* session.append({ type: "tool-start", id: call.id, time: yield* now })
        yield* emit({ type: "tool-running", id: call.id })
      }).pipe(stored)

    const storeProcess = (call: Call) => (process: ProcessId) =>
      Effect.flatMap(now, (time) => session.append({ type: "tool-process", id: call.id, process, time })).pipe(stored)

    const handled = (call: Call): Effect.Effect<Ended> =>
      toolkit === undefined || !Object.hasOwn(toolkit.tools, call.name)
        ? Effect.succeed(failed(`There is no tool ${JSON.stringify(call.name)}.`))
        : (toolkit.handle(call.name, call.params) as Handled).pipe(
          Effect.provideService(ToolCall, {
            id: call.id,
            permit: permit(call),
            touch: (path) => Effect.sync(() => void touched.add(path)),
            storeProcess: storeProcess(call),
            verdicts
          }),
          Effect.map(({ encodedResult, isFailure, result }): Ended => {
            if (result instanceof ToolFailure) {
              const ended = failed(result.message, result.summary)
              return result.reason === "Denied" ? { ...ended, outcome: "denied" } : ended
            }
            const output = isToolOutput(result) ? result : fromText(JSON.stringify(encodedResult) ?? "")
            return { outcome: isFailure ? "failed" : "ok", output }
          }),
          Effect.catchAll((error: unknown) => Effect.succeed(failed(explain(error)))),
          Effect.catchAllDefect((defect) =>
            Effect.logError("a tool broke", Cause.die(defect)).pipe(
              Effect.annotateLogs({ service: "agent", tool: call.name }),
              Effect.as(failed(`The tool broke: ${defect instanceof Error ? defect.message : String(defect)}`))
            )
          )
        )

    const runOne = (call: Call) =>
      Effect.gen(function*() {
        const title = ToolTitle.of(call.name, call.params)
        // What came of it is in the file, or it was interrupted: nothing in between.
        const result = yield* Effect.uninterruptibleMask((restore) =>
          Effect.gen(function*() {
            const ended = yield* restore(handled(call))
            const time = yield* now
            const result = { type: "tool-result", id: call.id, name: call.name, title, ...ended, time } as const
            yield* session.append(result)
            return result
          })
        )
        yield* Effect.logInfo(`${call.name} ${result.outcome}`).pipe(
          Effect.annotateLogs({ service: "agent", title, summary: result.output.summary })
        )
        yield* emit(done(result))
      })

    const isReadOnly = ({ name }: Call) =>
      toolkit !== undefined && Object.hasOwn(toolkit.tools, name) &&
      Context.get(toolkit.tools[name].annotations, Tool.Readonly)

    return {
      /** Runs the calls in their order, those in a row that only read side by side. */
      run: (calls: ReadonlyArray<Call>): Effect.Effect<void, SessionError> =>
        Effect.forEach(
          inRows(calls, isReadOnly),
          (row) => Effect.forEach(row, runOne, { concurrency: sideBySide, discard: true }),
          { discard: true }
        ),
      /** The files and directories that permitted calls were about since this was read last. */
      takeTouched: Effect.sync((): ReadonlyArray<string> => {
        const taken = [...touched]
        touched.clear()
        return taken
      })
    }
  })

/** Without the line in the file it must not run. */
const stored = (effect: Effect.Effect<void, SessionError | ToolFailure>): Effect.Effect<void, ToolFailure> =>
  Effect.catchTag(effect, "SessionError", ({ message }) => new ToolFailure({ reason: "Failed", message }))

const inRows = (
  calls: ReadonlyArray<Call>,
  isReadOnly: (call: Call) => boolean
): ReadonlyArray<ReadonlyArray<Call>> => {
  const rows: Array<Array<Call>> = []
  for (const call of calls) {
    const last = rows.at(-1)
    if (last !== undefined && isReadOnly(call) && last.every(isReadOnly)) last.push(call)
    else rows.push([call])
  }
  return rows
}

const isToolOutput = Schema.is(ToolOutput)

const denied = (message: string) => new ToolFailure({ reason: "Denied", message })

const fromText = (text: string): ToolOutput => ({ content: [{ type: "text", text }], summary: "" })

const failed = (message: string, summary = Cut.head(message.split("\n")[0]!, 100)): Ended => ({
  outcome: "failed",
  output: { ...fromText(message), summary }
})

/** What is wrong with the call, without the dump of all that was given. */
const explain = (error: unknown): string => {
  if (AiError.isAiError(error)) {
    const cause = "cause" in error ? error.cause : undefined
    if (ParseResult.isParseError(cause)) {
      const issues = ParseResult.ArrayFormatter.formatErrorSync(cause)
      return `Wrong parameters: ${issues.map(({ message, path }) => `${path.join(".")}: ${message}`).join("; ")}`
    }
    return ("description" in error ? error.description : undefined) ?? error.message
  }
  return error instanceof Error ? error.message : String(error)
}
