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
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as SubscriptionRef from "effect/SubscriptionRef"
// Signals, for which Effect has no service.
import process from "node:process"
import { Host } from "./Host.ts"
import * as Performer from "./internal/actions/performer.ts"
import * as Keymap from "./internal/input/keymap.ts"
import * as PromptHistory from "./internal/input/promptHistory.ts"
import * as Highlight from "./internal/markdown/highlight.ts"
import type { Action } from "./internal/screen/action.ts"
import * as Painter from "./internal/screen/painter.ts"
import { frameInterval as interval, Store } from "./internal/screen/store.ts"
import * as Setup from "./internal/setup/setup.ts"
import { guessLongLines } from "./internal/terminal/resize.ts"
import * as Terminal from "./internal/terminal/terminal.ts"
import * as Theme from "./internal/terminal/theme.ts"
import { initialState } from "./internal/update/initialState.ts"

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
}

/**
 * The least time between two frames of an answer that arrives, in milliseconds. Events need not be read more often.
 *
 * @since 0.1.0
 * @category constants
 */
export const frameInterval: number = interval

const colorVariables = Config.all({
  noColor: Config.map(Config.option(Config.nonEmptyString("NO_COLOR")), Option.isSome),
  colorfgbg: Config.map(Config.option(Config.string("COLORFGBG")), Option.getOrUndefined),
  // The console of Linux would print the question.
  isConsole: Config.map(Config.option(Config.string("TERM")), Option.contains("linux"))
}).pipe(Effect.orElseSucceed(() => ({ noColor: false, colorfgbg: undefined, isConsole: false })))

const variable = (name: string) => Config.map(Config.option(Config.nonEmptyString(name)), Option.getOrUndefined)

const terminalVariables = Config.all({
  term: variable("TERM"),
  termProgram: variable("TERM_PROGRAM"),
  tmux: variable("TMUX"),
  sty: variable("STY"),
  xtermVersion: variable("XTERM_VERSION")
}).pipe(Effect.orElseSucceed(() => ({})))

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
    const history = yield* PromptHistory.load(host.history)
    const { mode } = yield* PermissionPolicy
    const startMode = mode === undefined ? {} : { mode: yield* SubscriptionRef.get(mode) }
    const { keymap, problems: keyProblems } = Keymap.make(host.keybinds)
    const colors = { ...yield* colorVariables, name: host.theme }
    // The code of a resumed session is in the first frame, and is drawn only once. A new session has none.
    const isNew = (yield* options.session.entries).every(({ type }) => type === "session")
    const highlighter = isNew ? Option.none() : yield* Effect.option(Highlight.load)
    const terminal = yield* Terminal.make
    terminal.output.longLines = guessLongLines(yield* terminalVariables)
    const isAsked = !colors.noColor && host.theme === "auto" && !colors.isConsole
    const isLight = Option.getOrUndefined(isAsked ? yield* terminal.askBackground : Option.none<boolean>())
    const queue = yield* Queue.unbounded<Action>()
    const store = new Store(
      initialState({
        ...terminal.size(),
        theme: Theme.chooseTheme({ ...colors, ...(isLight === undefined ? {} : { isLight }) }),
        version: host.version,
        yolo: host.yolo,
        directory: host.directory,
        history,
        keymap,
        ...startMode
      }),
      (action) => void Queue.unsafeOffer(queue, action)
    )
    const { dispatch } = store
    const useHighlighter = (highlighter: Highlight.Highlighter) =>
      Effect.sync(() => dispatch({ type: "highlighter", highlighter }))
    const { notification } = host
    const runNotification = yield* FiberSet.makeRuntime<never>()
    const painter = Painter.make(
      terminal,
      store,
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
    yield* Option.match(highlighter, {
      onSome: useHighlighter,
      onNone: () => Highlight.load.pipe(Effect.flatMap(useHighlighter), Effect.ignore, Effect.forkScoped)
    })
    yield* performer.start
    for (const text of keyProblems) dispatch({ type: "item", item: { type: "notice", level: "warning", text } })
    yield* painter.draw
    const quit = (): void => void Queue.unsafeOffer(queue, { type: "quit" })
    terminal.onClosed(quit)
    yield* handleSignals(quit)
    // Interrupted actions report to the transcript: they end before it is drawn for the last time.
    yield* Effect.addFinalizer(() => performer.interruptAll)
    terminal.onResizing(painter.startResize)
    terminal.onResize(painter.resize)
    terminal.onContinued(painter.resume)
    terminal.onBackground((isLight) => dispatch({ type: "theme", theme: Theme.chooseTheme({ ...colors, isLight }) }))
    terminal.onKeys(painter.pressKeys)

    yield* Effect.forkScoped(tick(store))
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(queue), performer.perform)))
    yield* performer.awaitQuit

    const session = yield* performer.currentSession
    const entries = yield* session.entries
    const canResume = session.isStored && entries.some(({ type }) => type === "user")
    const keptTasks = (yield* session.tasks.list).filter(({ end, isKept }) => end === undefined && isKept)
    return { sessionId: canResume ? Option.some(session.id) : Option.none(), keptTasks }
  }))
