/** What a token command prints. */
import * as PastedToken from "@altimate-code/system/PastedToken"
import { isUtf16 } from "@altimate-code/system/ReadText"
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

/** Why the output can't be used, without showing anything of it. */
interface Problem {
  readonly what: string
  /** Is it a token that no request can carry, and not something else altogether? */
  readonly isMalformed: boolean
}

const other = (what: string) => Either.left<Problem>({ what, isMalformed: false })

const malformed = (what: string) => Either.left<Problem>({ what, isMalformed: true })

/** The token and when to replace it. */
export const parseToken = (output: Uint8Array, now: number): Either.Either<Entry, Problem> => {
  if (isUtf16(output)) return malformed("it printed UTF-16 text, as PowerShell does, and has to print UTF-8")
  const text = new TextDecoder().decode(output)
  if (text.trim() === "") return other("it printed nothing")
  const read = text.trimStart().startsWith("{")
    ? fromJson(text)
    : Either.right({ token: text, expiresAt: Option.none<number>() })
  return Either.flatMap(read, ({ expiresAt, token: written }) => {
    const pasted = PastedToken.read(written)
    if (Either.isLeft(pasted)) return malformed(`the token that it printed ${pasted.left}`)
    const { leftOut, value: token } = pasted.right
    const end = Option.getOrElse(
      Option.orElse(expiresAt, () => endOfJwt(token)),
      () => now + Duration.toMillis(unstated)
    )
    if (end <= now) return other(`it printed a token that has expired, at ${new Date(end).toISOString()}`)
    const renewAt = end - Math.min((end - now) / 10, Duration.toMillis(margin))
    return Either.right({ token: Redacted.make(token), leftOut, renewAt })
  })
}

const fromJson = (text: string) =>
  Either.try(() => JSON.parse(text) as unknown).pipe(
    Either.orElse(() => other("it printed something that begins like JSON and is not")),
    Either.flatMap((json) =>
      Predicate.isReadonlyRecord(json) ? Either.right(json) : other("it printed JSON that is no object")
    ),
    Either.flatMap(({ expiresAt, token }) => {
      if (typeof token !== "string") return other("it printed JSON without a text \"token\"")
      if (expiresAt === undefined || expiresAt === null) {
        return Either.right({ token, expiresAt: Option.none<number>() })
      }
      const time = toMillis(expiresAt)
      return Number.isNaN(time)
        ? other("it printed an \"expiresAt\" that is no time (ISO 8601, or seconds since 1970)")
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
