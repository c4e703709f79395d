import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
// Signals, for which Effect has no service.
import process from "node:process"
import { nameOf } from "../input/editing.ts"
import * as Keymap from "../input/keymap.ts"
import type { Key } from "../input/keys.ts"
import { guessLongLines } from "../terminal/resize.ts"
import * as Terminal from "../terminal/terminal.ts"
import * as Theme from "../terminal/theme.ts"
import { initialState } from "../update/initialState.ts"
import type { Action } from "./action.ts"
import * as Painter from "./painter.ts"
import { Store } from "./store.ts"

/** What the prompt looks like. */
export interface Look {
  readonly version: string
  /** The working directory as it is displayed, e.g. `~/shop`. */
  readonly directory: string
  /** Tool calls run without asking the user (`--yolo`). */
  readonly yolo: boolean
  /** How much the model may do without asking the user. */
  readonly mode?: Mode
  /** The configured keys by the names of their actions. */
  readonly keybinds: Keymap.Keybinds
  readonly theme: Theme.ThemeName
}

/** A prompt that takes text, while the program behind it is loading. */
export interface ShownPrompt {
  readonly terminal: Terminal.Terminal
  readonly store: Store
  readonly painter: Painter.Painter
  /** What the user has asked for. */
  readonly actions: Queue.Dequeue<Action>
  readonly perform: (action: Action) => void
  /** Configured keys that have no effect. */
  readonly keyProblems: ReadonlyArray<string>
  /** Shows the transcript, once the theme is known, and takes all keys from then on, first those that have waited. */
  readonly complete: Effect.Effect<void>
  /** Restores the terminal, with only the transcript on it. */
  readonly close: Effect.Effect<void>
}

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

const isText = (key: Key): boolean => key.type === "text"

const isCtrlC = (key: Key): boolean => key.type === "key" && nameOf(key) === "ctrl-c"

/** Shows the prompt until the scope closes, or until `close`. */
export const show = ({ keybinds, theme: name, ...look }: Look): Effect.Effect<ShownPrompt, never, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    const { keymap, problems } = Keymap.make(keybinds)
    const colors = { ...yield* colorVariables, name }
    const terminal = yield* Scope.extend(Terminal.make, scope)
    terminal.output.longLines = guessLongLines(yield* terminalVariables)
    const actions = yield* Queue.unbounded<Action>()
    const perform = (action: Action): void => void Queue.unsafeOffer(actions, action)
    const theme = Theme.chooseTheme(colors)
    const task = { type: "loading", label: "starting", since: yield* Clock.currentTimeMillis } as const
    const store = new Store(initialState({ ...terminal.size(), ...look, theme, history: [], keymap, task }), perform)
    // A line of the transcript is drawn only once, so it waits for the theme.
    store.hold(true)
    const painter = Painter.make(terminal, store)
    terminal.onBackground((isLight) =>
      store.dispatch({ type: "theme", theme: Theme.chooseTheme({ ...colors, isLight }) })
    )
    const isAsked = !colors.noColor && name === "auto" && !colors.isConsole
    yield* Scope.extend(painter.draw, scope)
    const answer = yield* Effect.forkIn(isAsked ? terminal.askBackground : Effect.void, scope)
    terminal.onResizing(painter.startResize)
    terminal.onResize(painter.resize)
    terminal.onContinued(painter.resume)
    terminal.onClosed(() => perform({ type: "quit" }))

    const waiting: Array<Key> = []
    terminal.onKeys((keys) => {
      // Until there is something to stop, it ends the program, as it does before a program changes the terminal.
      if (keys.some(isCtrlC)) process.kill(process.pid, "SIGINT")
      const first = waiting.length > 0 ? 0 : keys.findIndex((key) => !isText(key))
      const count = first < 0 ? keys.length : first
      waiting.push(...keys.slice(count))
      painter.pressKeys(keys.slice(0, count))
    })
    return {
      terminal,
      store,
      painter,
      actions,
      perform,
      keyProblems: problems,
      complete: Effect.zipRight(
        Fiber.await(answer),
        Effect.sync(() => {
          store.hold(false)
          store.dispatch({ type: "task-ended" })
          terminal.onKeys(painter.pressKeys)
          painter.pressKeys(waiting.splice(0))
        })
      ),
      close: Scope.close(scope, Exit.void)
    }
  })
