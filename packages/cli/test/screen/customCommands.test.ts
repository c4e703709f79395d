import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"
import { ask, call, says, sent, token, untilAnswerable } from "./ScreenOnSandbox.ts"

/** The screen in a project with these files; paths are below the home directory. */
const start = (
  script: Script,
  files: Record<string, string> = {},
  size: { readonly columns?: number; readonly rows?: number } = {}
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), permission: { bash: { "echo *": "allow" } } })
    const project = join(home.home, "project")
    mkdirSync(project)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home.home, file)), { recursive: true })
      writeFileSync(join(home.home, file), text)
    }
    const launch = (args: ReadonlyArray<string> = []) =>
      open(args, { home: home.home, cwd: project, env: { CI: "true", ...token }, ...size })
    const terminal = yield* launch()
    yield* terminal.see("ready")
    return { sandbox, project, terminal, launch }
  })

const review = "---\ndescription: Review a branch\nargument-hint: [branch]\n---\nReview $1 of !`echo $1; touch ran`."

layer(NodeContext.layer)("A custom command on the screen", (it) => {
  it.scoped("is in the menu, waits for trust and then for the rules, and sends its prompt", () =>
    Effect.gen(function*() {
      const { project, sandbox, terminal } = yield* start([{ blocks: [says("One.")] }, { blocks: [says("Two.")] }], {
        "project/.claude/commands/git/review.md": review,
        "project/.claude/commands/model.md": "Mine."
      })
      yield* terminal.see(/model\.md\s+is\s+left\s+out:\s+\/model\s+is\s+a\s+built-in\s+command/)
      yield* terminal.write("/rev")
      yield* terminal.see(/\/git:review +\[branch\] {2}Review a branch/)
      yield* terminal.write("\t")
      yield* terminal.see("/git:review ")
      yield* terminal.write(`main${keys.enter}`)
      yield* terminal.see(/Allow this project command\?[^]*echo \$1; touch ran/)
      yield* untilAnswerable(terminal)
      yield* terminal.write("y")
      yield* terminal.see(/Allow this command\?[^]*echo main; touch ran/)
      assert.isFalse(existsSync(join(project, "ran")))
      yield* untilAnswerable(terminal)
      yield* terminal.write("y")
      yield* terminal.see(/One\.[^]*ready/)
      assert.isTrue(existsSync(join(project, "ran")))
      assert.include(yield* sent(sandbox, 0), "Review main of main.")

      // It is trusted now, but its command line still needs permission.
      yield* ask(terminal, "/git:review dev")
      yield* terminal.see(/Allow this command\?[^]*echo dev; touch ran/)
      yield* untilAnswerable(terminal)
      yield* terminal.write("n")
      yield* terminal.see(/was not sent: its command .* may not run\. The user declined\.[^]*ready/)
      assert.strictEqual((yield* sandbox.requests).length, 1)
    }))

  it.scoped("of the project can't let the model read a secret file, but the user's arguments and own commands can", () =>
    Effect.gen(function*() {
      const read = { blocks: [call("1", "read", { path: ".env" })] }
      const { terminal } = yield* start([read, { blocks: [says("One.")] }, read, { blocks: [says("Two.")] }], {
        "project/.env": "SECRET=1",
        "project/.altimate-code/commands/theirs.md": "Look at @.env.",
        ".config/altimate-code/commands/mine.md": "Look at @.env."
      })
      yield* ask(terminal, "/theirs")
      yield* terminal.see(/may contain secrets[^]*waiting for you/)
      yield* untilAnswerable(terminal)
      yield* terminal.write("n")
      yield* terminal.see(/One\.[^]*ready/)
      yield* ask(terminal, "/mine")
      yield* terminal.see(/the model may read it in this session[^]*Two\.[^]*ready/)
    }))

  it.scoped("returns to the input as it was typed when its turn is undone", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start([{ blocks: [says("One.")] }], {
        "project/.altimate-code/commands/theirs.md": "Look at @.env."
      })
      yield* ask(terminal, "/theirs now")
      yield* terminal.see(/One\.[^]*ready/)
      yield* ask(terminal, "/undo")
      yield* terminal.see(/^› No$/m)
      // The question ignores keys for a moment.
      yield* terminal.write(keys.down).pipe(
        Effect.zipRight(terminal.see(/^› Yes, undo it/m, 0.1)),
        Effect.retry({ times: 200 })
      )
      yield* terminal.write(keys.enter)
      yield* terminal.see(/conversation\.[^]*^› \/theirs now$[^]*ready/m)
    }))
})

layer(NodeContext.layer)("The list of steps", (it) => {
  const steps = (status: string) => [
    { content: "Read the code", status: "completed" },
    { content: "Write the test", status },
    { content: "Mend it", status: "pending" }
  ]

  it.scoped("is above the prompt while a turn runs, and after the session is resumed", () =>
    Effect.gen(function*() {
      const wait = { blocks: [call("2", "bash", { command: "sleep 1" })] }
      const { launch, terminal } = yield* start([
        { blocks: [call("1", "todo", { todos: steps("in_progress") })] },
        wait,
        { blocks: [says("One.")] },
        wait,
        { blocks: [says("Two.")] }
      ])
      yield* ask(terminal, "go")
      yield* terminal.see(
        /todo Write the test.*1 of 3 done[^]*✓ Read the code\n› Write the test\n· Mend it\n[^]*Allow this/
      )
      yield* untilAnswerable(terminal)
      yield* terminal.write("n")
      const end = yield* terminal.see(/One\.[^]*ready/)
      assert.notInclude(end, "· Mend it")
      yield* ask(terminal, "/exit")
      yield* terminal.see("To resume this session")

      const resumed = yield* launch(["--continue"])
      yield* resumed.see("ready")
      yield* ask(resumed, "go on")
      yield* resumed.see(/✓ Read the code\n› Write the test\n· Mend it\n[^]*Allow this/)
    }))

  it.scoped("shows the current step on a small terminal", () =>
    Effect.gen(function*() {
      const many = Array.from({ length: 20 }, (_, index) => ({
        content: `Step ${index}`,
        status: index < 9 ? "completed" : index === 9 ? "in_progress" : "pending"
      }))
      const { terminal } = yield* start(
        [{ blocks: [call("1", "todo", { todos: many })] }, { blocks: [says("One.")], delays: { firstEvent: 3000 } }],
        {},
        { columns: 40, rows: 12 }
      )
      yield* ask(terminal, "go")
      yield* terminal.see(/› Step 9/)
    }))
})
