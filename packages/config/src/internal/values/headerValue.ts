/** Reads the value of an HTTP header as it is sent. */
import { isSecretName } from "@altimate-code/log/SecretName"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

export interface HeaderValue {
  readonly value: string
  /** What was removed, as the end of a sentence: `is in quotation marks, which are left out`. */
  readonly notice: Option.Option<string>
}

/**
 * Quotation marks around a secret were probably copied by accident; in other headers, such as `If-Match`, they are part of the value. A
 * token in `Authorization` is often copied together with its scheme, so the scheme may occur twice. The left side completes "the header … ".
 */
export const readHeader = (name: string, text: string): Either.Either<HeaderValue, string> => {
  const whole = PastedToken.unwrap(text, isSecretName(name) ? ["quotes"] : [])
  const scheme = name.toLowerCase() === "authorization" ? /^bearer(\s+|$)/i.exec(whole.value)?.[0] : undefined
  const token = PastedToken.unwrap(whole.value.slice(scheme?.length ?? 0), scheme === undefined ? [] : undefined)
  const start = whole.start + (scheme?.length ?? 0) + token.start
  const stray = StrayCharacter.find(text, StrayCharacter.isHeaderCharacter, start, start + token.value.length)
  if (Option.isSome(stray)) {
    return Either.left(`has ${StrayCharacter.describe(stray.value)}, which HTTP headers can't contain`)
  }
  if (scheme !== undefined && token.value === "") return Either.left("has no token after Bearer")
  if (token.value === "" && whole.leftOut.length > 0) return Either.left("is empty apart from quotation marks")
  return Either.right({
    value: scheme === undefined ? token.value : `${scheme.trimEnd()} ${token.value}`,
    notice: Option.orElse(
      Option.map(
        PastedToken.describeLeftOut(token.leftOut),
        (what) => scheme === undefined ? what : `has a token that ${what}`
      ),
      () => PastedToken.describeLeftOut(whole.leftOut)
    )
  })
}

// Source: RFC 9110, section 5.6.2, "Tokens".
export const isHeaderName = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
