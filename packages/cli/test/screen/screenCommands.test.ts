import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
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
        yield* terminal.see(/Copied\s+session [\d-]+\w+\.\s+You are\s+now\s+in the copy/, 20)
        yield* run("/sessions")
        yield* terminal.see(/^› Question \(copy\) .*current/m, 20)
        yield* terminal.write(keys.escape)
        yield* terminal.gone("esc: back")
        yield* run("/rename Docker work")
        yield* terminal.see(/Session renamed:\s+Docker work/, 20)
        yield* run("/export nowhere/one.md")
        yield* terminal.see(/nowhere\s+does\s+not\s+exist/, 20)
        assert.isFalse(existsSync(join(project, "nowhere")))
        yield* run("/modle")
        yield* terminal.see(/Did you mean \/model\?/, 20)
        yield* run("/model haiku")
        yield* terminal.see(/› Claude Haiku[^]*filter: haiku · /, 20)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/Model: Claude Haiku/, 20)
        yield* run("/init")
        yield* terminal.see(/Written\.[^]*ready/)
        assert.include(yield* sent(sandbox, 1), "Write an AGENTS.md")
        assert.include(yield* sent(sandbox, 1), "The answer.")
      }))
  }

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`an unknown one is never sent, and a new one is found (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { project, sandbox, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          script: [{ blocks: [says("Reviewed.")] }, { blocks: [says("It is full.")] }]
        })
        yield* terminal.write("/review")
        yield* terminal.write(` a.js${keys.enter}`)
        yield* terminal.see(/Unknown command:\s+\/review[^]*ready/)
        yield* terminal.write("/login now")
        yield* terminal.write(keys.enter)
        yield* terminal.see(/Use altimate-code\s+auth\s+login/)
        assert.isEmpty((yield* sandbox.requests).filter(({ method }) => method === "POST"))

        mkdirSync(join(project, ".claude/commands"), { recursive: true })
        writeFileSync(join(project, ".claude/commands/review.md"), "Review $1 carefully.")
        yield* terminal.write("/")
        yield* terminal.write("rev")
        yield* terminal.see(/› \/review/)
        yield* terminal.write(keys.tab)
        yield* terminal.write(`a.js${keys.enter}`)
        yield* terminal.see(/Reviewed\.[^]*ready/)
        assert.include(yield* sent(sandbox, 0), "Review a.js carefully.")

        // The name of a directory is no command.
        yield* terminal.write("/tmp is full")
        yield* terminal.write(keys.enter)
        yield* terminal.see(/It is full\.[^]*ready/)
      }))
  }

  it.scoped("/skills lists them, or where they can be", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({ inProject: true })
      yield* terminal.write("/skills")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/No skills found\.[^]*~\/\.config\/altimate-code\/skills/)
      mkdirSync(join(project, ".claude/skills/release"), { recursive: true })
      writeFileSync(
        join(project, ".claude/skills/release/SKILL.md"),
        "---\nname: release\ndescription: Make a release\n---\nDo."
      )
      mkdirSync(join(project, ".git"))
      yield* terminal.write("/skills")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/^ {2}release {2}Make a release/m)
    }))

  it.scoped("/new lets other processes open the session that the screen was started with", () =>
    Effect.gen(function*() {
      const { home, launch, terminal } = yield* start({ inProject: true, script: [{ blocks: [says("Hello.")] }] })
      yield* ask(terminal, "Question")
      yield* terminal.see(/Hello\.[^]*ready/)
      const [id = ""] = readdirSync(join(home.home, ".local/share/altimate-code/session"))
        .filter((name) => name.endsWith(".jsonl")).map((name) => name.slice(0, -".jsonl".length))
      yield* ask(terminal, "/new")
      yield* terminal.see(/\/help lists commands[^]*ready/)
      const second = yield* launch(["--session", id])
      yield* second.see(/Resumed session[^]*ready/)
      // And this one can return to it once it is free.
      yield* ask(second, "/exit")
      yield* second.exited
      yield* ask(terminal, `/sessions ${id}`)
      yield* terminal.see(/Resumed session/)
    }))
})
