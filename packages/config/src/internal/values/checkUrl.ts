import { registerSecrets } from "@altimate-code/log/PublicUrl"
import { describe, find, isVisible } from "@altimate-code/system/StrayCharacter"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Setting } from "../../Origin.ts"
import { errorAt } from "../file/errorAt.ts"

/** The SDK accepts other texts as well, and fails much later with a less helpful message. */
export const checkUrl = Effect.fn("checkUrl")(function*({ value, origin }: Setting<string>, name: string) {
  yield* registerSecrets(value)
  const stray = find(value, (character) => character !== " " && isVisible(character))
  if (Option.isSome(stray)) {
    return yield* errorAt(origin, {
      reason: "Value",
      message: `${name} has ${describe(stray.value)}`,
      hint: "It was probably copied by accident. Type the URL again."
    })
  }
  if (/^https?:\/\/[^/\\?#]\S*$/i.test(value) && URL.canParse(value)) return
  return yield* errorAt(origin, {
    reason: "Value",
    message: `${name} must be a complete URL that starts with http:// or https://`,
    expected: "an absolute http or https URL",
    found: "something else",
    hint: "Write the whole URL, for example https://gateway.example.com/bedrock/v1."
  })
})

/** A proxy's URL has no path. What looks like one follows an unencoded `/` in the password. */
export const checkProxy = Effect.fn("checkProxy")(function*(setting: Setting<string>, name: string) {
  yield* checkUrl(setting, name)
  const { hash, pathname, search } = new URL(setting.value)
  if (pathname + search + hash === "/") return
  return yield* errorAt(setting.origin, {
    reason: "Value",
    message: `${name} must be a proxy URL without a path`,
    expected: "a proxy URL without a path",
    found: "one with a path",
    hint: "Write it like http://user:password@proxy.example.com:3128. "
      + "In the user name and password, write %2F for /, %3F for ? and %23 for #."
  })
})
