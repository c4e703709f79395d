/**
 * The screen: a person works in it until they leave.
 *
 * @since 0.1.0
 */
import type { PermissionPolicy } from "@altimate-code/agent/PermissionPolicy"
import type { Session } from "@altimate-code/agent/Session"
import type { SessionStore } from "@altimate-code/agent/SessionStore"
import type { Workspace } from "@altimate-code/agent/Workspace"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import { render } from "ink"
// Ink must not end the process at a signal before the scope has closed.
import process from "node:process"
import { createElement } from "react"
import { App } from "./components/App.tsx"
import { Host } from "./Host.ts"
import type { Key } from "./internal/input/keys.ts"
import * as PromptHistory from "./internal/input/promptHistory.ts"
import * as Highlight from "./internal/markdown/highlight.ts"
import * as Performer from "./internal/screen/performer.ts"
import type { Command } from "./internal/screen/state.ts"
import { Store } from "./internal/screen/store.ts"
import { initial } from "./internal/screen/update.ts"
import * as Setup from "./internal/setup/setup.ts"
import * as Terminal from "./internal/terminal/terminal.ts"
import * as Theme from "./internal/terminal/theme.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The conversation to begin with: a new one, or one that goes on. */
  readonly session: Session
  /** Gives it back when another one is opened; absent: it stays open as long as its own scope. */
  readonly release?: Effect.Effect<void>
  /** How many requests a turn may take. */
  readonly maxSteps: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Left {
  /** The conversation that was shown last; none if nothing was said in it, or it is not stored. */
  readonly sessionId: Option.Option<string>
}

const theme = Config.all({
  noColor: Config.map(Config.option(Config.nonEmptyString("NO_COLOR")), Option.isSome),
  colorfgbg: Config.map(Config.option(Config.string("COLORFGBG")), Option.getOrUndefined)
}).pipe(Effect.map(Theme.choose), Effect.orElseSucceed(() => Theme.neutral))

const closePager: Key = { type: "key", name: "o", ctrl: true, meta: false, shift: false }

/** Ink writes a frame when it draws it, or a millisecond later. In milliseconds. */
const inkDelay = 5

const signals = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const

/**
 * Shows the screen on the process's terminal until the person leaves, and puts the terminal back as it was.
 * Standard input and output must be a terminal.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = (
  options: Options
): Effect.Effect<Left, never, Host | SessionStore | PermissionPolicy | Workspace | FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(Effect.gen(function*() {
    const host = yield* Host
    const terminal = yield* Terminal.make
    const commands = yield* Queue.unbounded<Command>()
    const store = new Store(
      initial({
        ...terminal.size(),
        theme: yield* theme,
        version: host.version,
        yolo: host.yolo,
        history: yield* PromptHistory.load(host.history)
      }),
      (command) => void Queue.unsafeOffer(commands, command)
    )
    const { dispatch } = store

    const redraw = (): void => {
      terminal.write(Terminal.clear)
      terminal.output.forget()
      store.redraw()
    }
    const performer = yield* Performer.make({
      ...options,
      dispatch,
      lend: (effect) =>
        Effect.acquireUseRelease(
          Effect.sync(() => store.hold(true)),
          () => terminal.lend(effect),
          () =>
            Effect.sync(() => {
              store.hold(false)
              redraw()
            })
        )
    })

    if (Option.isSome(host.setup)) {
      dispatch({ type: "setup", setup: Setup.make(host.setup.value.defaults, host.models) })
    }
    yield* performer.start
    yield* Effect.forkScoped(Effect.zipRight(Highlight.load, Effect.sync(() => dispatch({ type: "redraw" }))))

    const resize = (): void => {
      dispatch({ type: "resized", ...terminal.size() })
      if (!terminal.output.muted) redraw()
    }
    const onKey = (key: Key): void => {
      const { columns, rows } = terminal.size()
      // What the key answers has the terminal's new size, or is not on it at all.
      if (columns !== store.state.columns || rows !== store.state.rows) resize()
      const before = store.state.pager
      dispatch({ type: "key", key, at: Date.now() })
      const after = store.state.pager
      if (before === undefined && after !== undefined) {
        store.hold(true)
        terminal.alternate(true)
        terminal.output.forget()
      }
      if (before !== undefined && after === undefined) {
        store.hold(false)
        terminal.alternate(false)
        redraw()
      }
      if (key.type === "key" && key.ctrl && key.name === "l") redraw()
    }

    /** Ink draws what was published last, and then writes it, unless the same is on the terminal already. */
    const onRender = (): void => {
      const { shown } = store.snapshot().live
      terminal.output.shown = terminal.output.muted ? undefined : shown
      if (shown !== undefined) setTimeout(() => terminal.output.write(""), inkDelay)
    }
    terminal.output.onWritten = (shown) => dispatch({ type: "drawn", shown, ...terminal.size() })

    yield* Effect.acquireRelease(
      Effect.sync(() =>
        render(createElement(App, { store }), {
          // What Ink needs of a stream is there.
          stdout: terminal.output as unknown as NodeJS.WriteStream,
          exitOnCtrlC: false,
          patchConsole: false,
          onRender,
          maxFps: 60
        })
      ),
      (ink) =>
        Effect.promise(async () => {
          // A signal came while the pager was open: the conversation is written where it belongs.
          if (store.state.pager !== undefined) onKey(closePager)
          store.close()
          // React draws it in a task of its own.
          await new Promise((resolve) => setTimeout(resolve, 0))
          ink.unmount()
          await ink.waitUntilExit()
        })
    )

    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const leave = (): void => void Queue.unsafeOffer(commands, { type: "leave" })
        terminal.onGone(leave)
        for (const signal of signals) process.on(signal, leave)
        return leave
      }),
      (leave) =>
        Effect.sync(() => {
          for (const signal of signals) process.off(signal, leave)
        })
    )

    terminal.onResize(resize)
    terminal.onKeys((keys) => {
      for (const key of keys) onKey(key)
    })

    yield* Effect.forkScoped(
      Effect.flatMap(Clock.currentTimeMillis, (at) =>
        Effect.sync(() => {
          if (store.state.work.type !== "none") dispatch({ type: "tick", at })
        })).pipe(Effect.repeat(Schedule.spaced("1 second")))
    )
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(commands), performer.perform)))
    yield* performer.left

    const session = yield* performer.current
    const lines = yield* session.entries
    const canResume = session.isStored && lines.some(({ type }) => type === "user")
    return { sessionId: canResume ? Option.some(session.id) : Option.none() }
  }))
