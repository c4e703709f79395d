/** The action of `altimate-code mcp list`. */
import { Settings } from "@altimate-code/config/Settings"
import * as Effect from "effect/Effect"
import { CliError } from "../../command-line/failure/CliError.ts"
import { Stdio, writeJson } from "../../command-line/Stdio.ts"
import * as LocalFiles from "../../workspace/localFiles.ts"
import * as Mcp from "../../workspace/mcpServers.ts"

/** Starts all servers, prints the state of each, and stops them. Fails if an enabled server is not connected. */
export const list = Effect.fn("McpList.list")(
  function*(format: "text" | "json") {
    const { write, writeError } = yield* Stdio
    const servers = yield* Mcp.servers
    yield* Mcp.waitForStart(servers, (server) => writeError(`note: waiting for MCP server ${server} to start\n`))
    const status = yield* servers.status
    yield* format === "json" ? writeJson(status, 2) : write(
      `${Mcp.describeServers(status, (yield* Settings).untrusted).join("\n")}\n`
    )
    const failed = status.filter(({ state }) => state === "failed").map(({ name }) => name)
    if (failed.length === 0) return
    return yield* new CliError({
      reason: "Mcp",
      message: `${failed.length === 1 ? "MCP server" : "MCP servers"} not connected: ${failed.join(", ")}.`,
      hint:
        "The list shows the last error of each. Correct the server under \"mcp\" in altimate-code.json, or set \"enabled\": false."
    })
  },
  Effect.scoped,
  Effect.provide(LocalFiles.layer)
)
