/** What a request is authorised with: exactly one of the two. */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

export type Identity =
  | {
    readonly _tag: "Bearer"
    readonly token: Redacted.Redacted<string>
    /** Where it was found, for people. */
    readonly from: string
  }
  | {
    readonly _tag: "Keys"
    readonly accessKeyId: string
    readonly secretAccessKey: Redacted.Redacted<string>
    readonly sessionToken: Option.Option<Redacted.Redacted<string>>
    readonly from: string
    /** Can the place where they were found give new ones? */
    readonly refreshable: boolean
  }

export const describe = (identity: Identity): string =>
  identity._tag === "Bearer" ? `the bearer token from ${identity.from}` : `the AWS credentials from ${identity.from}`

/** Do both have the same values? */
export const same = (a: Identity, b: Identity): boolean => secrets(a).join("\n") === secrets(b).join("\n")

/** The text without the identity's values: a gateway may repeat what it was sent. Shorter ones would mask any text. */
export const mask = (identity: Identity, text: string): string =>
  secrets(identity)
    .filter((secret) => secret.length >= 6)
    .reduce((masked, secret) => masked.replaceAll(secret, "<redacted>"), text)

const secrets = (identity: Identity): ReadonlyArray<string> =>
  identity._tag === "Bearer"
    ? [Redacted.value(identity.token)]
    : [
      Redacted.value(identity.secretAccessKey),
      ...Option.match(identity.sessionToken, {
        onNone: () => [],
        onSome: (token) => [Redacted.value(token)]
      }),
      identity.accessKeyId
    ]
