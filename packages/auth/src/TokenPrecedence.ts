/**
 * Which source of credentials is asked first.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Source } from "./Credential.ts"

/**
 * The policy that answers in which order the sources of a credential are asked: the first that has one wins, and a
 * source that is not listed is never asked.
 *
 * @since 0.1.0
 * @category services
 */
export class TokenPrecedence extends Context.Tag("@altimate-code/auth/TokenPrecedence")<
  TokenPrecedence,
  ReadonlyArray<Source>
>() {}

/**
 * A bearer token from the environment, else the stored one, else that of `options.apiKey`, else the one of `tokenCommand`, else the AWS credential chain.
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
