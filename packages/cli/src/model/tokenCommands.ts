/** Layers with and without the configured `tokenCommand`. */
import * as TokenCommand from "@altimate-code/auth/TokenCommand"
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Stdio } from "../command-line/Stdio.ts"
import { tokenCommandEnvironment } from "../workspace/childEnvironment.ts"

/** Copies the command's stderr to the terminal, because it may show where to log in. */
export const inTerminal = Layer.effect(
  TokenCommand.TokenCommand,
  Effect.gen(function*() {
    const { writeError } = yield* Stdio
    const environment = yield* tokenCommandEnvironment
    return yield* TokenCommand.make({ environment, onStderr: (line) => writeError(`${printable(line)}\n`) })
  })
)

/** Does not run the command, for callers that need only know which credential would be used. */
export const disabled = Layer.succeed(TokenCommand.TokenCommand, {
  token: () => Effect.succeed({ token: Redacted.make(""), leftOut: [] })
})
