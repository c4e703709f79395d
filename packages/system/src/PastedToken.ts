/**
 * Reads tokens that users paste.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as StrayCharacter from "./StrayCharacter.ts"

/**
 * What is often pasted together with a token: the scheme `Bearer` before it, or straight quotation marks around it.
 *
 * @since 0.1.0
 * @category models
 */
export type Wrapping = "scheme" | "quotes"

/**
 * A text without its wrapping. `start` and `end` are indexes in the original text.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unwrapped {
  readonly value: string
  readonly start: number
  readonly end: number
  /** What was removed, in this order. */
  readonly leftOut: ReadonlyArray<Wrapping>
}

const patterns: Readonly<Record<Wrapping, RegExp>> = {
  scheme: /^(bearer(?=\s|$))()/i,
  quotes: /^(["'])[^]*(\1)$/
}

/**
 * Removes white space from both ends, and each of these wrappings once, in any order.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unwrap = (text: string, wrappings: ReadonlyArray<Wrapping> = ["scheme", "quotes"]): Unwrapped => {
  let start = 0
  let end = text.length
  const leftOut: Array<Wrapping> = []
  for (;;) {
    const inner = text.slice(start, end)
    start += inner.length - inner.trimStart().length
    end = Math.max(start, end - (inner.length - inner.trimEnd().length))
    const value = text.slice(start, end)
    const next = wrappings.find((wrapping) => !leftOut.includes(wrapping) && patterns[wrapping].test(value))
    if (next === undefined) return { value, start, end, leftOut }
    const [, opening = "", closing = ""] = patterns[next].exec(value) ?? []
    leftOut.push(next)
    start += opening.length
    end -= closing.length
  }
}

/**
 * Reads the token in the text: one word of visible ASCII characters. The left side completes "The token from … "; it may contain one character of
 * the text and its position, and nothing else.
 *
 * @since 0.1.0
 * @category constructors
 */
export const read = (text: string): Either.Either<Unwrapped, string> => {
  const unwrapped = unwrap(text)
  if (unwrapped.value === "") {
    const around = unwrapped.leftOut.map((wrapping) => names[wrapping]).join(" and ")
    return Either.left(around === "" ? "is empty" : `is empty apart from ${around}`)
  }
  // The byte order mark of UTF-16, after a shell dropped the zero bytes: `TOKEN=$(cat token.txt)`.
  if (unwrapped.value.startsWith("\ufffd\ufffd")) return Either.left("looks like UTF-16 text, but must be UTF-8")
  const stray = StrayCharacter.find(text, StrayCharacter.isTokenCharacter, unwrapped.start, unwrapped.end)
  return Option.match(stray, {
    onNone: () => Either.right(unwrapped),
    onSome: (stray) =>
      Either.left(
        `has ${StrayCharacter.describe(stray)}, which ${
          stray.name === "a space" ? "is never part of a token" : "HTTP headers can't contain"
        }`
      )
  })
}

const names: Readonly<Record<Wrapping, string>> = { scheme: "\"Bearer\"", quotes: "quotation marks" }

/**
 * What was removed, as the end of a sentence: `begins with "Bearer", which is left out`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeLeftOut = (leftOut: ReadonlyArray<Wrapping>): Option.Option<string> => {
  const begins = "begins with \"Bearer\""
  const quoted = "is in quotation marks"
  if (leftOut.length > 1) return Option.some(`${begins} and ${quoted}: both are left out`)
  return Option.map(
    Option.fromNullable(leftOut[0]),
    (wrapping) => wrapping === "scheme" ? `${begins}, which is left out` : `${quoted}, which are left out`
  )
}
