/** `altimate-code mcp`: the configured MCP servers. */
import * as Effect from "effect/Effect"
import { command } from "../../command-line/commandTree.ts"
import { format } from "../../command-line/formatOption.ts"
import { load } from "../../command-line/lazy.ts"
import { withSettings } from "../../workspace/withSettings.ts"

export const list = command("list", {
  description: "Start the MCP servers; show the state, the tools and the last error of each.",
  examples: [
    ["altimate-code mcp list", "does each server start, and which tools does it have?"],
    ["altimate-code mcp list --format json", "the same as JSON; exit code 1 if one fails"]
  ],
  parameters: { format },
  run: ({ format }) =>
    load(() => import("./listServers.ts")).pipe(
      Effect.flatMap(({ list }) => list(format)),
      withSettings()
    )
})
