import * as History from "@altimate-code/agent/session/History"
import type { Session } from "@altimate-code/agent/session/Session"
import type { SessionError } from "@altimate-code/agent/session/SessionError"
import * as Spending from "@altimate-code/agent/session/Spending"
import * as TodoList from "@altimate-code/agent/session/TodoList"
import type * as Turn from "@altimate-code/agent/turn/Turn"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as FiberHandle from "effect/FiberHandle"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import { Host } from "../../Host.ts"
import * as TaskWatcher from "../tasks/taskWatcher.ts"
import { itemsOf } from "../transcript/item.ts"
import { Display } from "./display.ts"
import * as SessionMode from "./permissions/sessionMode.ts"
import * as SystemPrompt from "./systemPrompt.ts"

/** The session that the screen shows. */
export class CurrentSession extends Context.Tag("@altimate-code/tui/CurrentSession")<CurrentSession, {
  readonly get: Effect.Effect<Session>
  readonly systemPrompt: Effect.Effect<Pick<Turn.Options, "system" | "findInstructions">>
  /** Stores the mode, if the user has chosen one and the session has a prompt or is about to have one. */
  readonly saveMode: (isStarting: boolean) => Effect.Effect<void>
  /** Shows its transcript, and takes its mode again. */
  readonly display: Effect.Effect<void>
  /** Shows what it has cost, after a task that may have sent requests. */
  readonly displaySpending: Effect.Effect<void>
  /** Opens and shows another session, then closes this one so that other processes can open it. `notice` is shown below its transcript. */
  readonly switchTo: (
    open: Effect.Effect<Session, SessionError, Scope.Scope>,
    notice?: string
  ) => Effect.Effect<void, SessionError>
}>() {}

export interface Options {
  readonly session: Session
  /** Closes `session` once another one is open. */
  readonly close: Effect.Effect<void>
}

interface Opened extends Options {
  readonly systemPrompt: CurrentSession["Type"]["systemPrompt"]
}

export const make = (initial: Options) =>
  Effect.gen(function*() {
    const host = yield* Host
    const { send, showNotice, showWarning } = yield* Display
    const workspace = yield* Workspace
    const scope = yield* Effect.scope
    const context = yield* Effect.context<Display | Host>()
    const mode = yield* SessionMode.make

    const prepare = (options: Options): Effect.Effect<Opened> =>
      SystemPrompt.make.pipe(
        Effect.map((systemPrompt) => ({ ...options, systemPrompt })),
        Effect.provide(context)
      )
    const current = yield* Ref.make(yield* prepare(initial))
    const taskWatcher = yield* FiberHandle.make()

    const show = (notice: string | undefined) =>
      Effect.gen(function*() {
        const { session } = yield* Ref.get(current)
        const entries = yield* session.entries
        const items = itemsOf(entries)
        // Before the session is shown: a prompt that waits must not run in a looser mode.
        yield* mode.restore(entries)
        yield* send({
          type: "session-opened",
          items: items.length === 0
            ? [{ type: "welcome", version: host.version, directory: host.directory }]
            : [...items, { type: "notice", level: "info", text: notice ?? `Resumed session ${session.id}.` }],
          spending: Spending.sum(entries),
          context: History.estimateContext(entries),
          todos: TodoList.latest(entries)
        })
        yield* FiberHandle.run(taskWatcher, Effect.provide(TaskWatcher.watch(session.tasks), context))
        if (session.directory !== workspace.directory) {
          yield* showWarning(`This session was started in ${session.directory}. Tools run in ${workspace.directory}.`)
        }
        yield* Effect.forEach(session.notices, showNotice, { discard: true })
      })

    return CurrentSession.of({
      get: Effect.map(Ref.get(current), ({ session }) => session),
      systemPrompt: Effect.flatMap(Ref.get(current), ({ systemPrompt }) => systemPrompt),
      saveMode: (isStarting) =>
        Effect.gen(function*() {
          const { session } = yield* Ref.get(current)
          const entries = yield* session.entries
          if (isStarting || entries.some(({ type }) => type === "user")) yield* mode.save(session, entries)
        }),
      display: show(undefined),
      displaySpending: Effect.gen(function*() {
        const { session } = yield* Ref.get(current)
        yield* send({ type: "spending", spending: Spending.sum(yield* session.entries) })
      }),
      switchTo: (open, notice) =>
        Effect.gen(function*() {
          const ownScope = yield* Scope.fork(scope, ExecutionStrategy.sequential)
          const session = yield* Scope.extend(open, ownScope).pipe(
            Effect.onError((cause) => Scope.close(ownScope, Exit.failCause(cause)))
          )
          const opened = yield* prepare({ session, close: Scope.close(ownScope, Exit.void) })
          const { close, session: before } = yield* Ref.getAndSet(current, opened)
          yield* show(notice)
          yield* Effect.provide(TaskWatcher.reportClosing(before.tasks), context)
          // Not only by closing it: the session that the screen was started with may stay open.
          yield* before.tasks.endAll
          yield* close
        })
    })
  })
