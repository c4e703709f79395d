/** Only one process at a time may use a session. */
import * as FileLock from "@altimate-code/system/FileLock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { SessionError } from "../../session/SessionError.ts"

/** Locks the session's file until the scope closes. Fails with `InUse` if another process has locked it. */
export const acquire = Effect.fn("sessionLock.acquire")(function*(file: string) {
  const { isHeld, takenOverFrom } = yield* FileLock.acquire(file).pipe(
    Effect.mapError(({ lock, message, reason }) =>
      reason === "Held"
        ? new SessionError({
          reason: "InUse",
          message: `The session is open in ${message}.`,
          // The lock of a process that has ended is not held.
          hint: "Close it there first.",
          path: file
        })
        : new SessionError({
          reason: "Io",
          message: `The session's file can't be locked: ${message}`,
          hint:
            `Check that the directory is writable and the disk has free space. If ${lock} exists and no other process uses the session, remove it.`,
          path: file
        })
    )
  )
  return {
    notices: Option.match(takenOverFrom, {
      onNone: () => [],
      onSome: (
        holder
      ) => [`The session was locked by ${holder}, which no longer responds. This process has taken it over.`]
    }),
    /** Fails if another process has taken the session over: two writers would corrupt the file. */
    check: Effect.flatMap(isHeld, (isOurs) =>
      isOurs ? Effect.void : new SessionError({
        reason: "InUse",
        message: "Another process has taken over this session while this one was suspended.",
        hint: "Nothing more is saved here. Continue in the other process, or start a new session.",
        path: file
      }))
  }
})
