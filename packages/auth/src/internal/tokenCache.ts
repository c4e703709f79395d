/** The tokens that commands printed, shared with other processes. Invalid entries are ignored; the commands are then run again. */
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

export interface Entry {
  readonly token: Redacted.Redacted<string>
  /** What was removed around the token. */
  readonly leftOut: ReadonlyArray<PastedToken.Wrapping>
  /** When to replace the token, in milliseconds since 1970. */
  readonly renewAt: number
}

/** The entries by the hash of their command. */
export type TokenCache = Readonly<Record<string, Entry>>

export const parse = (text: string): TokenCache => {
  const json = Either.getOrUndefined(Either.try(() => JSON.parse(text) as unknown))
  if (!Predicate.isReadonlyRecord(json)) return {}
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, entry]) => {
      if (!Predicate.isReadonlyRecord(entry)) return []
      const { leftOut, renewAt, token } = entry
      return typeof token === "string" && typeof renewAt === "number" && Either.isRight(PastedToken.read(token))
        ? [[key, { token: Redacted.make(token), leftOut: readWrappings(leftOut), renewAt }]]
        : []
    })
  )
}

const readWrappings = (written: unknown): Entry["leftOut"] =>
  (["scheme", "quotes"] as const).filter((wrapping) => Array.isArray(written) && written.includes(wrapping))

export const encode = (cache: TokenCache): string =>
  `${
    JSON.stringify(
      Object.fromEntries(
        Object.entries(cache).map(([key, { leftOut, renewAt, token }]) => [
          key,
          { token: Redacted.value(token), ...(leftOut.length > 0 && { leftOut }), renewAt }
        ])
      ),
      null,
      2
    )
  }\n`

/** Removes expired tokens. */
export const removeExpired = (cache: TokenCache, now: number): TokenCache =>
  Object.fromEntries(Object.entries(cache).filter(([, { renewAt }]) => now < renewAt))
