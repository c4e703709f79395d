import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import type { Line, Session } from "@altimate-code/agent/session/Session"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Host } from "../../../Host.ts"

const lastMode = (lines: ReadonlyArray<Line>): Mode | undefined => {
  const last = lines.findLast((line) => line.type === "mode")
  return last?.type === "mode" ? last.mode : undefined
}

/** Stores the mode in the session, and takes it again when the session is resumed. */
export const make = Effect.gen(function*() {
  const { isModeGiven, yolo } = yield* Host
  const { mode } = yield* PermissionPolicy
  if (mode === undefined) return { save: () => Effect.void, restore: () => Effect.void }
  const initial = yield* SubscriptionRef.get(mode)

  /** Nothing is stored for a session that has always been in mode ask. */
  const save = (session: Session, lines: ReadonlyArray<Line>) =>
    Effect.gen(function*() {
      const now = yield* SubscriptionRef.get(mode)
      // The command line or the configuration may accept edits: the user has not chosen it for this session.
      if (now === "accept-edits" && initial === now) return
      if (now === (lastMode(lines) ?? "ask")) return
      yield* session.append({ type: "mode", mode: now, time: DateTime.formatIso(yield* DateTime.now) })
    }).pipe(Effect.catchAll((error) => Effect.logWarning(`the mode could not be stored: ${error.message}`)))

  /** `--mode` takes precedence, and plan mode in the configuration. `--yolo` is stricter only with plan mode. */
  const restore = (lines: ReadonlyArray<Line>) => {
    const stored = lastMode(lines)
    return stored === undefined || isModeGiven === true || initial === "plan" || (yolo && stored !== "plan")
      ? Effect.void
      : SubscriptionRef.set(mode, stored)
  }

  return { save, restore }
})
