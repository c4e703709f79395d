/** Lists the tools of a server. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import * as Effect from "effect/Effect"
import { StartError, tryRequest } from "./mcpError.ts"
import type { Sdk } from "./sdk.ts"
import { selectUsableTools } from "./usableTools.ts"

/** Returns the usable tools of all pages. `timeout` applies to each page, in milliseconds. */
export const listTools = (sdk: Sdk, client: Client, timeout: number) =>
  Effect.gen(function*() {
    if (client.getServerCapabilities()?.tools === undefined) return selectUsableTools([])
    const tools: Array<unknown> = []
    const seen = new Set<string>()
    let cursor: string | undefined
    do {
      const params = cursor === undefined ? {} : { cursor }
      // Not parsed with the SDK's schema for the list, for which one invalid tool would make all tools unusable.
      const page = yield* tryRequest((signal) =>
        client.request({ method: "tools/list", params }, sdk.ResultSchema, { signal, timeout })
      )
      if (!Array.isArray(page["tools"])) {
        return yield* new StartError({ reason: "Connection", message: "its list of tools is not an array" })
      }
      tools.push(...page["tools"])
      cursor = typeof page["nextCursor"] === "string" ? page["nextCursor"] : undefined
      if (cursor !== undefined && seen.has(cursor)) break
      if (cursor !== undefined) seen.add(cursor)
    } while (cursor !== undefined)
    return selectUsableTools(tools)
  })
