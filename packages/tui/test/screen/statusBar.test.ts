import * as Spending from "@altimate-code/agent/session/Spending"
import { assert, describe, it } from "@effect/vitest"
import type { ActiveModel } from "../../src/Host.ts"
import * as StatusBar from "../../src/internal/screen/statusBar.ts"
import { dark, plain } from "../../src/internal/terminal/theme.ts"
import { measureWidth } from "../../src/internal/terminal/themedText.ts"

const model = {
  name: "Claude Sonnet 4.6",
  configured: "anthropic.claude-sonnet-4-6",
  wire: "us.anthropic.claude-sonnet-4-6-v1:0",
  provider: "Amazon Bedrock",
  region: "us-east-1",
  gateway: "bedrock.gateway.example.com",
  credential: "bearer token",
  contextWindow: 200_000
} as ActiveModel

const spending = Spending.add(Spending.none, {
  usage: { input: 10_000, output: 2500, cacheRead: 40_000, cacheWrite: 0 },
  cost: 0.0795
})

const status: StatusBar.Status = {
  yolo: false,
  directory: "",
  branch: undefined,
  mode: "ask",
  model,
  spending,
  context: 24_000,
  runningTasks: 0,
  activity: "writing · esc: stop",
  isBusy: true
}

const lines = (width: number, rows: 1 | 2 = 2, of: Partial<StatusBar.Status> = {}) =>
  StatusBar.render({ ...status, ...of }, { width, theme: plain }, rows)

describe("The status bar", () => {
  it("shows everything on a wide terminal", () => {
    assert.deepStrictEqual(lines(400), [
      "ask · Amazon Bedrock › Claude Sonnet 4.6 · us.anthropic.claude-sonnet-4-6-v1:0 · us-east-1 · bedrock.gateway.example.com · "
      + "bearer token · context 12% · 52.5k tokens (40.0k cached) · $0.08 · writing · esc: stop"
    ])
  })

  it("shows the directory and the branch, shortened if they are long", () => {
    const end = (directory: string, branch?: string) =>
      lines(400, 2, { directory, branch })[0]?.split("example.com · ")[1]
    assert.isTrue(end("~/shop", "main")?.startsWith("~/shop · on main · bearer token"))
    assert.isTrue(end("~/shop")?.startsWith("~/shop · bearer token"))
    assert.isTrue(
      end(`~/${"deep/".repeat(9)}shop`, "x".repeat(99))?.startsWith(`…/shop · on ${"x".repeat(29)}… · bearer`)
    )
    assert.isTrue(end("~/a\x1b[2Jb", "c\x07d")?.startsWith("~/ab · on cd · "))
    assert.deepStrictEqual(lines(40, 2, { directory: "~/shop", branch: "main" }), [
      "ask · Amazon Bedrock › Claude Sonnet 4.6",
      "~/shop · on main · writing · esc: stop"
    ])
  })

  it("uses two lines on a narrower terminal", () => {
    assert.deepStrictEqual(lines(100), [
      "ask · Amazon Bedrock › Claude Sonnet 4.6 · us-east-1 · bedrock.gateway.example.com",
      "bearer token · context 12% · 52.5k tokens (40.0k cached) · $0.08 · writing · esc: stop"
    ])
  })

  it("drops the model and the activity last", () => {
    assert.deepStrictEqual(lines(40), ["ask · Amazon Bedrock › Claude Sonnet 4.6", "context 12% · writing · esc: stop"])
    assert.deepStrictEqual(lines(30), ["ask · Claude Sonnet 4.6", "$0.08 · writing · esc: stop"])
  })

  it("is never wider than the terminal", () => {
    for (let width = 1; width <= 400; width++) {
      for (const rows of [1, 2] as const) {
        const all = StatusBar.render(status, { width, theme: dark }, rows)
        assert.isAtMost(all.length, rows)
        for (const line of all) assert.isAtMost(measureWidth(line), width)
      }
    }
  })

  it("has one line on a terminal with few rows and drops the activity last", () => {
    assert.deepStrictEqual(lines(60, 1), ["ask · Claude Sonnet 4.6 · context 12% · writing · esc: stop"])
    assert.deepStrictEqual(lines(24, 1), ["ask · writing · esc: stop"].map((line) => `${line.slice(0, 23)}…`))
  })

  it("shows the mode and YOLO at every width, and then the model or the activity", () => {
    for (let width = 20; width <= 400; width++) {
      for (const rows of [1, 2] as const) {
        assert.include(lines(width, rows, { yolo: true }).join("\n"), "YOLO", `${width} columns, ${rows} rows`)
        assert.notInclude(lines(width, rows).join("\n"), "YOLO")
        for (const [mode, word] of [["ask", "ask"], ["accept-edits", "accept edits"], ["plan", "plan"]] as const) {
          assert.match(lines(width, rows, { mode }).join("\n"), new RegExp(`^${word}(?: · |$)`), `${width} columns`)
        }
        assert.match(lines(width, rows, { mode: "plan", yolo: true }).join("\n"), /^YOLO · plan(?: · |$)/m)
      }
    }
  })

  it("shortens the model beside the mode", () => {
    const long = { ...model, name: "Claude Sonnet 4.6 of the team (EU)" }
    assert.deepStrictEqual(
      lines(40, 2, { model: long, mode: "accept-edits" })[0],
      "accept edits · Claude Sonnet 4.6 of the…"
    )
  })

  it("shows the wire ID only if it differs", () => {
    const plainModel = { ...model, name: "x.y", wire: "x.y" }
    assert.strictEqual(lines(400, 2, { model: plainModel })[0]?.split("x.y").length, 2)
  })

  it("shows a cost that is incomplete or unknown as such, and none before the first request", () => {
    const { usage } = spending
    assert.include(lines(400, 2, { spending: Spending.add(spending, { usage }) })[0], " · at least $0.08 · ")
    assert.include(lines(400, 2, { spending: Spending.add(Spending.none, { usage }) })[0], " · cost unknown · ")
    assert.notMatch(lines(400, 2, { spending: Spending.none })[0] ?? "", /\$|cost/)
  })
})
