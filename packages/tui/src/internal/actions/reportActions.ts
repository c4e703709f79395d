import type { Line } from "@altimate-code/agent/session/Session"
import * as SessionGrants from "@altimate-code/agent/session/SessionGrants"
import * as Spending from "@altimate-code/agent/session/Spending"
import { unknown as unknownProvider } from "@altimate-code/agent/turn/ModelProvider"
import * as Effect from "effect/Effect"
import { Host } from "../../Host.ts"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"
import { reportCost } from "./reports/costReport.ts"

const describeCost = (lines: ReadonlyArray<Line>): string => {
  const spending = Spending.sum(lines)
  return spending.requests === 0 ? "nothing yet" : `${Spending.describe(spending)} in this session (/cost shows more)`
}

/** `/status`, `/cost`, `/mcp` and `/skills`. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const current = yield* CurrentSession
  const { showItem } = yield* Display

  return {
    status: Effect.gen(function*() {
      const { entries, id, path } = yield* current.get
      const lines = yield* entries
      const grants = SessionGrants.list(lines).map(({ pattern, permission }) => `${permission} ${pattern}`)
      yield* showItem({
        type: "lines",
        title: "Status",
        lines: [
          ...yield* host.status,
          ...(grants.length === 0
            ? []
            : [`in session  ${grants.join(", ")} (allowed in this session; /permissions takes it back)`]),
          `session     ${id} (${path})`,
          `cost        ${describeCost(lines)}`
        ]
      })
    }),
    cost: Effect.gen(function*() {
      const lines = yield* (yield* current.get).entries
      // What was spent can be shown without a usable model.
      const { maxCost } = yield* host.model.pipe(
        Effect.map(({ modelProvider }) => modelProvider ?? unknownProvider),
        Effect.orElseSucceed(() => unknownProvider)
      )
      yield* showItem({ type: "lines", title: "Cost of this session", ...reportCost(lines, maxCost) })
    }),
    skills: Effect.flatMap(host.skills, (lines) => showItem({ type: "lines", title: "Skills", lines })),
    mcp: Effect.flatMap(host.mcp, (lines) => showItem({ type: "lines", title: "MCP servers", lines }))
  }
})
