import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { runNotification } from "../../src/commands/screen/runNotification.ts"

it.effect("a notification's program that fails or can't be started is only logged", () =>
  Effect.gen(function*() {
    const logged: Array<unknown> = []
    const logger = Logger.make(({ message }) => void logged.push(...[message].flat()))
    const log = (program: ReadonlyArray<string>, text: string) =>
      runNotification(program, { PATH: process.env["PATH"]! })(text).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
    yield* log(["sh", "-c", "exit 3"], "Done.")
    yield* log(["no-such-program"], "Done.")
    yield* log(["sh", "-c", ":"], "Do\0ne.")
    yield* log(["sh", "-c", "test \"$1\" = Done.", "sh"], "Done.")
    assert.lengthOf(logged, 3)
    assert.strictEqual(logged[0], "The notification could not be shown: sh ended with exit code 3.")
    assert.include(logged[1], "ENOENT")
    assert.include(logged[2], "null bytes")
  }))
