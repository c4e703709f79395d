/**
 * URLs that are safe to show.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { findUrlSecrets, replaceUrlSecrets } from "./internal/urlSecrets.ts"
import { Secrets } from "./Secrets.ts"

/**
 * The URL with `<redacted>` in place of its password (or of a user name without one), its query values and its fragment. Texts that are not
 * URLs are treated the same way.
 *
 * @since 0.1.0
 * @category masking
 */
export const publicUrl = (url: string): string => replaceUrlSecrets(url, () => "<redacted>")

/**
 * The parts that `publicUrl` masks, in the forms in which they may occur elsewhere: as written, decoded, and with the user name, as Basic
 * authentication sends them. Short query values are left out, since they are often plain words.
 *
 * @since 0.1.0
 * @category masking
 */
export const urlSecrets: (url: string) => ReadonlySet<string> = findUrlSecrets

/**
 * Registers the URL's secrets with `Secrets`.
 *
 * @since 0.1.0
 * @category masking
 */
export const registerSecrets = (url: string): Effect.Effect<void> =>
  Effect.flatMap(
    Secrets,
    ({ register }) => Effect.forEach(urlSecrets(url), (secret) => register(Redacted.make(secret)), { discard: true })
  )
