import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const env = { AWS_BEARER_TOKEN_BEDROCK: "custom-token" }

interface Body {
  readonly system: ReadonlyArray<{ readonly text?: string }>
  readonly messages: ReadonlyArray<{ readonly content: ReadonlyArray<{ readonly text?: string }> }>
  readonly toolConfig: { readonly tools: ReadonlyArray<{ readonly toolSpec?: { readonly name: string } }> }
}

const call = (name: string, input: Record<string, unknown>) => ({
  blocks: [{ type: "toolUse" as const, toolUseId: name, name, input }]
})
const done = { blocks: [{ type: "text" as const, text: "Done." }] }

/** A home directory and a project in it; `put` writes a file below the home directory. */
const start = (script: Sandbox.Options["script"] = [done, done], config: object = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), ...config })
    const cwd = join(home.home, "project")
    mkdirSync(join(cwd, ".git"), { recursive: true })
    const put = (file: string, text: string) => {
      mkdirSync(dirname(join(home.home, file)), { recursive: true })
      writeFileSync(join(home.home, file), text)
    }
    const bodies = Effect.map(sandbox.requests, (all) => all.map(({ body }) => body as Body))
    const prompts = Effect.map(bodies, (all) => all.map(({ messages }) => messages[0]!.content[0]!.text))
    const run = (...args: ReadonlyArray<string>) => home.run(args, { cwd, env })
    return { home, cwd, put, run, bodies, prompts }
  })

const shellCommand = "---\ndescription: Tell the time\n---\nIt is !`touch ran; echo $1`."

layer(NodeContext.layer)("run --command", (it) => {
  it.scoped("sends the command's text with the arguments, from each place where commands can be", () =>
    Effect.gen(function*() {
      const places = [
        ".config/altimate-code/commands/one.md",
        ".config/opencode/command/two.md",
        ".claude/commands/three.md",
        "project/.altimate-code/commands/four.md",
        "project/.opencode/command/five.md",
        "project/.claude/commands/front/six.md"
      ]
      const { prompts, put, run } = yield* start(places.map(() => done))
      for (const place of places) put(place, `${place}: $1, $ARGUMENTS`)
      for (const name of ["one", "two", "three", "four", "/five", "front:six"]) {
        const { code, stderr, stdout } = yield* run("run", "--command", name, "a", "b c")
        assert.deepStrictEqual([code, stdout, stderr], [0, "Done.\n", ""])
      }
      assert.deepStrictEqual(yield* prompts, places.map((place) => `${place}: a, a b c`))
    }))

  it.scoped("is what the first word of a prompt does, too, as on the screen", () =>
    Effect.gen(function*() {
      const { bodies, prompts, put, run } = yield* start([done, done, done])
      put("project/.altimate-code/commands/review.md", "Review $1 for $2.")
      for (const prompt of [["/review src/cart.js 'off by one'"], ["/review", "src/cart.js", "off by one"]]) {
        const { code, stderr } = yield* run("run", ...prompt)
        assert.deepStrictEqual([code, stderr], [0, ""])
      }
      // A path is not a command, whether or not it exists.
      yield* run("run", "/etc is a directory")
      assert.deepStrictEqual(yield* prompts, [
        "Review src/cart.js for off by one.",
        "Review src/cart.js for off by one.",
        "/etc is a directory"
      ])
      const unknown = yield* run("run", "/reviews src/cart.js")
      assert.strictEqual(unknown.code, 2)
      assert.include(
        unknown.stderr,
        "error: There is no custom command \"reviews\".\nDid you mean review? To send the text"
      )
      assert.lengthOf(yield* bodies, 3)
    }))

  it.scoped("says which settings have no effect and which files are left out, and suggests a name for one that does not exist", () =>
    Effect.gen(function*() {
      const { prompts, put, run } = yield* start()
      put("project/.claude/commands/review.md", "---\nmodel: haiku\nallowed-tools: Bash(git:*)\n---\nReview.")
      put("project/.claude/commands/broken.md", "---\n---\n")
      const reviewed = yield* run("run", "--command", "review")
      assert.strictEqual(reviewed.code, 0)
      assert.include(reviewed.stderr, "note: /review: model, allowed-tools in ")
      assert.include(reviewed.stderr, "have no effect here")
      assert.include(reviewed.stderr, "broken.md is left out")
      const { code, stderr } = yield* run("run", "--command", "reviews")
      assert.strictEqual(code, 2)
      for (const words of ["There is no custom command \"reviews\"", "Did you mean review?", "broken.md is left out"]) {
        assert.include(stderr, words)
      }
      assert.deepStrictEqual(yield* prompts, ["Review."])
    }))

  it.scoped("runs a project's command lines only after the user has trusted this version, and by the rules", () =>
    Effect.gen(function*() {
      const { cwd, prompts, put, run } = yield* start()
      const file = "project/.altimate-code/commands/time.md"
      put(file, shellCommand)
      const untrusted = yield* run("run", "--yolo", "--command", "time", "12")
      assert.strictEqual(untrusted.code, 2)
      for (const words of ["touch ran; echo $1", "altimate-code trust", "Nothing was run or sent"]) {
        assert.include(untrusted.stderr, words)
      }
      assert.isFalse(existsSync(join(cwd, "ran")))

      const { stdout } = yield* run("trust")
      assert.include(stdout, `/time (${join(cwd, ".altimate-code/commands/time.md")}) runs:\n    touch ran; echo $1\n`)
      assert.include((yield* run("trust")).stdout, "Nothing here needs your trust.")
      const refused = yield* run("run", "--command", "time", "12")
      assert.strictEqual(refused.code, 2)
      assert.include(refused.stderr, "/time was not sent: its command \"touch ran; echo 12\" may not run.")
      assert.isFalse(existsSync(join(cwd, "ran")))
      assert.deepStrictEqual(yield* prompts, [])

      assert.strictEqual((yield* run("run", "--yolo", "--command", "time", "12")).code, 0)
      assert.isTrue(existsSync(join(cwd, "ran")))
      put(file, `${shellCommand} `)
      assert.strictEqual((yield* run("run", "--yolo", "--command", "time", "13")).code, 2)
      assert.strictEqual((yield* run("run", "--yolo", "--trust-project", "--command", "time", "14")).code, 0)
      assert.deepStrictEqual(yield* prompts, ["It is 12.", "It is 14."])
    }))

  it.scoped("runs the user's own command lines by the rules, and sends what failed", () =>
    Effect.gen(function*() {
      const { prompts, put, run } = yield* start([done], {
        permission: { bash: { "echo *": "allow", "exit *": "allow" } }
      })
      put(".config/altimate-code/commands/mine.md", "[!`echo $ARGUMENTS`] [!`exit 3`]")
      const { code, stderr } = yield* run("run", "--command", "mine", "$(touch x)")
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.deepStrictEqual(yield* prompts, ["[$(touch x)] [(no output)\n(exit code 3)]"])
    }))

  it.scoped("runs nothing if an argument could become a command", () =>
    Effect.gen(function*() {
      const { cwd, prompts, put, run } = yield* start()
      put(".config/altimate-code/commands/mine.md", "[!`echo \"$(basename \"$1\")\"`]")
      const { code, stderr } = yield* run("run", "--yolo", "--command", "mine", "$(touch ran)")
      assert.strictEqual(code, 2)
      assert.match(stderr, /could become a command\.\n.*two command lines/)
      assert.isFalse(existsSync(join(cwd, "ran")))
      assert.isEmpty(yield* prompts)
    }))

  it.scoped("runs no command line in plan mode, and suggests another mode", () =>
    Effect.gen(function*() {
      const { cwd, prompts, put, run } = yield* start()
      put(".config/altimate-code/commands/mine.md", "[!`touch ran`]")
      const { code, stderr } = yield* run("run", "--yolo", "--mode", "plan", "--command", "mine")
      assert.strictEqual(code, 2)
      assert.match(stderr, /plan mode is on[^]*--mode ask/)
      assert.notInclude(stderr, "--yolo")
      assert.isFalse(existsSync(join(cwd, "ran")))
      assert.isEmpty(yield* prompts)
    }))
})

const skill = "---\nname: release\ndescription: How to make a release\n---\nRead steps.md."

/** The text of the result that the request sends back. */
const results = (body: Body): string => JSON.stringify(body.messages.at(-1))

layer(NodeContext.layer)("A skill", (it) => {
  it.scoped("is in the system prompt, and is loaded with the files next to it without a question", () =>
    Effect.gen(function*() {
      const own = [".config/altimate-code/skills", ".agents/skills", ".claude/skills"]
      const ofProject = ["project/.altimate-code/skills", "project/.agents/skills", "project/.claude/skills"]
      for (const place of [...own, ...ofProject]) {
        const steps = own.includes(place)
          ? `~/${place}/release/steps.md`
          : `${place.slice("project/".length)}/release/steps.md`
        const { bodies, put, run } = yield* start([
          call("skill", { name: "release" }),
          call("read", { path: steps }),
          done
        ])
        put(`${place}/release/SKILL.md`, skill)
        put(`${place}/release/steps.md`, "Tag it.")
        const { code, stderr } = yield* run("run", "go")
        assert.strictEqual(code, 0, stderr)
        const [first, second, third] = yield* bodies
        assert.include(first!.system.map(({ text }) => text).join(""), "\n- release: How to make a release")
        assert.include(results(second!), "Read steps.md.", place)
        assert.include(results(second!), `${place}/release. Paths in it are relative`)
        assert.include(results(third!), "Tag it.", place)
      }
    }))

  it.scoped("can be denied by a rule, and there is no tool without skills", () =>
    Effect.gen(function*() {
      const denied = yield* start([call("skill", { name: "release" }), done], {
        permission: { skill: { "rel*": "deny" } }
      })
      denied.put(".agents/skills/release/SKILL.md", skill)
      const { stderr } = yield* denied.run("run", "go")
      assert.notInclude(stderr, "no tool has that name")
      const [first, second] = yield* denied.bodies
      assert.include(results(second!), "This is not allowed")
      const none = yield* start()
      yield* none.run("run", "go")
      const names = ({ toolConfig }: Body) => toolConfig.tools.map(({ toolSpec }) => toolSpec?.name)
      assert.include(names(first!), "skill")
      assert.notInclude(names((yield* none.bodies)[0]!), "skill")
    }))

  it.scoped("is left out with a notice if it is malformed, and with the project's instructions if those are turned off", () =>
    Effect.gen(function*() {
      const { bodies, cwd, home, put, run } = yield* start()
      put("project/.agents/skills/release/SKILL.md", skill)
      put("project/.agents/skills/vague/SKILL.md", "---\nname: vague\n---\n")
      const { stderr } = yield* run("run", "go")
      assert.include(
        stderr,
        `note: The skill ${join(cwd, ".agents/skills/vague/SKILL.md")} is left out: it has no description`
      )
      const off = { ...env, ALTIMATE_CLI_DISABLE_PROJECT_CONFIG: "true" }
      assert.strictEqual((yield* home.run(["run", "go"], { cwd, env: off })).stderr, "")
      const [on, without] = (yield* bodies).map(({ system }) => JSON.stringify(system))
      assert.include(on, "release")
      assert.notInclude(without, "release")
    }))
})

layer(NodeContext.layer)("The todo tool", (it) => {
  const todos = [{ content: "Read", status: "completed" }, { content: "Write", status: "in_progress" }]

  it.scoped("stores the list in the session, without a question even where everything is denied", () =>
    Effect.gen(function*() {
      const { bodies, run } = yield* start([call("todo", { todos }), done, done], { permission: "deny" })
      const { code, stderr } = yield* run("run", "go")
      assert.strictEqual(code, 0, stderr)
      assert.include(stderr, "1 of 2 done")
      yield* run("run", "--continue", "go on")
      const [, second, third] = yield* bodies
      assert.include(results(second!), "[x] Read\\n[>] Write")
      assert.include(JSON.stringify(third!.messages), JSON.stringify(todos[1]))
    }))
})
