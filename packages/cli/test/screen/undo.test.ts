import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keys } from "../Terminal.ts"
import { ask, call, says, sent, start } from "./ScreenOnSandbox.ts"

type Terminal = Effect.Effect.Success<ReturnType<typeof start>>["terminal"]

const allowed = { permission: { edit: "allow", bash: "allow" } }

/** The question ignores keys for a moment. Once it accepts them, the down key marks the second choice. */
const choose = (terminal: Terminal, choice: RegExp) =>
  Effect.gen(function*() {
    yield* terminal.see(/Undo the last turn\?/)
    yield* terminal.see(/^› No$/m)
    yield* terminal.write(keys.down).pipe(
      Effect.zipRight(terminal.see(/^› Yes/m, 0.1)),
      Effect.retry({ times: 200 })
    )
    if (choice.source === "No") yield* terminal.write(keys.up)
    yield* terminal.see(new RegExp(`^› ${choice.source}`, "m"))
    yield* terminal.write(keys.enter)
  })

layer(NodeContext.layer)("/undo", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`takes back what the last turn changed in files, and its messages, turn by turn (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { launch, project, sandbox, terminal } = yield* start({
          columns,
          rows,
          inProject: true,
          config: allowed,
          script: [
            { blocks: [call("1", "read", { path: "a.txt" })] },
            { blocks: [call("2", "edit", { path: "a.txt", oldText: "one", newText: "two" })] },
            { blocks: [says("Changed a.")] },
            { blocks: [call("3", "write", { path: "new/b.txt", content: "b" })] },
            { blocks: [call("4", "bash", { command: "echo from bash > c.txt" })] },
            { blocks: [says("Created b.")] },
            { blocks: [says("Again.")] },
            { blocks: [says("Anew.")] }
          ]
        })
        const a = join(project, "a.txt")
        const b = join(project, "new/b.txt")
        writeFileSync(a, "one\r\n")
        yield* ask(terminal, "Change a")
        yield* terminal.see(/Changed a\.[^]*ready/)
        yield* ask(terminal, "Create b")
        yield* terminal.see(/Created b\.[^]*ready/)
        assert.isTrue(existsSync(b))

        yield* ask(terminal, "/undo")
        yield* choose(terminal, /No/)
        yield* terminal.see("ready")
        assert.isTrue(existsSync(b))

        yield* ask(terminal, "/undo")
        yield* choose(terminal, /Yes, undo it/)
        yield* terminal.see(/conversation\.[^]*^› Create b$[^]*ready/m)
        assert.match(terminal.everything().replace(/\s+/g, " "), /delete new\/b\.txt \(this turn created it\)/)
        assert.match(terminal.everything().replace(/\s+/g, " "), /ran echo from bash > c\.txt What commands and MCP/)
        assert.isFalse(existsSync(join(project, "new")))
        assert.strictEqual(readFileSync(join(project, "c.txt"), "utf8"), "from bash\n")
        yield* terminal.write(keys.ctrl("c"))
        yield* ask(terminal, "And now")
        yield* terminal.see(/Again\.[^]*ready/)
        assert.notInclude(yield* sent(sandbox, 6), "Create b")
        assert.include(yield* sent(sandbox, 6), "Change a")

        // In a resumed session.
        yield* terminal.write("/exit\r")
        yield* terminal.exited
        const resumed = yield* launch(["--continue"])
        yield* resumed.see(/Again\.[^]*ready/)
        assert.notInclude(resumed.everything(), "Create b")
        assert.match(resumed.everything(), /A turn was undone here\./)
        yield* ask(resumed, "/rewind")
        yield* choose(resumed, /Yes, undo it/)
        yield* resumed.see(/^› And now$[^]*ready/m)
        yield* resumed.write(keys.ctrl("c"))
        yield* ask(resumed, "/undo")
        yield* choose(resumed, /Yes, undo it/)
        yield* resumed.see(/conversation\.[^]*^› Change a$[^]*ready/m)
        assert.strictEqual(readFileSync(a, "utf8"), "one\r\n")
        yield* resumed.write(keys.ctrl("c"))
        yield* ask(resumed, "/undo")
        yield* resumed.see("Nothing to undo")
        yield* ask(resumed, "From the start")
        yield* resumed.see("Anew.")
        assert.notInclude(yield* sent(sandbox, 7), "And now")
      }))

    it.scoped(`works after kill -9, and leaves a file that has changed since (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { launch, project, terminal: killed } = yield* start({
          columns,
          rows,
          inProject: true,
          config: allowed,
          script: [
            { blocks: [call("1", "write", { path: "a.txt", content: "a" })] },
            { blocks: [call("2", "write", { path: "b.txt", content: "b" })] },
            { blocks: [says("Created both.")] }
          ]
        })
        yield* ask(killed, "Create both")
        yield* killed.see(/Created both\.[^]*ready/)
        process.kill(killed.pid, "SIGKILL")
        yield* killed.exited
        const terminal = yield* launch(["--continue"])
        yield* terminal.see(/Created both\.[^]*ready/)
        writeFileSync(join(project, "a.txt"), "mine")
        yield* ask(terminal, "/undo")
        yield* choose(terminal, /Yes, and leave 1 file as it is/)
        yield* terminal.see(/conversation\.[^]*^› Create both$[^]*ready/m)
        const text = terminal.everything().replace(/\s+/g, " ")
        assert.include(text, "keep a.txt: something else has changed it since")
        assert.include(text, "a.txt was left as it is: something else has changed it since.")
        assert.strictEqual(readFileSync(join(project, "a.txt"), "utf8"), "mine")
        assert.isFalse(existsSync(join(project, "b.txt")))
      }))
  }

  it.scoped("waits until the turn is stopped", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        inProject: true,
        config: allowed,
        script: [
          { blocks: [call("1", "write", { path: "a.txt", content: "a" })] },
          { blocks: [says("Hello.")], faults: [{ type: "stall", afterEvents: 1 }] }
        ]
      })
      yield* ask(terminal, "Create a")
      yield* terminal.see("a.txt")
      yield* ask(terminal, "/undo")
      yield* terminal.see(/Stop first, then undo[^]*esc: stop/)
      yield* terminal.write(keys.escape)
      yield* terminal.see(/Interrupted[^]*ready/)
      yield* ask(terminal, "/undo")
      yield* choose(terminal, /Yes, undo it/)
      yield* terminal.see(/conversation\.[^]*^› Create a$[^]*ready/m)
    }))
})
