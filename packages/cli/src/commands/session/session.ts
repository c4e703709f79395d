/** `altimate-code session`: the conversations so far. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { action } from "../../command-line/commandTree.ts"
import { format } from "../../command-line/formatOption.ts"
import { load } from "../../command-line/lazy.ts"

const commands = load(() => import("./sessionActions.ts"))

const id = Args.text({ name: "id" }).pipe(
  Args.withDescription("The session's ID, or a beginning that only one session has.")
)

export const list = action(
  Command.make("list", { format }, ({ format }) => Effect.flatMap(commands, ({ list }) => list(format))).pipe(
    Command.withDescription("List all sessions, the last used first.")
  ),
  [["altimate-code session list", "what there is to go on with"]]
)

export const show = action(
  Command.make("show", { id }, ({ id }) => Effect.flatMap(commands, ({ print }) => print(id, "markdown"))).pipe(
    Command.withDescription("Print what was said and done in a session.")
  ),
  [["altimate-code session show 20261123 | less", "read it"]]
)

export const exportSession = action(
  Command.make("export", {
    format: Options.choice("format", ["markdown", "json"]).pipe(
      Options.withDescription("markdown (default): to read; json: every line of the session's file, as an array."),
      Options.withDefault("markdown" as const)
    ),
    id
  }, ({ format, id }) => Effect.flatMap(commands, ({ print }) => print(id, format))).pipe(
    Command.withDescription("Write a session to stdout, to keep or to hand on.")
  ),
  [["altimate-code session export 20261123 --format json > session.json", "all of it"]]
)

export const remove = action(
  Command.make("delete", { id }, ({ id }) => Effect.flatMap(commands, ({ remove }) => remove(id))).pipe(
    Command.withDescription("Delete a session for good.")
  ),
  [["altimate-code session delete 20261123-052359-k3f9", "forget it"]]
)
