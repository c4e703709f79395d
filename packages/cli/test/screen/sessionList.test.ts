/** What can be done with the selected session of `/sessions`. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keys } from "../Terminal.ts"
import { ask, says, start } from "./ScreenOnSandbox.ts"

const alpha = "20261101-100000-aaaa"
const beta = "20261101-110000-bbbb"

const line = (value: unknown) => `${JSON.stringify(value)}\n`

/** A session with a title and no prompt. */
const text = (id: string, title: string, directory: string) => {
  const time = `2026-11-01T${id.slice(9, 11)}:00:00.000Z`
  return line({ type: "session", version: 1, id, directory, time }) + line({ type: "title", title, time })
}

layer(NodeContext.layer)("The list of sessions", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`renames, copies and deletes the selected one (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { home, launch, project, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          config: { keybinds: { session_rename: "ctrl+t" } },
          script: [{ blocks: [says("The answer.")] }]
        })
        const directory = join(home.home, ".local/share/altimate-code/session")
        mkdirSync(directory, { recursive: true, mode: 0o700 })
        writeFileSync(join(directory, `${alpha}.jsonl`), text(alpha, "Alpha", project), { mode: 0o600 })
        writeFileSync(join(directory, `${beta}.jsonl`), text(beta, "Beta", project), { mode: 0o600 })
        const stored = () => readdirSync(directory).filter((name) => name.endsWith(".jsonl"))
        const titles = () => stored().map((name) => readFileSync(join(directory, name), "utf8")).join("")

        yield* ask(terminal, "Question")
        yield* terminal.see(/The answer\.[^]*ready/)
        yield* ask(terminal, "/sessions")
        const list = yield* terminal.see(/^› Question .*current/m)
        assert.match(list.replace(/\s+/g, " "), /ctrl-t: rename · ctrl-d: delete · ctrl-f: copy/)

        // The session that is open.
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/this session is open, so/)
        yield* terminal.write("Bet")
        yield* terminal.see(/^› Beta/m)
        yield* terminal.write(keys.ctrl("t"))
        yield* terminal.see("Title of the session")
        yield* terminal.write(`${keys.ctrl("u")}Better${keys.enter}`)
        yield* terminal.see(/^› Better/m)
        assert.include(titles(), "\"Better\"")

        yield* terminal.write(keys.ctrl("f"))
        yield* terminal.see(/Better \(copy\)/)
        assert.lengthOf(stored(), 4)

        // Enter alone keeps it.
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/› No, keep it/)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/^› Better/m)
        assert.lengthOf(stored(), 4)
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/› No, keep it/)
        yield* terminal.write(keys.down)
        yield* terminal.see(/› Yes, delete it/)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/Deleted session/)
        yield* terminal.see(/^› Better/m)
        assert.lengthOf(stored(), 3)

        // One that another process has open.
        const other = yield* launch(["--session", alpha])
        yield* other.see(/tokens · ready|% · ready/)
        yield* terminal.write(`${keys.ctrl("u")}Alp`)
        yield* terminal.see(/^› Alpha/m)
        yield* terminal.write(keys.ctrl("d"))
        yield* terminal.see(/› No, keep it/)
        yield* terminal.write(keys.down)
        yield* terminal.see(/› Yes, delete it/)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/^› Alpha/m)
        yield* terminal.see(/open in/)
        assert.include(terminal.everything(), `process ${other.pid}`)
        assert.lengthOf(stored(), 3)
      }))
  }
})
