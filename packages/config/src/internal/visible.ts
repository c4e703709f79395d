import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ConfigError } from "../ConfigError.ts"
import type { Setting } from "../Origin.ts"
import { failure } from "./place.ts"

/** A name or a URL with a character that nobody sees looks right, and is another one. `subject` begins the sentence: `the profile`. */
export const acceptVisible = (
  subject: string,
  { origin, value }: Setting<string>,
  isAllowed: (character: string) => boolean = StrayCharacter.isVisible
): Effect.Effect<void, ConfigError> =>
  Option.match(StrayCharacter.find(value, isAllowed), {
    onNone: () => Effect.void,
    onSome: (stray) =>
      failure(origin, {
        reason: "Value",
        message: `${subject} has ${StrayCharacter.describe(stray)}`,
        hint: "It was probably copied along: type the value again."
      })
  })
