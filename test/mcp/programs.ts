/** MCP servers that tests start. They are bundled: their SDK has so many files that loading it takes most of a start. */
import * as Effect from "effect/Effect"
import { bundle } from "../bundle.ts"

const [mcpServer, lastingServer] = await Effect.runPromise(
  Effect.all([
    bundle(new URL("mcpServer.mjs", import.meta.url)),
    bundle(new URL("lastingServer.mjs", import.meta.url))
  ])
)

export { lastingServer, mcpServer }
