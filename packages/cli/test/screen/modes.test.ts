/** The modes ask, accept edits and plan on the screen. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { keys } from "../Terminal.ts"
import { ask, call, says, sent, start } from "./ScreenOnSandbox.ts"

const write = (path: string) => call(`write ${path}`, "write", { path, content: "x\n" })

layer(NodeContext.layer)("The modes on the screen", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`shift-tab goes through them, and each is visible in ${columns} × ${rows}`, () =>
      Effect.gen(function*() {
        const { terminal } = yield* start({ columns, rows })
        yield* terminal.see(/^ask · /m)
        for (const word of ["accept edits", "plan", "ask"]) {
          yield* terminal.write(keys.shiftTab)
          yield* terminal.see(new RegExp(`^${word} · `, "m"))
        }
        yield* terminal.write(keys.shiftTab)
        yield* terminal.see(/^accept edits · /m)
        // On a small screen, only the end of the report is visible.
        if (rows === 12) return
        yield* ask(terminal, "/status")
        yield* terminal.see(/mode +accept edits: edits in/)
      }))
  }

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`the hint names the key that is bound, and /mode changes the mode without one (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { launch, terminal } = yield* start({
          columns,
          rows,
          config: { keybinds: { agent_cycle_reverse: "none", agent_cycle: "f4" } }
        })
        yield* ask(terminal, "/plan")
        yield* terminal.see(/Use \/mode plan,\s+or\s+f4:/)
        yield* ask(terminal, "/mode plan")
        yield* terminal.see(/^plan · /m)
        yield* ask(terminal, "/mode")
        yield* terminal.see(/^ask · /m)
        const other = yield* launch([], {
          env: { ALTIMATE_CLI_CONFIG_CONTENT: JSON.stringify({ keybinds: { agent_cycle: "none" } }) }
        })
        yield* other.see(/· ready/)
        yield* ask(other, "/plan")
        yield* other.see(/Use \/mode plan\./)
      }))
  }

  it.scoped("accept edits: edits are made without a question, commands are asked about", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({
        inProject: true,
        args: ["--mode", "accept-edits"],
        script: [
          { blocks: [write("a.txt"), write("b.txt")] },
          { blocks: [call("c", "bash", { command: "touch ran" })] },
          { blocks: [says("All done.")] }
        ]
      })
      yield* terminal.see(/^accept edits · /m)
      yield* ask(terminal, "Go")
      yield* terminal.see("Allow this command?")
      assert.isTrue(existsSync(join(project, "a.txt")) && existsSync(join(project, "b.txt")))
      yield* terminal.write("n")
      yield* terminal.see("All done.")
      assert.isFalse(existsSync(join(project, "ran")))
    }))

  it.scoped("all edits in this session: one question for many edits, until the next session", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({
        inProject: true,
        script: [
          { blocks: [write("a.txt"), write("b.txt")] },
          { blocks: [write("c.txt"), write(".envrc")] },
          { blocks: [says("All done.")] },
          { blocks: [write("d.txt")] },
          { blocks: [says("Once more done.")] }
        ]
      })
      yield* ask(terminal, "Go")
      yield* terminal.see(/Allow this edit\?[^]*a\.txt[^]*d {2}Yes, and all edits in this session/)
      yield* terminal.write("d")
      const screen = yield* terminal.see(/Allow this edit\?[^]*\.envrc[^]*Yes, once/)
      assert.match(screen, /^accept edits · /m)
      assert.notInclude(screen, "all edits")
      for (const name of ["a", "b", "c"]) assert.strictEqual(readFileSync(join(project, `${name}.txt`), "utf8"), "x\n")
      yield* terminal.write(keys.escape)
      yield* terminal.see(/Interrupted/)
      yield* ask(terminal, "/new")
      yield* terminal.see(/^ask · [^]*ready/m)
    }))

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`a plan is made without changing anything, changed, accepted and carried out: ${columns} × ${rows}`, () =>
      Effect.gen(function*() {
        const { project, sandbox, terminal } = yield* start({
          inProject: true,
          config: { permission: { mode: "plan" } },
          script: [
            { blocks: [write("a.txt"), call("c", "bash", { command: "touch ran" })] },
            { blocks: [says("## Plan\n\n1. Write a.txt.")] },
            { blocks: [says("## Plan\n\n1. Write b.txt.")] },
            { blocks: [write("b.txt")] },
            { blocks: [says("All done.")] }
          ]
        })
        yield* terminal.resize(columns, rows)
        yield* terminal.see(new RegExp(`^─{${columns}}\\n[^]*^plan · `, "m"))
        yield* ask(terminal, "Plan it")
        yield* terminal.see(/Go ahead with this plan\?[^]*Yes, and accept edits[^]*plan · /)
        assert.isFalse(existsSync(join(project, "a.txt")) || existsSync(join(project, "ran")))
        yield* ask(terminal, "with b.txt")
        yield* terminal.see(/Write b\.txt\.[^]*› Yes, and ask before each edit/)
        yield* terminal.write(keys.down)
        yield* terminal.see(/^› Yes, and accept edits/m)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/All done\.[^]*accept edits · /)
        assert.isTrue(existsSync(join(project, "b.txt")))
        assert.include(yield* sent(sandbox, 2), "Plan mode is on.")
        assert.notInclude(yield* sent(sandbox, 2), "Plan mode is off.")
        assert.include(yield* sent(sandbox, 3), "Plan mode is off.")
      }))
  }

  it.scoped("plan is stricter than --yolo, and both are shown; shift-tab goes between the two", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({
        inProject: true,
        args: ["--yolo", "--mode", "plan"],
        script: [
          { blocks: [write("a.txt")] },
          { blocks: [says("I may not.")] },
          { blocks: [write("a.txt")] },
          { blocks: [says("All done.")] }
        ]
      })
      yield* terminal.see(/^YOLO · plan · /m)
      yield* ask(terminal, "Go")
      yield* terminal.see(/I may not\.[^]*ready/)
      assert.isFalse(existsSync(join(project, "a.txt")))
      yield* terminal.write(keys.shiftTab)
      yield* terminal.see(/^YOLO · Amazon/m)
      yield* ask(terminal, "Now")
      yield* terminal.see("All done.")
      assert.isTrue(existsSync(join(project, "a.txt")))
      yield* terminal.write(keys.shiftTab)
      yield* terminal.see(/^YOLO · plan · /m)
    }))

  /** Waits until the screen has quit; then its session can be resumed. */
  const quit = (terminal: Effect.Effect.Success<ReturnType<typeof start>>["terminal"]) =>
    Effect.zipRight(terminal.write(keys.ctrl("d")), terminal.exited)

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`a resumed session is in the mode that was chosen in it (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { launch, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          script: [{ blocks: [says("Hello.")] }]
        })
        yield* terminal.write(keys.shiftTab)
        yield* terminal.see(/^accept edits · /m)
        yield* ask(terminal, "Go")
        yield* terminal.see(/Hello\.[^]*ready/)
        yield* quit(terminal)
        const edits = yield* launch(["--continue"])
        yield* edits.see(/Resumed session[^]*^accept edits · [^]*ready/m)
        yield* edits.write(keys.shiftTab)
        yield* edits.see(/^plan · [^]*ready/m)
        // A copy has it, too.
        yield* ask(edits, "/fork")
        yield* edits.see(/now in the copy[^]*^plan · [^]*ready/m)
        yield* quit(edits)
        const plan = yield* launch(["--continue", "--yolo"])
        yield* plan.see(/^YOLO · plan · [^]*ready/m)
        yield* quit(plan)
        const given = yield* launch(["--continue", "--mode", "ask"])
        yield* given.see(/Resumed session[^]*^ask · [^]*ready/m)
        yield* quit(given)
      }))
  }

  it.scoped("a resumed session is not in a mode of the command line, and never with --yolo", () =>
    Effect.gen(function*() {
      const { launch, terminal } = yield* start({
        inProject: true,
        args: ["--mode", "accept-edits"],
        script: [{ blocks: [says("Hello.")] }, { blocks: [says("Again.")] }]
      })
      yield* ask(terminal, "Go")
      yield* terminal.see(/Hello\.[^]*ready/)
      yield* quit(terminal)
      const yolo = yield* launch(["--continue", "--yolo"])
      yield* yolo.see(/Resumed session[^]*^YOLO · Amazon[^]*ready/m)
      yield* ask(yolo, "Again")
      yield* yolo.see(/Again\.[^]*ready/)
      yield* quit(yolo)
      const last = yield* launch(["--continue"])
      yield* last.see(/Resumed session[^]*^ask · [^]*ready/m)
      yield* quit(last)
    }))
})
