/**
 * The order in which sources of credentials are tried.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Source } from "./Credential.ts"

/**
 * The order in which the sources of credentials are tried. The first one that has a credential wins; a source that is not listed is never used.
 *
 * @since 0.1.0
 * @category services
 */
export class TokenPrecedence extends Context.Tag("@altimate-code/auth/TokenPrecedence")<
  TokenPrecedence,
  ReadonlyArray<Source>
>() {}

/**
 * The bearer token of the environment, the stored one, that of `options.apiKey`, that of `tokenCommand`, then the AWS credential chain.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TokenPrecedence> = Layer.succeed(TokenPrecedence, [
  "environment",
  "stored",
  "configured",
  "command",
  "aws-chain"
])
