import type { Auth } from "@altimate-code/auth/Auth"
import type { AuthError } from "@altimate-code/auth/AuthError"
import type { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import { addTokenSources, kinds } from "@altimate-code/auth/Credential"
import { logDecision } from "@altimate-code/system/logging/DecisionLevel"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { BedrockError } from "../../BedrockError.ts"
import type { ResolveIdentity } from "../transport/retryRequest.ts"
import type { Identity } from "./identity.ts"

/** Resolves the credential, and the AWS credential chain only if no other credential takes precedence. */
export const makeResolveIdentity = (
  auth: Context.Tag.Service<Auth>,
  chain: Context.Tag.Service<AwsCredentials>,
  region: string
): ResolveIdentity =>
(refused, attempts) =>
  Effect.gen(function*() {
    const credential = yield* refused?._tag === "Bearer" ? auth.renew(refused.token) : auth.credential
    yield* logDecision("credential").pipe(
      Effect.annotateLogs({ kind: kinds[credential._tag], from: credential.where })
    )
    switch (credential._tag) {
      case "Bearer":
        return {
          _tag: "Bearer",
          token: credential.token,
          from: credential.where,
          refreshable: credential.source === "command" || credential.isRenewable === true
        } satisfies Identity
      case "AwsChain": {
        const keys = yield* Effect.mapError(
          chain.resolve({ profile: credential.profile, region, refresh: refused !== undefined }),
          addTokenSources(credential.considered)
        )
        return {
          _tag: "AwsChain",
          accessKeyId: keys.accessKeyId,
          secretAccessKey: keys.secretAccessKey,
          sessionToken: keys.sessionToken,
          from: keys.source,
          profile: keys.profile,
          refreshable: keys.refreshable
        } satisfies Identity
      }
      default:
        return { _tag: credential._tag, from: credential.where, refreshable: false } satisfies Identity
    }
  }).pipe(Effect.mapError(fromAuthError(attempts)))

const fromAuthError = (attempts: number) => (error: AuthError): BedrockError =>
  new BedrockError({
    reason: "Authentication",
    message: error.message,
    type: error.reason,
    attempts,
    cause: error
  })
