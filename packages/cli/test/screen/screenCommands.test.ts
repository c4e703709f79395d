import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keys } from "../Terminal.ts"
import { ask, says, sent, start } from "./ScreenOnSandbox.ts"

layer(NodeContext.layer)("Commands of the screen", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`copy, export, fork and compare (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { project, sandbox, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          script: [{ blocks: [says("The answer.")] }, { blocks: [says("Written.")] }]
        })
        const run = (command: string) => Effect.zipRight(terminal.write(command), terminal.write(keys.enter))
        const git = (...args: ReadonlyArray<string>) =>
          spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd: project })
        yield* run("/diff")
        yield* terminal.see(/could not be\s+shown:\s+fatal:\s+not a git/, 20)
        git("init", "-q")
        writeFileSync(join(project, "a.txt"), "one\n")
        git("add", "a.txt")
        git("commit", "-q", "-m", "a")
        // A filter of the repository's own, which must not run.
        writeFileSync(join(project, ".git/info/attributes"), "a.txt filter=a=b\n")
        git("config", "filter.a=b.clean", "touch ran; cat")
        git("config", "filter.a=b.required", "true")
        writeFileSync(join(project, "a.txt"), "two\n")
        writeFileSync(join(project, "new.txt"), "")
        yield* run("/diff")
        yield* terminal.see(/^  new\.txt/m, 20)
        assert.isFalse(existsSync(join(project, "ran")))
        assert.match(terminal.everything(), /diff a\.txt · \+1 −1\s[^]*- one\s[^]*\+ two\s[^]*  new\.txt/)

        yield* ask(terminal, "Question")
        yield* terminal.see(/The answer\.[^]*ready/)
        yield* run("/copy")
        yield* terminal.see(/terminal's\s+clipboard/, 20)
        assert.include(terminal.raw(), `\u001b]52;c;${Buffer.from("The answer.").toString("base64")}\u0007`)
        yield* run("/export one.md")
        yield* terminal.see("exported", 20)
        assert.include(readFileSync(join(project, "one.md"), "utf8"), "The answer.")
        yield* run("/fork")
        yield* terminal.see(/This is a copy of/, 20)
        yield* run("/modle")
        yield* terminal.see(/Did you mean \/model\?/, 20)
        yield* run("/model haiku")
        yield* terminal.see(/› Claude Haiku[^]*haiku  [^]*type to/, 20)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/Model: Claude Haiku/, 20)
        yield* run("/init")
        yield* terminal.see(/Written\.[^]*ready/)
        assert.include(yield* sent(sandbox, 1), "Write an AGENTS.md")
        assert.include(yield* sent(sandbox, 1), "The answer.")
      }))
  }
})
