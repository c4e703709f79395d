import { type Mode, modes } from "@altimate-code/agent/permission/PermissionMode"
import { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Host } from "../../../Host.ts"
import { Display } from "../display.ts"

/** Changes the mode of the permission policy, and shows each change, also those by an answer to a question. */
export const make = Effect.gen(function*() {
  const { yolo } = yield* Host
  const { mode } = yield* PermissionPolicy
  const { send } = yield* Display
  if (mode === undefined) {
    return {
      show: Effect.void,
      next: Effect.void,
      set: () => Effect.void,
      endSession: Effect.void
    }
  }
  const initial = yield* SubscriptionRef.get(mode)
  // With `--yolo`, accepting edits makes no difference.
  const choices: ReadonlyArray<Mode> = yolo ? ["ask", "plan"] : modes
  return {
    show: Stream.runForEach(mode.changes, (mode) => send({ type: "mode", mode })),
    next: SubscriptionRef.update(mode, (current) => choices[(choices.indexOf(current) + 1) % choices.length] ?? "ask"),
    set: (to: Mode) => SubscriptionRef.set(mode, to),
    /** Edits are accepted for one session, unless the user has started like that. */
    endSession: SubscriptionRef.update(mode, (current) => current === "accept-edits" ? initial : current)
  }
})
