/** Opens the session that the command line selects. */
import * as SessionStore from "@altimate-code/agent/session/SessionStore"
import { Directories } from "@altimate-code/config/Directories"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError } from "../command-line/failure/CliError.ts"

export interface SessionOptions {
  /** Whether to resume the last session of this directory. */
  readonly continue: boolean
  /** The ID of the session to resume. */
  readonly session: Option.Option<string>
}

/** Resumes a session or creates a new one. */
export const openSession = Effect.fn("OpenSession.openSession")(function*(options: SessionOptions) {
  const { cwd } = yield* Directories
  const sessions = yield* SessionStore.SessionStore
  if (Option.isSome(options.session)) return yield* sessions.open(options.session.value)
  if (!options.continue) return yield* sessions.create(cwd)
  const latest = yield* sessions.latest(cwd)
  if (Option.isSome(latest)) return yield* sessions.open(latest.value)
  return yield* new CliError({
    reason: "Usage",
    message: `There is no session of ${cwd} to continue.`,
    hint: "Omit --continue to start a new session. To see all sessions: altimate-code session list"
  })
})
