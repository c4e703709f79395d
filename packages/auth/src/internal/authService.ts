import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { AuthError } from "../AuthError.ts"
import type { Credential } from "../Credential.ts"

/**
 * Resolves the credential for requests.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * The credential from the first source that has one, resolved again each time. Reads `auth.json` or runs `tokenCommand` only if no earlier source
   * has a token, and never walks the AWS credential chain. Fails with `NoCredentials` if no source has a credential, with `Malformed` if HTTP
   * headers can't contain the token, with `Conflict` if `options.auth` contradicts the headers, and with the errors of `CredentialStore` and
   * `TokenCommand`.
   */
  readonly credential: Effect.Effect<Credential, AuthError>
  /** Resolves the credential after a bearer token was refused: a new token, if the source can provide one. */
  readonly renew: (refused: Redacted.Redacted<string>) => Effect.Effect<Credential, AuthError>
  /** What authorizes every request, if that is known before a credential is resolved. */
  readonly kind?: Credential["_tag"]
}

/**
 * Resolves the credential for requests.
 *
 * @since 0.1.0
 * @category services
 */
export class Auth extends Context.Tag("@altimate-code/auth/Auth")<Auth, Service>() {}
