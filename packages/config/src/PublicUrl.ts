/**
 * URLs as they may be shown.
 *
 * @since 0.1.0
 */
import { Secrets } from "@altimate-code/log/Secrets"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { mapSecrets, secretsOf } from "./internal/values/urlSecrets.ts"

/**
 * The URL with `<redacted>` in place of its password (or of its user name, when that stands alone), of the values of
 * its query and of its fragment. A text that is no URL comes back with the same care taken.
 *
 * @since 0.1.0
 * @category rendering
 */
export const publicUrl = (url: string): string => mapSecrets(url, () => "<redacted>")

/**
 * Registers what `publicUrl` blots out with `Secrets`, except for short values of the query, which are often plain words.
 *
 * @since 0.1.0
 * @category rendering
 */
export const registerSecrets = (url: string): Effect.Effect<void, never, Secrets> =>
  Effect.flatMap(
    Secrets,
    ({ register }) => Effect.forEach(secretsOf(url), (secret) => register(Redacted.make(secret)), { discard: true })
  )
