import * as Effect from "effect/Effect"
import { Host } from "../../Host.ts"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"

/** `/status` and `/mcp`. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const current = yield* CurrentSession
  const { showItem } = yield* Display

  return {
    status: Effect.gen(function*() {
      const { id, path } = yield* current.get
      const lines = yield* host.status
      yield* showItem({ type: "lines", title: "Status", lines: [...lines, `session     ${id} (${path})`] })
    }),
    mcp: Effect.flatMap(host.mcp, (lines) => showItem({ type: "lines", title: "MCP servers", lines }))
  }
})
