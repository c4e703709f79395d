import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AuthError } from "../AuthError.ts"

/** Reads a token as a user may have pasted it, and registers it as a secret. */
export const readToken = Effect.fnUntraced(function*(
  written: Redacted.Redacted<string>,
  { register, source, where }: {
    readonly source: AuthError["source"]
    readonly where: string
    readonly register: (secret: Redacted.Redacted<string>) => Effect.Effect<void>
  }
) {
  const token = Redacted.make(PastedToken.unwrap(Redacted.value(written)).value)
  // A malformed token is still a secret, but the word Bearer alone is not.
  if (Redacted.value(token) !== "") yield* Effect.forEach([written, token], register, { discard: true })
  const { leftOut } = yield* Effect.mapError(
    PastedToken.read(Redacted.value(written)),
    (problem) => new AuthError({ reason: "Malformed", message: `The token from ${where} ${problem}.`, source })
  )
  return { token, leftOut }
})
