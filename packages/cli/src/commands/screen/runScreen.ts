/** Runs the screen: first the prompt, in which the user can type while the rest is loading. */
import * as BackgroundTaskText from "@altimate-code/agent/session/BackgroundTaskText"
import { Directories } from "@altimate-code/config/Directories"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import * as Paths from "@altimate-code/system/Paths"
import * as EarlyPrompt from "@altimate-code/tui/EarlyPrompt"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { load } from "../../command-line/lazy.ts"
import { Stdio } from "../../command-line/Stdio.ts"
import { version } from "../../Version.ts"
import type { ScreenOptions } from "./openedScreen.ts"

/** None if the setup may come first: then the prompt would disappear again. */
const showPrompt = Effect.gen(function*() {
  const { cwd, home } = yield* Directories
  const { baseURL, keybinds, mode, profile, theme, yolo } = yield* Settings
  if (Option.isNone(baseURL) && Option.isNone(profile)) return undefined
  return yield* EarlyPrompt.show({
    version,
    directory: Paths.abbreviateHome(cwd, home),
    yolo: yolo.value,
    mode: mode.value,
    keybinds,
    theme
  })
})

/** Lets the process read the keys that have been pressed meanwhile. */
const readKeys = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

/** In two parts: loaded as a whole, it would delay the echo of the first keys. Each further part would split the chunks of all commands. */
const loadOpenedScreen = Effect.gen(function*() {
  yield* readKeys
  yield* load(() => import("../../model/bedrock.ts"))
  yield* readKeys
  return yield* load(() => import("./openedScreen.ts"))
})

/** Shows the screen. When the user quits, prints how to resume the session. */
export const runScreen = Effect.fn("RunScreen.runScreen")(function*(options: ScreenOptions) {
  const { writeError } = yield* Stdio
  const { endedTasks, keptTasks, sessionId } = yield* Effect.scoped(Effect.gen(function*() {
    const prompt = yield* showPrompt
    const { runOpened } = yield* loadOpenedScreen
    yield* readKeys
    return yield* runOpened(options, prompt)
  }))
  for (const task of endedTasks) yield* writeError(`${printable(BackgroundTaskText.describeEnded(task))}\n`)
  for (const task of keptTasks) yield* writeError(`${printable(BackgroundTaskText.describeKept(task))}\n`)
  if (Option.isSome(sessionId)) {
    yield* writeError(`To resume this session: altimate-code --session ${sessionId.value}\n`)
  }
})
