/** How a request is authorized: exactly one of these. */
import * as BedrockKey from "@altimate-code/auth/BedrockKey"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Authorization } from "../../Evidence.ts"

export type Identity =
  | {
    readonly _tag: "Bearer"
    readonly token: Redacted.Redacted<string>
    /** Its source, for messages. */
    readonly from: string
    /** Whether the source can provide a new token. */
    readonly refreshable: boolean
  }
  | {
    readonly _tag: "AwsChain"
    readonly accessKeyId: string
    readonly secretAccessKey: Redacted.Redacted<string>
    readonly sessionToken: Option.Option<Redacted.Redacted<string>>
    readonly from: string
    /** The AWS profile that the credentials come from. */
    readonly profile?: string | undefined
    /** Whether the source can provide new credentials. */
    readonly refreshable: boolean
  }
  | {
    /** Authorized by custom headers, which every request has anyway, or not at all. */
    readonly _tag: "Headers" | "None"
    readonly from: string
    readonly refreshable: false
  }

/** Describes the identity without its secrets. */
export const toAuthorization = (identity: Identity): Authorization => {
  const { _tag: kind, from: source, refreshable } = identity
  const key = kind === "Bearer" ? Option.getOrUndefined(BedrockKey.read(Redacted.value(identity.token))) : undefined
  const profile = kind === "AwsChain" ? identity.profile : undefined
  return {
    kind,
    source,
    refreshable,
    ...(profile !== undefined && { profile }),
    ...(key !== undefined && { bedrockKey: { region: key.region, expiresAt: key.expiresAt.getTime() } })
  }
}

/** The credentials in the form that AWS's signers take. */
export const toCredentials = (
  { accessKeyId, secretAccessKey, sessionToken }: Extract<Identity, { readonly _tag: "AwsChain" }>
) => ({
  accessKeyId,
  secretAccessKey: Redacted.value(secretAccessKey),
  ...Option.match(sessionToken, {
    onNone: () => ({}),
    onSome: (token) => ({ sessionToken: Redacted.value(token) })
  })
})

/** Whether both identities have the same secrets. */
export const isSame = (a: Identity, b: Identity): boolean =>
  listSecrets(a).map(Redacted.value).join("\n") === listSecrets(b).map(Redacted.value).join("\n")

/** The values that must not appear in any text. */
export const listSecrets = (identity: Identity): ReadonlyArray<Redacted.Redacted<string>> => {
  switch (identity._tag) {
    case "Bearer":
      return [identity.token]
    case "AwsChain":
      return [
        identity.secretAccessKey,
        ...Option.toArray(identity.sessionToken),
        Redacted.make(identity.accessKeyId)
      ]
    default:
      return []
  }
}
