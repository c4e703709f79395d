/** A session belongs to one process at a time. */
import * as FileLock from "@altimate-code/system/FileLock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { SessionError } from "../../SessionError.ts"

/** Takes the session's file until the scope closes; fails as `InUse` when another process has it. */
export const acquire = Effect.fn("sessionLock.acquire")(function*(file: string) {
  const { isHeld, takenOverFrom } = yield* FileLock.acquire(file).pipe(
    Effect.mapError(({ lock, message, reason }) =>
      reason === "Held"
        ? new SessionError({
          reason: "InUse",
          message: `The session is open in ${message}.`,
          hint: `Close it there first, or start a new session. If that process no longer runs, remove ${lock}.`,
          path: file
        })
        : new SessionError({
          reason: "Io",
          message: `The session's file can't be locked: ${message}`,
          hint:
            `Make sure that you may write there, and that there is space left. If ${lock} is there and no other altimate-code runs, remove it.`,
          path: file
        })
    )
  )
  return {
    notices: Option.match(takenOverFrom, {
      onNone: () => [],
      onSome: (holder) => [`The session was still locked by ${holder}, which gives no sign of life. It was taken over.`]
    }),
    /** Fails when another process has taken the session over: what two write, nobody can read in order. */
    check: Effect.flatMap(isHeld, (isOurs) =>
      isOurs ? Effect.void : new SessionError({
        reason: "InUse",
        message: "Another process took this session over while this one was suspended.",
        hint: "Nothing more is saved from here. Continue there, or start a new session.",
        path: file
      }))
  }
})
