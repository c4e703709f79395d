/** Reads the configured HTTP headers, of all requests or of those to one model. */
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ConfigError } from "../../ConfigError.ts"
import type { Gateway } from "../../Gateway.ts"
import { type Origin, position, type Setting } from "../../Origin.ts"
import { errorAt } from "../file/errorAt.ts"
import { type HeaderValue, isHeaderName, readHeader } from "./headerValue.ts"

/** The headers by name as written, and what the user should know about them. */
export const readHeaders = Effect.fn("readHeaders")(
  function*(written: { readonly [name: string]: string }, originOf: (name: string) => Origin) {
    const headers: Record<string, Setting<Redacted.Redacted<string>>> = Object.create(null)
    const notices: Array<string> = []
    for (const [name, text] of Object.entries(written)) {
      const at = originOf(name)
      const { notice, value } = yield* checkHeader(name, text, at)
      headers[name] = { value: Redacted.make(value), origin: at }
      notices.push(...Option.toArray(notice).map((what) => `${position(at)}: the header ${printable(name)} ${what}.`))
    }
    return { headers: headers satisfies Gateway["headers"], notices }
  }
)

/** Headers of the connection and of the signature. A request with two of them would be ambiguous. */
const reserved =
  /^(host|connection|content-(length|type)|transfer-encoding|te|upgrade|expect|keep-alive|proxy-.*|x-amz-.*)$/i

const checkHeader = (name: string, text: string, origin: Origin): Effect.Effect<HeaderValue, ConfigError> => {
  const refuse = (what: string, hint: string) =>
    errorAt(origin, { reason: "Value", message: `the header ${printable(name)} ${what}`, hint })
  if (!isHeaderName(name)) {
    return refuse("has an invalid name", "Use letters, digits and hyphens.")
  }
  if (reserved.test(name)) {
    return refuse("can't be set here: the program sets it on every request", "Remove it from headers.")
  }
  return Either.match(readHeader(name, text), {
    onLeft: (what) => refuse(what, "Copy the value again, complete and on one line."),
    onRight: Effect.succeed
  })
}
