/** Runs the tool calls of one answer and saves their results. */
import * as Cut from "@altimate-code/system/Cut"
import { logDecision } from "@altimate-code/system/logging/DecisionLevel"
import type { ProcessId } from "@altimate-code/system/ProcessId"
import * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import * as Tool from "@effect/ai/Tool"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as LogLevel from "effect/LogLevel"
import * as ParseResult from "effect/ParseResult"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { Session } from "../../session/Session.ts"
import type { SessionError } from "../../session/SessionError.ts"
import type { AnyToolkit } from "../../tools/AnyToolkit.ts"
import { type Action, ToolCall, ToolFailure, ToolOutput } from "../../tools/ToolCall.ts"
import type { Outcome, TurnEvent } from "../../turn/TurnEvent.ts"
import { toToolDone } from "../session/interrupted.ts"
import { now } from "../session/now.ts"
import { findTool, titleOf } from "../tools/findTool.ts"
import { makeChangeLog } from "./changeLog.ts"
import { makePermissions } from "./permissions.ts"
import { makeSavePoint, type SavePoint } from "./savePoint.ts"
import { makeSlots, type Slot } from "./slots.ts"

type Call = Extract<Response.AnyPart, { readonly type: "tool-call" }>

interface CallResult {
  readonly outcome: Outcome
  readonly output: ToolOutput
}

/** `@effect/ai` has no type for the handlers of tools that are known only at run time. */
type Handled = Effect.Effect<
  { readonly isFailure: boolean; readonly result: unknown; readonly encodedResult: unknown },
  unknown,
  ToolCall
>

/** How many read-only calls run at the same time. More can be permitted and wait. */
const maxConcurrentReads = 8

interface Options {
  readonly session: Session
  readonly toolkit: AnyToolkit | undefined
  readonly emit: (event: TurnEvent) => Effect.Effect<void>
}

export const makeCalls = ({ emit, session, toolkit }: Options) =>
  Effect.gen(function*() {
    const permissions = yield* makePermissions(session)
    const touched = new Set<string>()

    const makeSlot = makeSlots(maxConcurrentReads)

    const permit = (call: Call, savePoint: SavePoint, slot: Slot) => (action: Action) =>
      Effect.gen(function*() {
        const because = yield* permissions.permit(call, action)
        yield* Effect.logDebug(`${call.name} allowed`).pipe(
          Effect.annotateLogs({ service: "agent", title: action.title, because }),
          // Annotations take longer than everything else here.
          Effect.whenLogLevel(LogLevel.Debug)
        )
        yield* emit({ type: "tool-allowed", id: call.id, because })
        yield* savePoint.arrive
        yield* session.append({ type: "tool-start", id: call.id, time: yield* now })
        yield* slot.take
        yield* emit({ type: "tool-running", id: call.id })
      }).pipe(failIfNotSaved)

    const storeProcess = (call: Call) => (process: ProcessId) =>
      Effect.flatMap(now, (time) => session.append({ type: "tool-process", id: call.id, process, time })).pipe(
        failIfNotSaved
      )

    const handle = (call: Call): Effect.Effect<CallResult, never, ToolCall> => {
      const tool = findTool(toolkit, call.name)
      if (toolkit === undefined || tool === undefined) {
        return Effect.succeed(failed(`There is no tool ${JSON.stringify(call.name)}.`))
      }
      const { successSchema } = tool
      return (toolkit.handle(call.name, call.params) as Handled).pipe(
        Effect.map(({ encodedResult, isFailure, result }): CallResult => {
          if (result instanceof ToolFailure) {
            const ended = failed(result.message, result.summary)
            return result.reason === "Denied" ? { ...ended, outcome: "denied" } : ended
          }
          const output = isToolOutput(result, successSchema) ? result : textOutput(JSON.stringify(encodedResult) ?? "")
          return { outcome: isFailure ? "failed" : "ok", output }
        }),
        Effect.catchAll((error: unknown) => Effect.succeed(failed(explain(error)))),
        Effect.catchAllDefect((defect) =>
          Effect.logError("a tool crashed", Cause.die(defect)).pipe(
            Effect.annotateLogs({ service: "agent", tool: call.name }),
            Effect.as(failed(`The tool crashed: ${defect instanceof Error ? defect.message : String(defect)}`))
          )
        )
      )
    }

    const makeToolCall = (call: Call, savePoint: SavePoint, slot: Slot): typeof ToolCall.Service => ({
      id: call.id,
      permit: permit(call, savePoint, slot),
      touch: (path) => Effect.sync(() => void touched.add(path)),
      storeProcess: storeProcess(call),
      changeLog: makeChangeLog(session),
      showOutput: (text) => emit({ type: "tool-output", id: call.id, text }),
      verdicts: permissions.verdicts,
      tasks: session.tasks
    })

    const runOne = (call: Call, savePoint: SavePoint, slot: Slot) =>
      Effect.gen(function*() {
        const title = titleOf(toolkit, call)
        // Uninterruptible: the result of a call that ended must be saved.
        const result = yield* Effect.uninterruptibleMask((restore) =>
          Effect.gen(function*() {
            const exit = yield* Effect.exit(restore(handle(call)))
            slot.release()
            const ended = yield* exit
            yield* Effect.exit(restore(savePoint.arrive))
            const time = yield* now
            const result = { type: "tool-result", id: call.id, name: call.name, title, ...ended, time } as const
            yield* session.append(result)
            return result
          })
        ).pipe(Effect.ensuring(savePoint.leave))
        yield* logDecision(`${call.name} ${result.outcome}`).pipe(
          Effect.annotateLogs({ service: "agent", title, summary: result.output.summary })
        )
        yield* emit(toToolDone(result))
      })

    const runGroup = (group: ReadonlyArray<Call>, scope: Scope.Scope) =>
      Effect.gen(function*() {
        const savePoint = makeSavePoint(group.length, scope)
        const fibers = yield* Scope.extend(FiberSet.make<void, SessionError>(), scope)
        const runtime = yield* Effect.runtime()
        for (const call of group) {
          const slot = makeSlot()
          // Its fiber begins with the service, because providing it later takes as long as the rest of a short call.
          const services = Runtime.provideService(runtime, ToolCall, makeToolCall(call, savePoint, slot))
          FiberSet.unsafeAdd(fibers, Runtime.runFork(services, runOne(call, savePoint, slot)))
        }
        yield* Effect.raceFirst(FiberSet.join(fibers), FiberSet.awaitEmpty(fibers))
      })

    const isReadOnly = ({ name }: Call) =>
      Context.get(findTool(toolkit, name)?.annotations ?? Context.empty(), Tool.Readonly)

    return {
      /** Runs the calls in order; consecutive read-only calls run concurrently. */
      run: (calls: ReadonlyArray<Call>): Effect.Effect<void, SessionError> =>
        Effect.forEach(
          groupReads(calls, isReadOnly),
          (group) => Effect.scopedWith((scope) => runGroup(group, scope)),
          { discard: true }
        ),
      /** Returns the files and directories that permitted calls have touched since the last time. */
      takeTouched: Effect.sync((): ReadonlyArray<string> => {
        const taken = [...touched]
        touched.clear()
        return taken
      })
    }
  })

/** Fails the call if its line can't be saved, because no call may run without a record in the session. */
const failIfNotSaved = (effect: Effect.Effect<void, SessionError | ToolFailure>): Effect.Effect<void, ToolFailure> =>
  Effect.catchTag(effect, "SessionError", ({ message }) => new ToolFailure({ reason: "Failed", message }))

const groupReads = (
  calls: ReadonlyArray<Call>,
  isReadOnly: (call: Call) => boolean
): ReadonlyArray<ReadonlyArray<Call>> => {
  const groups: Array<Array<Call>> = []
  for (const call of calls) {
    const last = groups.at(-1)
    if (last?.[0] !== undefined && isReadOnly(call) && isReadOnly(last[0])) last.push(call)
    else groups.push([call])
  }
  return groups
}

/** The toolkit has checked the result with the schema of the tool. */
const isToolOutput = (result: unknown, schema: unknown): result is ToolOutput =>
  schema === ToolOutput || Schema.is(ToolOutput)(result)

const textOutput = (text: string): ToolOutput => ({ content: [{ type: "text", text }], summary: "" })

const failed = (message: string, summary = Cut.head(message.split("\n")[0]!, 100)): CallResult => ({
  outcome: "failed",
  output: { ...textOutput(message), summary }
})

/** Describes what is wrong with the call without repeating its parameters. */
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
