/**
 * The screen of the assistant in a terminal.
 *
 * @since 0.1.0
 */
import { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import type { BackgroundTask } from "@altimate-code/agent/session/BackgroundTasks"
import type { Session } from "@altimate-code/agent/session/Session"
import type { SessionStore } from "@altimate-code/agent/session/SessionStore"
import type { Workspace } from "@altimate-code/agent/Workspace"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as SubscriptionRef from "effect/SubscriptionRef"
// Signals, for which Effect has no service.
import process from "node:process"
import type { EarlyPrompt } from "./EarlyPrompt.ts"
import { Host } from "./Host.ts"
import * as Performer from "./internal/actions/performer.ts"
import * as PromptHistory from "./internal/input/promptHistory.ts"
import * as Highlight from "./internal/markdown/highlight.ts"
import * as ShownPrompt from "./internal/screen/shownPrompt.ts"
import { frameInterval as interval, type Store } from "./internal/screen/store.ts"
import * as Setup from "./internal/setup/setup.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** A new session, or one to resume. */
  readonly session: Session
  /** Closes `session` once the user opens another one, so that other processes can open it. If absent, it stays open. */
  readonly closeSession?: Effect.Effect<void>
  /** How many requests a turn may make. */
  readonly maxSteps: number
  /** If absent, the prompt is shown now. */
  readonly prompt?: EarlyPrompt
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Result {
  /** The session that was shown last; none if it cannot be resumed, because it is empty or not stored. */
  readonly sessionId: Option.Option<string>
  /** Its background commands that stay running. */
  readonly keptTasks: ReadonlyArray<BackgroundTask>
  /** Its background commands that were running and end with it. */
  readonly endedTasks: ReadonlyArray<BackgroundTask>
}

/**
 * The least time between two frames of an answer that arrives, in milliseconds. Events need not be read more often.
 *
 * @since 0.1.0
 * @category constants
 */
export const frameInterval: number = interval

const signals = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const

/** Calls `quit` on a signal until the scope closes. */
const handleSignals = (quit: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      for (const signal of signals) process.on(signal, quit)
    }),
    () =>
      Effect.sync(() => {
        for (const signal of signals) process.off(signal, quit)
      })
  )

/** The durations in the view advance with the clock. */
const tick = (store: Store) =>
  Effect.flatMap(Clock.currentTimeMillis, (at) =>
    Effect.sync(() => {
      const { overlay, pager, task } = store.state
      const isWatchingTasks = overlay?.type === "tasks" || pager?.taskId !== undefined
      if (task.type !== "none" || isWatchingTasks) store.dispatch({ type: "tick", at })
    })).pipe(Effect.repeat(Schedule.spaced("1 second")))

/**
 * Shows the screen on the terminal of the process until the user quits, then restores the terminal.
 * Standard input and output must be a terminal.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = (
  options: Options
): Effect.Effect<
  Result,
  never,
  Host | SessionStore | PermissionPolicy | Workspace | FileSystem.FileSystem | Path.Path
> =>
  Effect.scoped(Effect.gen(function*() {
    const host = yield* Host
    const { mode } = yield* PermissionPolicy
    const startMode = mode === undefined ? {} : { mode: yield* SubscriptionRef.get(mode) }
    const { actions, close, complete, keyProblems, painter, perform, store, terminal } = options.prompt
      ?? (yield* ShownPrompt.show({ ...host, ...startMode }))
    // Before the program around the screen ends, which may take a while.
    yield* Effect.addFinalizer(() => close)
    const { dispatch } = store
    dispatch({ type: "history", prompts: yield* PromptHistory.load(host.history) })
    // The code of a resumed session is in the first lines, which are drawn only once. A new session has none.
    const isNew = (yield* options.session.entries).every(({ type }) => type === "session")
    const highlighter = isNew ? Option.none() : yield* Effect.option(Highlight.load)
    const useHighlighter = (highlighter: Highlight.Highlighter) =>
      Effect.sync(() => dispatch({ type: "highlighter", highlighter }))
    const { notification } = host
    const runNotification = yield* FiberSet.makeRuntime<never>()
    painter.notifyWith(
      typeof notification === "string" ? notification : (text) => void runNotification(notification(text))
    )
    const performer = yield* Performer.make({
      ...options,
      dispatch,
      suspendDuring: painter.suspendDuring,
      writeToTerminal: terminal.write,
      showPage: painter.showPage
    })

    if (Option.isSome(host.setup)) {
      dispatch({ type: "setup", setup: Setup.make(host.setup.value.defaults, host.models) })
    }
    if (Option.isSome(highlighter)) yield* useHighlighter(highlighter.value)
    yield* performer.start
    for (const text of keyProblems) dispatch({ type: "item", item: { type: "notice", level: "warning", text } })
    yield* handleSignals(() => perform({ type: "quit" }))
    // Interrupted actions report to the transcript: they end before it is drawn for the last time.
    yield* Effect.addFinalizer(() => performer.interruptAll)

    yield* Effect.forkScoped(tick(store))
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(actions), performer.perform)))
    yield* complete
    if (Option.isNone(highlighter)) {
      // After the model, which the user waits for.
      yield* (Option.isSome(host.setup) ? Effect.void : Effect.ignore(host.model)).pipe(
        Effect.zipRight(Highlight.load),
        Effect.flatMap(useHighlighter),
        Effect.ignore,
        Effect.forkScoped
      )
    }
    yield* performer.awaitQuit

    const session = yield* performer.currentSession
    const entries = yield* session.entries
    const canResume = session.isStored && entries.some(({ type }) => type === "user")
    const running = (yield* session.tasks.list).filter(({ end }) => end === undefined)
    return {
      sessionId: canResume ? Option.some(session.id) : Option.none(),
      keptTasks: running.filter(({ isKept }) => isKept),
      endedTasks: running.filter(({ isKept }) => !isKept)
    }
  }))
