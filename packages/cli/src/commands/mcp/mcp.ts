/** `altimate-code mcp`: the configured MCP servers. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { action } from "../../command-line/commandTree.ts"
import { format } from "../../command-line/formatOption.ts"
import { load } from "../../command-line/lazy.ts"
import { configured } from "../../workspace/configured.ts"

export const list = action(
  Command.make("list", { format }, ({ format }) =>
    load(() => import("./listServers.ts")).pipe(
      Effect.flatMap(({ list }) => list(format)),
      configured()
    )).pipe(Command.withDescription("Start the MCP servers; show the state, tools and last error of each.")),
  [
    ["altimate-code mcp list", "does each server start, and which tools does it have?"],
    ["altimate-code mcp list --format json", "the same for a program; exit code 1 if one fails"]
  ]
)
