/** Parses the output of a token command. */
import * as PastedToken from "@altimate-code/system/PastedToken"
import { isUtf16 } from "@altimate-code/system/ReadText"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { Entry } from "./tokenCache.ts"

/** The lifetime of a token without an expiry time. */
const defaultLifetime = Duration.minutes(5)

/** A token is replaced when a tenth of its lifetime remains, but at most this long before it expires. */
const maxMargin = Duration.minutes(1)

/** The output is not a valid token. `message` does not contain any of it. */
export class UnusableOutput extends Data.TaggedError("UnusableOutput")<{
  readonly message: string
  /** Whether it is a token with invalid characters, as opposed to something else. */
  readonly isMalformed: boolean
}> {}

const failNotToken = (message: string) => Either.left(new UnusableOutput({ message, isMalformed: false }))

const failMalformed = (message: string) => Either.left(new UnusableOutput({ message, isMalformed: true }))

/** Returns the token and when to replace it. */
export const parseToken = (output: Uint8Array, now: number): Either.Either<Entry, UnusableOutput> => {
  if (isUtf16(output)) return failMalformed("it printed UTF-16 text, as PowerShell does; the token must be UTF-8")
  const text = new TextDecoder().decode(output)
  if (text.trim() === "") return failNotToken("it printed nothing")
  const read = text.trimStart().startsWith("{")
    ? parseJson(text)
    : Either.right({ token: text, expiresAt: Option.none<number>() })
  return Either.flatMap(read, ({ expiresAt, token: written }) => {
    const pasted = PastedToken.read(written)
    if (Either.isLeft(pasted)) return failMalformed(`the printed token ${pasted.left}`)
    const { leftOut, value: token } = pasted.right
    const end = Option.getOrElse(
      Option.orElse(expiresAt, () => readJwtExpiry(token)),
      () => now + Duration.toMillis(defaultLifetime)
    )
    if (end <= now) return failNotToken(`it printed a token that expired at ${new Date(end).toISOString()}`)
    const renewAt = end - Math.min((end - now) / 10, Duration.toMillis(maxMargin))
    return Either.right({ token: Redacted.make(token), leftOut, renewAt })
  })
}

const parseJson = (text: string) =>
  Either.try(() => JSON.parse(text) as unknown).pipe(
    Either.orElse(() => failNotToken("it printed invalid JSON")),
    Either.flatMap((json) =>
      Predicate.isReadonlyRecord(json) ? Either.right(json) : failNotToken("it printed JSON that is not an object")
    ),
    Either.flatMap(({ expiresAt, token }) => {
      if (typeof token !== "string") return failNotToken("it printed JSON without a string \"token\"")
      if (expiresAt === undefined || expiresAt === null) {
        return Either.right({ token, expiresAt: Option.none<number>() })
      }
      const time = toMillis(expiresAt)
      return Number.isNaN(time)
        ? failNotToken("it printed an \"expiresAt\" that is not a time (ISO 8601 or seconds since 1970)")
        : Either.right({ token, expiresAt: Option.some(time) })
    })
  )

/** A number is seconds since 1970, or milliseconds if it is too large for seconds. */
const toMillis = (value: unknown): number => {
  if (typeof value === "number") return value > 1e11 ? value : value * 1000
  return typeof value === "string" ? Date.parse(value) : Number.NaN
}

/** Source: RFC 7519, section 4.1.4, "exp". The signature is not checked; that is up to the gateway. */
const readJwtExpiry = (token: string): Option.Option<number> => {
  const [, payload, signature] = token.split(".")
  if (payload === undefined || signature === undefined) return Option.none()
  return Either.try(() => JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as unknown).pipe(
    Either.getRight,
    Option.filter(Predicate.isReadonlyRecord),
    Option.flatMap(({ exp }) =>
      typeof exp === "number" && Number.isFinite(exp) ? Option.some(exp * 1000) : Option.none()
    )
  )
}
