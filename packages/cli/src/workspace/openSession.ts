/** The session that a command line asks for. */
import * as Sessions from "@altimate-code/agent/Sessions"
import { Directories } from "@altimate-code/config/Directories"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError } from "../command-line/failure/CliError.ts"

export interface SessionOptions {
  /** Go on with the last session of this directory. */
  readonly continue: boolean
  /** Go on with this session. */
  readonly session: Option.Option<string>
}

/** The session to go on with, or a new one. */
export const openSession = Effect.fn("OpenSession.openSession")(function*(options: SessionOptions) {
  const { cwd } = yield* Directories
  const sessions = yield* Sessions.Sessions
  if (Option.isSome(options.session)) return yield* sessions.open(options.session.value)
  if (!options.continue) return yield* sessions.create(cwd)
  const latest = yield* sessions.latest(cwd)
  if (Option.isSome(latest)) return yield* sessions.open(latest.value)
  return yield* new CliError({
    reason: "Usage",
    message: `There is no session of ${cwd} to continue.`,
    hint: "Leave --continue out to begin one; altimate-code session list shows all sessions."
  })
})
