/**
 * The order in which sources of credentials are tried.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Source } from "./Credential.ts"

/**
 * The order in which the sources of credentials are tried. The first one that has a credential is used; a source that is not listed
 * never is.
 * Without a layer, the order of `layer` is used.
 *
 * @since 0.1.0
 * @category services
 */
export class TokenPrecedence extends Context.Reference<TokenPrecedence>()("@altimate-code/auth/TokenPrecedence", {
  defaultValue: (): ReadonlyArray<Source> => live
}) {}

const live: ReadonlyArray<Source> = ["environment", "stored", "configured", "command", "aws-chain"]

/**
 * The bearer token from the environment, the stored token, `options.apiKey`, `tokenCommand`, then the AWS credential chain.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TokenPrecedence> = Layer.succeed(TokenPrecedence, live)
