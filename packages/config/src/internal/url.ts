import * as Effect from "effect/Effect"
import type { Setting } from "../Origin.ts"
import { registerSecrets } from "../PublicUrl.ts"
import { failure } from "./place.ts"

/** The SDK would take other texts too, and fail much later with much less to say. */
export const acceptUrl = Effect.fn("acceptUrl")(function*({ value, origin }: Setting<string>) {
  yield* registerSecrets(value)
  if (/^https?:\/\/[^/\\?#]\S*$/i.test(value) && URL.canParse(value)) return
  return yield* failure(origin, {
    reason: "Value",
    message: "expected an absolute http or https URL, found something else",
    expected: "an absolute http or https URL",
    found: "something else",
    hint: "Write the whole URL, for example https://gateway.example.com/bedrock/v1."
  })
})
