import type { Auth } from "@altimate-code/auth/Auth"
import type { AuthError } from "@altimate-code/auth/AuthError"
import type { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { BedrockError } from "../BedrockError.ts"
import type { Identity } from "./identity.ts"
import type { Identify } from "./retrying.ts"

/** Asks `auth` which credential applies, and the AWS chain only when it is the chain. */
export const makeIdentify = (
  auth: Context.Tag.Service<Auth>,
  chain: Context.Tag.Service<AwsCredentials>,
  region: string
): Identify =>
(refresh, attempts) =>
  Effect.gen(function*() {
    const credential = yield* auth.credential
    yield* Effect.logInfo("credential").pipe(
      Effect.annotateLogs({
        kind: credential._tag === "Bearer" ? "bearer token" : "AWS credential chain",
        from: credential.where
      })
    )
    if (credential._tag === "Bearer") {
      return { _tag: "Bearer", token: credential.token, from: credential.where } satisfies Identity
    }
    const keys = yield* chain.resolve({ profile: credential.profile, region, refresh })
    return {
      _tag: "Keys",
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      sessionToken: keys.sessionToken,
      from: keys.source,
      refreshable: keys.refreshable
    } satisfies Identity
  }).pipe(Effect.mapError(fromAuthError(attempts)))

const fromAuthError = (attempts: number) => (error: AuthError): BedrockError =>
  new BedrockError({
    reason: "Authentication",
    message: error.message,
    hint: error.hint,
    type: error.reason,
    attempts
  })
