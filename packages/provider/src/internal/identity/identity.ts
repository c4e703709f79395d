/** What a request is authorised with: exactly one of these. */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

export type Identity =
  | {
    readonly _tag: "Bearer"
    readonly token: Redacted.Redacted<string>
    /** Where it was found, for people. */
    readonly from: string
    /** Can the place where it was found give another one? */
    readonly refreshable: boolean
  }
  | {
    readonly _tag: "Keys"
    readonly accessKeyId: string
    readonly secretAccessKey: Redacted.Redacted<string>
    readonly sessionToken: Option.Option<Redacted.Redacted<string>>
    readonly from: string
    /** The AWS profile that had them. */
    readonly profile?: string | undefined
    /** Can the place where they were found give new ones? */
    readonly refreshable: boolean
  }
  | {
    /** The user's own headers, which every request has anyway; or nothing. */
    readonly _tag: "Headers" | "None"
    readonly from: string
    readonly refreshable: false
  }

export const describe = (identity: Identity): string => {
  switch (identity._tag) {
    case "Bearer":
      return `the bearer token from ${identity.from}`
    case "Keys":
      return `the AWS credentials from ${identity.from}`
    case "Headers":
      return `the headers of your own (${identity.from})`
    case "None":
      return `no credential (${identity.from})`
  }
}

/** Do both have the same values? */
export const same = (a: Identity, b: Identity): boolean => secrets(a).join("\n") === secrets(b).join("\n")

/** The text without the identity's values: a gateway may repeat what it was sent. Shorter ones would mask any text. */
export const mask = (identity: Identity, text: string): string =>
  secrets(identity)
    .filter((secret) => secret.length >= 6)
    .reduce((masked, secret) => masked.replaceAll(secret, "<redacted>"), text)

const secrets = (identity: Identity): ReadonlyArray<string> => {
  switch (identity._tag) {
    case "Bearer":
      return [Redacted.value(identity.token)]
    case "Keys":
      return [
        Redacted.value(identity.secretAccessKey),
        ...Option.match(identity.sessionToken, {
          onNone: () => [],
          onSome: (token) => [Redacted.value(token)]
        }),
        identity.accessKeyId
      ]
    default:
      return []
  }
}
