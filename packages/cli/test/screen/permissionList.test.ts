/** `/permissions`: what runs without a question, and taking it back. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keys } from "../Terminal.ts"
import { ask, call, says, start, untilAnswerable } from "./ScreenOnSandbox.ts"

const bash = (id: string, command: string) => call(id, "bash", { command })

layer(NodeContext.layer)("/permissions", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`takes back what was allowed always and for the session (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { home, launch, terminal: first } = yield* start({
          inProject: true,
          columns,
          rows,
          script: [
            { blocks: [bash("1", "touch a")] },
            { blocks: [bash("2", "mkdir b")] },
            { blocks: [says("Both done.")] },
            { blocks: [bash("3", "touch a")] },
            { blocks: [bash("4", "mkdir b")] },
            { blocks: [says("Nothing done.")] }
          ]
        })
        yield* first.write(keys.ctrl("d"))
        yield* first.exited
        const config = join(home.home, ".config/altimate-code/altimate-code.json")
        const written = JSON.parse(readFileSync(config, "utf8")) as object
        const before = `// mine\n${
          JSON.stringify({ ...written, permission: { bash: { "*": "ask" } } }, null, 2).replace(
            "\"ask\"",
            "\"ask\" // all"
          )
        }\n`
        writeFileSync(config, before)
        const terminal = yield* launch([], {
          env: { ALTIMATE_CLI_PERMISSION: JSON.stringify({ bash: { "ls *": "allow" } }) }
        })
        yield* terminal.see(/· ready/)

        yield* ask(terminal, "Go")
        yield* terminal.see(/Allow this command\?/)
        yield* untilAnswerable(terminal)
        yield* terminal.write("a")
        yield* terminal.see(/mkdir b/)
        yield* untilAnswerable(terminal)
        yield* terminal.write("s")
        yield* terminal.see(/Both done\.[^]*ready/)
        assert.include(readFileSync(config, "utf8"), "\"touch *\": \"allow\"")

        yield* ask(terminal, "/permissions")
        const list = yield* terminal.see(/Allowed without a question[^]*ctrl-d: remove/)
        assert.match(list, /^› bash mkdir \* +in this session/m)
        assert.match(list, /bash touch \* +~\/\.config/)
        // The session has no grant that would outlast the rule.
        assert.notMatch(list, /bash touch \* +in this session/)
        assert.match(list, /bash ls \* +can't be remo/)
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/^› bash ls \*/m)
        assert.match(terminal.everything(), /No longer allowed: bash\s+mkdir \*/)
        yield* terminal.write("touch")
        yield* terminal.see(/^› bash touch \*/m)
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/No matches\./)
        assert.match(terminal.everything(), /No longer allowed: bash\s+touch \*/)
        assert.strictEqual(readFileSync(config, "utf8"), before)
        // A rule of the environment stays.
        yield* terminal.write(keys.ctrl("u"))
        yield* terminal.see(/^› bash ls \*/m)
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/remove it in ALTIMATE/)
        yield* terminal.write(keys.escape)
        yield* terminal.gone("ctrl-d: remove")

        // Both commands are asked about again.
        yield* ask(terminal, "Again")
        for (const command of ["touch a", "mkdir b"]) {
          yield* terminal.see(new RegExp(`Allow this command\\?[^]*${command}`))
          yield* untilAnswerable(terminal)
          yield* terminal.write("n")
        }
        yield* terminal.see(/Nothing done\.[^]*ready/)
      }))
  }
})
