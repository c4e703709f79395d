import type * as Turn from "@altimate-code/agent/turn/Turn"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { Host } from "../../Host.ts"
import { Display } from "./display.ts"

type SystemPrompt = Pick<Turn.Options, "system" | "findInstructions">

/**
 * The system prompt of one session. It is built for the first turn, which also shows its notices, and reused in all later ones.
 * `Effect.cached` would also store the interruption of that first turn.
 */
export const make = Effect.gen(function*() {
  const { system } = yield* Host
  const { showWarning } = yield* Display
  const built = yield* Ref.make(Option.none<SystemPrompt>())

  const build = Effect.gen(function*() {
    const { findInstructions, notices, text } = yield* system
    const prompt: SystemPrompt = { system: text, ...(findInstructions === undefined ? {} : { findInstructions }) }
    yield* Ref.set(built, Option.some(prompt))
    yield* Effect.forEach(notices, showWarning, { discard: true })
    return prompt
  })

  return Effect.flatMap(Ref.get(built), Option.match({ onNone: () => build, onSome: Effect.succeed }))
})
