import { unknown as unknownProvider } from "@altimate-code/agent/turn/ModelProvider"
import * as Effect from "effect/Effect"
import { Host } from "../../Host.ts"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"
import { reportCost } from "./reports/costReport.ts"

/** `/status`, `/cost` and `/mcp`. */
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
    cost: Effect.gen(function*() {
      const lines = yield* (yield* current.get).entries
      // What was spent can be shown without a usable model.
      const { maxCost } = yield* host.model.pipe(
        Effect.map(({ modelProvider }) => modelProvider ?? unknownProvider),
        Effect.orElseSucceed(() => unknownProvider)
      )
      yield* showItem({ type: "lines", title: "Cost of this session", lines: reportCost(lines, maxCost) })
    }),
    mcp: Effect.flatMap(host.mcp, (lines) => showItem({ type: "lines", title: "MCP servers", lines }))
  }
})
