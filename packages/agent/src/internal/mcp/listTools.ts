/** Which tools a server has. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import * as Effect from "effect/Effect"
import type { Sdk } from "./sdk.ts"
import { usableTools } from "./usableTools.ts"

/** Those of all pages of its list that can be used. `timeout` is in milliseconds, for each page. */
export const listTools = (sdk: Sdk, client: Client, timeout: number) =>
  Effect.gen(function*() {
    if (client.getServerCapabilities()?.tools === undefined) return usableTools([])
    const tools: Array<unknown> = []
    const seen = new Set<string>()
    let cursor: string | undefined
    do {
      const params = cursor === undefined ? {} : { cursor }
      // Not the schema of the list itself: one odd tool in it would cost all tools of the server.
      const page = yield* Effect.tryPromise({
        try: (signal) => client.request({ method: "tools/list", params }, sdk.ResultSchema, { signal, timeout }),
        catch: (error) => error
      })
      if (!Array.isArray(page["tools"])) return yield* Effect.fail("its list of tools is not a list")
      tools.push(...page["tools"])
      cursor = typeof page["nextCursor"] === "string" ? page["nextCursor"] : undefined
      if (cursor !== undefined && seen.has(cursor)) break
      if (cursor !== undefined) seen.add(cursor)
    } while (cursor !== undefined)
    return usableTools(tools)
  })
