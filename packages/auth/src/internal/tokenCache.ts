/** The tokens that commands have given, for other processes. It can be made anew at any time, so nothing in it is worth an error. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

export interface Entry {
  readonly token: Redacted.Redacted<string>
  /** Milliseconds since 1970. */
  readonly renewAt: number
}

/** By a hash of the command. */
export type TokenCache = Readonly<Record<string, Entry>>

export const parse = (text: string): TokenCache => {
  const json = Either.getOrUndefined(Either.try(() => JSON.parse(text) as unknown))
  if (!Predicate.isReadonlyRecord(json)) return {}
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, entry]) =>
      Predicate.isReadonlyRecord(entry) && typeof entry["token"] === "string" && typeof entry["renewAt"] === "number"
        ? [[key, { token: Redacted.make(entry["token"]), renewAt: entry["renewAt"] }]]
        : []
    )
  )
}

export const encode = (cache: TokenCache): string =>
  `${
    JSON.stringify(
      Object.fromEntries(
        Object.entries(cache).map(([key, { renewAt, token }]) => [key, { token: Redacted.value(token), renewAt }])
      ),
      null,
      2
    )
  }\n`

/** Without those whose time is over. */
export const living = (cache: TokenCache, now: number): TokenCache =>
  Object.fromEntries(Object.entries(cache).filter(([, { renewAt }]) => now < renewAt))
