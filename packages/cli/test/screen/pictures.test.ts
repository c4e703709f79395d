/** The pictures of the documentation, from what the emulator really shows; `vitest -u` draws them anew. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, expect, layer } from "@effect/vitest"
import xterm from "@xterm/headless"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"
import { svg } from "./Picture.ts"
import { ask, untilAnswerable } from "./ScreenOnSandbox.ts"

/** The status bar shows it. Below the ports that a system gives away by itself. */
const port = 18_730

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

const usage = (inputTokens: number, cacheReadInputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  cacheReadInputTokens
})

const script: Script = [
  {
    blocks: [
      { type: "reasoning", text: "The price has to come from the cart.", signature: "s" },
      { type: "text", text: "I'll look at the code first." },
      call("1", "grep", { pattern: "total" }),
      call("2", "read", { path: "src/cart.js" })
    ],
    usage: usage(3_120, 0, 140)
  },
  {
    blocks: [call("3", "edit", {
      path: "src/cart.js",
      oldText: "items.reduce((sum, item) => sum + item.price, 0)",
      newText: "items.reduce((sum, item) => sum + item.price * item.count, 0)"
    })],
    usage: usage(410, 3_120, 90)
  },
  {
    blocks: [{
      type: "text",
      text:
        "The total ignored how many of each item are in the cart.\n\n| cart | before | now |\n|---|---|---|\n| 2 × 10 € | 10 € | **20 €** |\n| empty | 0 € | 0 € |\n\n```js\ntotal([{ price: 10, count: 2 }]) // 20\n```\n"
    }],
    usage: usage(280, 3_530, 120)
  },
  { blocks: [call("4", "bash", { command: "./check", description: "Run the tests" })], usage: usage(310, 3_530, 60) },
  { blocks: [{ type: "text", text: "One test still expects the old total." }], usage: usage(340, 3_530, 80) },
  {
    blocks: [
      { type: "text", text: "Only one file has to change.\n\n" },
      {
        type: "text",
        text: "## Plan\n\n1. Expect 20 instead of 10 in `test/cart.test.js`.\n2. Run the tests again.\n"
      }
    ],
    usage: usage(360, 3_530, 110)
  }
]

/** Its output is the same with every version of Node. */
const failingTests = `#!/bin/sh
echo "✔ an empty cart"
echo "✖ two of one item"
echo "  Expected values to be strictly equal: 20 !== 10"
exit 1
`

const columnWidth = 8.4

/** Replaces the texts that match, with the space that they take. */
const replaceText = (picture: string, pattern: RegExp, replacement: string): string =>
  picture.replace(/textLength="[\d.]+"( [^>]*>)([^<]*)/g, (whole, style: string, text: string) => {
    const fixed = text.replace(pattern, replacement)
    return fixed === text ? whole : `textLength="${(fixed.length * columnWidth).toFixed(1)}"${style}${fixed}`
  })

/** How long a turn took, and the directory of the test, differ from run to run. */
const withFixedValues = (picture: string, home: string): string =>
  [
    [/^─ (?:[\dm]+s · )?(?=[\d.]+k tokens)/, "─ 12s · "],
    [new RegExp(home, "g"), "/home/you"]
  ].reduce((fixed, [pattern, replacement]) => replaceText(fixed, pattern as RegExp, replacement as string), picture)

const hour = 3_600_000

/** Earlier sessions: their titles, how many hours ago they were used, and the prompts in each. */
const earlier = [
  ["Why does checkout fail in Safari?", 15, 2],
  ["Rename Basket to Cart everywhere", 26, 4],
  ["Write tests for the discounts", 75, 3]
] as const

const toSession = (directory: string, title: string, hours: number, prompts: number) => {
  const time = new Date(Date.now() - hours * hour).toISOString()
  const message = { role: "user", content: [{ type: "text", text: title }] }
  return [
    { type: "session", version: 1, id: `20261101-1000${hours}-earl`, directory, time },
    ...Array.from({ length: prompts }, () => ({ type: "user", message, time }))
  ]
}

const inTour = [
  "plan · Amazon Bedrock",
  "Go ahead with this plan?",
  "accept edits · Amazon Bedrock",
  "Allow this command?",
  "Rate limited. Retrying",
  "2 × 10 €",
  "Sessions",
  "To resume this session"
]

layer(NodeContext.layer)("the pictures of the documentation", (it) => {
  it.scoped("show the current screen", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({ port, prefix: "/bedrock/v1", script })
      const home = yield* makeHome
      const shop = join(home.home, "shop")
      yield* fs.makeDirectory(join(shop, "src"), { recursive: true })
      yield* fs.writeFileString(
        join(shop, "src/cart.js"),
        "export const total = (items) =>\n  items.reduce((sum, item) => sum + item.price, 0)\n"
      )
      yield* fs.writeFileString(join(shop, "check"), failingTests, { mode: 0o755 })
      const sessions = join(home.home, ".local/share/altimate-code/session")
      yield* fs.makeDirectory(sessions, { recursive: true, mode: 0o700 })
      for (const [title, hours, prompts] of earlier) {
        const lines = toSession(shop, title, hours, prompts)
        const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("")
        yield* fs.writeFileString(join(sessions, `20261101-1000${hours}-earl.jsonl`), text, { mode: 0o600 })
      }
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const terminal = yield* open([], {
        home: home.home,
        cwd: shop,
        env: { AWS_BEARER_TOKEN_BEDROCK: "picture-token" },
        columns: 100,
        rows: 28
      })
      const write = (name: string, picture: string) =>
        Effect.promise(() => expect(picture).toMatchFileSnapshot(`../../../../docs/pictures/${name}.svg`))
      const picture = (name: string, title: string) =>
        write(name, withFixedValues(svg(terminal.emulator, title), home.home))
      const barPicture = Effect.fnUntraced(function*(mode: string) {
        const screen = yield* terminal.see(new RegExp(`^${mode} · [^]*ready`, "m"))
        const from = screen.split("\n").findIndex((line) => line.startsWith(`${mode} · `))
        const name = `bar-${mode.toLowerCase().replace(" ", "-")}`
        yield* write(name, svg(terminal.emulator, `The status bar in the mode ${mode}`, { from, count: 2 }))
      })

      yield* terminal.see(/Amazon Bedrock[^]*ready/)
      yield* terminal.write("The cart's total is wrong. Find out why, and repair it.")
      yield* terminal.see("repair it.")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/No, and tell the model why[^]*waiting for you/)
      yield* picture("question", "The screen asks before a file is changed")
      yield* terminal.write("y")
      yield* terminal.see(/\/\/ 20[^]*ready/)
      yield* picture("answer", "The screen with an answer")
      yield* terminal.write("/")
      yield* terminal.see("/sessions")
      yield* picture("commands", "The commands of the screen")
      yield* terminal.write(keys.ctrl("u"))

      yield* ask(terminal, "Run the tests.")
      yield* terminal.see("Allow this command?")
      yield* untilAnswerable(terminal)
      yield* terminal.write("y")
      yield* terminal.see(/old total\.[^]*ready/)
      yield* picture("failure", "A command that failed")

      yield* barPicture("ask")
      yield* terminal.write(keys.shiftTab)
      yield* barPicture("accept edits")
      yield* terminal.write(keys.shiftTab)
      yield* barPicture("plan")
      yield* ask(terminal, "What has to change?")
      yield* terminal.see(/Go ahead with this plan\?[^]*plan · /)
      yield* picture("plan", "Plan mode ends with a plan")
      yield* terminal.write(keys.escape)
      yield* terminal.gone("Go ahead with this plan?")
      yield* ask(terminal, "/sessions")
      yield* terminal.see(/Write tests for the discounts[^]*ready/)
      yield* picture("sessions", "The list of sessions")
    }))

  it.effect("play as a tour in a terminal", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const cast = yield* fs.readFileString(
        fileURLToPath(new URL("../../../../docs/pictures/tour.cast", import.meta.url))
      )
      const [first, ...lines] = cast.trimEnd().split("\n")
      const { height, version, width } = JSON.parse(first!)
      assert.strictEqual(version, 2)
      const emulator = new xterm.Terminal({ cols: width, rows: height, allowProposedApi: true })
      const { buffer } = emulator
      const seen = new Set<string>()
      let before = 0
      for (const line of lines) {
        const [seconds, type, data] = JSON.parse(line)
        assert.isTrue(seconds >= before && type === "o", line)
        before = seconds
        yield* Effect.async<void>((resume) => emulator.write(data, () => resume(Effect.void)))
        const screen = Array.from(
          { length: height },
          (_, row) => buffer.active.getLine(buffer.active.baseY + row)?.translateToString(true) ?? ""
        ).join("\n")
        for (const text of inTour) if (screen.includes(text)) seen.add(text)
      }
      assert.deepStrictEqual([...seen].toSorted(), inTour.toSorted())
      assert.isBelow(before, 60)
      assert.notMatch(cast, /sandbox-token|\/(tmp|home|root)\//)
    }))
})
