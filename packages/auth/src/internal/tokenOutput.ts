/** What a token command prints. */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { Entry } from "./tokenCache.ts"

/** Of a token that says nothing of its end. */
const unstated = Duration.minutes(5)

/** A token is replaced when a tenth of its life is left, and a minute before its end at the latest. */
const margin = Duration.minutes(1)

/** The token and when to replace it; the left says what is wrong, and repeats nothing of it. */
export const parseToken = (output: string, now: number): Either.Either<Entry, string> => {
  const text = output.trim()
  if (text === "") return Either.left("it printed nothing")
  const read = text.startsWith("{") ? fromJson(text) : Either.right({ token: text, expiresAt: Option.none<number>() })
  return Either.flatMap(read, ({ expiresAt, token }) => {
    // Source: RFC 6750, section 2.1, "b64token"; what gateways call a token is not always one, so any visible character may be in it.
    if (!/^[\x21-\x7e]+$/.test(token)) {
      return Either.left("it printed something else than a token: one word, in one line")
    }
    const end = Option.getOrElse(
      Option.orElse(expiresAt, () => endOfJwt(token)),
      () => now + Duration.toMillis(unstated)
    )
    if (end <= now) return Either.left(`it printed a token that has expired, at ${new Date(end).toISOString()}`)
    const renewAt = end - Math.min((end - now) / 10, Duration.toMillis(margin))
    return Either.right({ token: Redacted.make(token), renewAt })
  })
}

const fromJson = (text: string) =>
  Either.try(() => JSON.parse(text) as unknown).pipe(
    Either.mapLeft(() => "it printed something that begins like JSON and is none"),
    Either.filterOrLeft(Predicate.isReadonlyRecord, () => "it printed JSON that is no object"),
    Either.flatMap(({ expiresAt, token }) => {
      if (typeof token !== "string") return Either.left("it printed JSON without a text \"token\"")
      if (expiresAt === undefined || expiresAt === null) {
        return Either.right({ token, expiresAt: Option.none<number>() })
      }
      const time = toMillis(expiresAt)
      return Number.isNaN(time)
        ? Either.left("it printed an \"expiresAt\" that is no time (ISO 8601, or seconds since 1970)")
        : Either.right({ token, expiresAt: Option.some(time) })
    })
  )

/** Seconds since 1970, or milliseconds when it would be thousands of years from now. */
const toMillis = (value: unknown): number => {
  if (typeof value === "number") return value > 1e11 ? value : value * 1000
  return typeof value === "string" ? Date.parse(value) : Number.NaN
}

/** Source: RFC 7519, section 4.1.4, "exp". Only read: whether it is signed is the gateway's business. */
const endOfJwt = (token: string): Option.Option<number> => {
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
