/** `altimate-code session`: the conversations so far. */
import * as Sessions from "@altimate-code/agent/Sessions"
import * as Transcript from "@altimate-code/agent/Transcript"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { action } from "../CommandTree.ts"
import { sessions } from "../Places.ts"
import { Stdio } from "../Stdio.ts"
import * as Table from "../Table.ts"
import { format } from "./format.ts"

const id = Args.text({ name: "id" }).pipe(
  Args.withDescription("The session's ID, or a beginning that only one session has.")
)

export const list = action(
  Command.make("list", { format }, ({ format }) =>
    Effect.gen(function*() {
      const { write } = yield* Stdio
      const all = yield* (yield* Sessions.Sessions).list
      if (format === "json") return yield* write(`${JSON.stringify(all, null, 2)}\n`)
      if (all.length === 0) return yield* write("There are no sessions yet.\n")
      yield* write(Table.render([
        ["ID", "LAST USED", "TURNS", "DIRECTORY", "FIRST PROMPT"],
        ...all.map(({ directory, id, time, title, turns }) => [
          id,
          time.slice(0, 16).replace("T", " "),
          String(turns),
          directory,
          title
        ])
      ]))
    }).pipe(Effect.provide(sessions))).pipe(Command.withDescription("List all sessions, the last used first.")),
  [["altimate-code session list", "what there is to go on with"]]
)

export const show = action(
  Command.make("show", { id }, ({ id }) =>
    Effect.gen(function*() {
      const { write } = yield* Stdio
      const { lines } = yield* (yield* Sessions.Sessions).read(id)
      yield* write(Transcript.markdown(lines))
    }).pipe(Effect.provide(sessions))).pipe(Command.withDescription("Print what was said and done in a session.")),
  [["altimate-code session show 20261123 | less", "read it"]]
)

export const exportSession = action(
  Command.make("export", {
    format: Options.choice("format", ["markdown", "json"]).pipe(
      Options.withDescription("markdown (default): to read; json: every line of the session's file, as an array."),
      Options.withDefault("markdown" as const)
    ),
    id
  }, ({ format, id }) =>
    Effect.gen(function*() {
      const { write } = yield* Stdio
      const { lines, text } = yield* (yield* Sessions.Sessions).read(id)
      yield* write(
        format === "markdown"
          ? Transcript.markdown(lines)
          : `[\n${text.trimEnd().split("\n").join(",\n")}\n]\n`
      )
    }).pipe(Effect.provide(sessions))).pipe(
      Command.withDescription("Write a session to stdout, to keep or to hand on.")
    ),
  [["altimate-code session export 20261123 --format json > session.json", "all of it"]]
)

export const remove = action(
  Command.make("delete", { id }, ({ id }) =>
    Effect.gen(function*() {
      const { write } = yield* Stdio
      const whole = yield* (yield* Sessions.Sessions).remove(id)
      yield* write(`Deleted the session ${whole}.\n`)
    }).pipe(Effect.provide(sessions))).pipe(Command.withDescription("Delete a session for good.")),
  [["altimate-code session delete 20261123-052359-k3f9", "forget it"]]
)
