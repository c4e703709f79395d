/** How this program runs the `tokenCommand` of the configuration. */
import * as TokenCommand from "@altimate-code/auth/TokenCommand"
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Stdio } from "../command-line/Stdio.ts"

/** What it says goes to the person, who may have to log in where it says. */
export const inTerminal = Layer.unwrapEffect(
  Effect.map(Stdio, ({ writeError }) => TokenCommand.layer({ say: (line) => writeError(`${printable(line)}\n`) }))
)

/** Not at all, where it is only of interest which credential would be used. */
export const unasked = Layer.succeed(TokenCommand.TokenCommand, {
  token: () => Effect.succeed({ token: Redacted.make(""), leftOut: [] })
})
