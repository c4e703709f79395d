import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { keys } from "../Terminal.ts"
import { ask, call, says, start, untilAnswerable } from "./ScreenOnSandbox.ts"

const unfocused = "\u001b[O"
const focused = "\u001b[I"

layer(NodeContext.layer)("What happens", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`is visible while a command runs, and after it: ${columns} × ${rows}`, () =>
      Effect.gen(function*() {
        const { project, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          env: { NO_COLOR: "1" },
          config: { permission: { bash: "allow" } },
          script: [
            {
              blocks: [
                call("1", "bash", { command: "seq 1 30; until [ -e go ]; do sleep 0.05; done; echo end; exit 3" })
              ]
            },
            { blocks: [says("Done.")], usage: { inputTokens: 1000, outputTokens: 10 } }
          ]
        })
        yield* ask(terminal, "Run it")
        const live = yield* terminal.see(/^ {2}30$/m)
        assert.match(live, /bash seq.* · running/)
        assert.notMatch(live, /^ {2}20$/m)
        writeFileSync(join(project, "go"), "")
        yield* terminal.see(/Done\.[^]*tokens[^]*ready/)
        assert.match(terminal.everything(), /✗ bash[^]*21 lines above · ctrl-o[^]*\n {2}22\n[^]*\n {2}30\n {2}end\n/)
        assert.strictEqual(terminal.everything().match(/^ {2}end$/gm)?.length, 1)
        // Colors: SGR with a color or a background.
        // oxlint-disable-next-line no-control-regex -- Esc begins a sequence
        assert.notMatch(terminal.raw(), /\u001b\[[\d;]*[34]\d[\d;]*m/)
      }))
  }

  it.scoped("is bounded if a command floods", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        inProject: true,
        config: { permission: { bash: "allow" } },
        script: [
          { blocks: [call("1", "bash", { command: "timeout 3 yes 'a line that is written again and again'; true" })] },
          { blocks: [says("Done.")] }
        ]
      })
      const before = terminal.raw().length
      yield* ask(terminal, "Flood")
      yield* terminal.see(/Done\.[^]*ready/)
      // Thirty reports of ten lines that are all the same.
      assert.isBelow(terminal.raw().length - before, 40_000)
    }))

  it.scoped("is in the bar, the title and a notification while the window is elsewhere", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({
        inProject: true,
        columns: 200,
        config: { notification: { command: ["sh", "-c", "printf '%s\\n' \"$1\" >> told", "sh"] } },
        script: [{ blocks: [call("1", "bash", { command: "git init -q -b topic" })] }, { blocks: [says("Done.")] }]
      })
      const told = join(project, "told")
      const titles: Array<string> = []
      terminal.emulator.onTitleChange((title) => titles.push(title))
      assert.include(terminal.raw(), "\u001b[?1004h")
      yield* terminal.see("~/project")
      yield* terminal.write(unfocused)
      yield* ask(terminal, "Go")
      yield* terminal.see("waiting for you")
      yield* Effect.promise(async () => {
        while (!existsSync(told) || !readFileSync(told, "utf8").endsWith("\n")) await setTimeout(20)
      })
      assert.strictEqual(readFileSync(told, "utf8"), "altimate-code asks for your approval in ~/project.\n")
      yield* terminal.write(focused)
      yield* untilAnswerable(terminal)
      yield* terminal.write("y")
      yield* terminal.see(/Done\.[^]*on topic[^]*ready/)
      assert.deepStrictEqual(titles, [
        "altimate-code · working · ~/project",
        "altimate-code · waiting for you · ~/project",
        "altimate-code · working · ~/project",
        "altimate-code · ~/project"
      ])
      assert.strictEqual(readFileSync(told, "utf8").split("\n").length, 2)
      assert.strictEqual(
        execFileSync("git", ["symbolic-ref", "--short", "HEAD"], { cwd: project, encoding: "utf8" }),
        "topic\n"
      )
      yield* terminal.write(keys.ctrl("d"))
      assert.strictEqual(yield* terminal.exited, 0)
      assert.include(terminal.raw(), "\u001b[?1004l")
    }))
})
