import { describe, find, isVisible } from "@altimate-code/system/StrayCharacter"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Setting } from "../../Origin.ts"
import { registerSecrets } from "../../PublicUrl.ts"
import { failure } from "../file/place.ts"

/** The SDK would take other texts too, and fail much later with much less to say. */
export const acceptUrl = Effect.fn("acceptUrl")(function*({ value, origin }: Setting<string>) {
  yield* registerSecrets(value)
  const stray = find(value, (character) => character !== " " && isVisible(character))
  if (Option.isSome(stray)) {
    return yield* failure(origin, {
      reason: "Value",
      message: `the URL has ${describe(stray.value)}`,
      hint: "It was probably copied along: type the URL again."
    })
  }
  if (/^https?:\/\/[^/\\?#]\S*$/i.test(value) && URL.canParse(value)) return
  return yield* failure(origin, {
    reason: "Value",
    message: "expected an absolute http or https URL, found something else",
    expected: "an absolute http or https URL",
    found: "something else",
    hint: "Write the whole URL, for example https://gateway.example.com/bedrock/v1."
  })
})

/** Of a proxy only the host is meant: a path in its URL is what follows an unencoded `/` of a password. */
export const acceptProxy = Effect.fn("acceptProxy")(function*(setting: Setting<string>) {
  yield* acceptUrl(setting)
  const { hash, pathname, search } = new URL(setting.value)
  if (pathname + search + hash === "/") return
  return yield* failure(setting.origin, {
    reason: "Value",
    message: "expected the URL of a proxy, found one with a path",
    expected: "the URL of a proxy",
    found: "one with a path",
    hint:
      "Write it like http://user:password@proxy.example.com:3128, with %2F for /, %3F for ? and %23 for # in user and password."
  })
})
