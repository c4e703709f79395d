/** Searches by the program that it is given, which never ends. */
import * as Effect from "effect/Effect"
import { runWatched } from "../../src/internal/search/runWatched.ts"

const [, , program = "", directory = ""] = process.argv

Effect.runFork(
  runWatched({ program, arguments: [], directory, environment: { PATH: "/usr/bin:/bin" }, onOutput: () => undefined })
)
