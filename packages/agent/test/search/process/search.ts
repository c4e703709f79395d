/** Searches by the program that it is given, which never ends. */
import * as Effect from "effect/Effect"
import { runTethered } from "../../../src/internal/search/runTethered.ts"

const [, , program = "", directory = ""] = process.argv

Effect.runFork(
  runTethered({ program, arguments: [], directory, environment: { PATH: "/usr/bin:/bin" }, onOutput: () => undefined })
)
