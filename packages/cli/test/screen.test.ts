import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeHome } from "./BuiltCli.ts"
import { ask, call, read, says, sent, start, token } from "./ScreenOnSandbox.ts"
import { keys, open } from "./Terminal.ts"

layer(NodeContext.layer)("the screen", (it) => {
  it.scoped("says which model answers, where, and with which credential; leaving says how to come back", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({ script: [{ blocks: [says("Hel", "lo.")] }], columns: 160 })
      const screen = terminal.screen()
      for (
        const part of [
          "Amazon Bedrock",
          "Claude Sonnet 4.6",
          "us.anthropic.claude-sonnet-4-6-v1",
          "us-east-1",
          new URL(sandbox.url).host,
          "bearer token",
          "context 0%"
        ]
      ) assert.include(screen, part)
      yield* ask(terminal, "Say hello")
      yield* terminal.see("Hello.")
      yield* terminal.see("ready")
      assert.match(terminal.screen(), /[1-9][\d.]*k? tokens · <?\$0\.\d\d/)
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/ctrl-c/i)
      yield* terminal.write(keys.ctrl("c"))
      assert.strictEqual(yield* terminal.exited, 0)
      assert.match(terminal.everything(), /altimate-code --session \d{8}-\d{6}-\w{4}/)
      assert.notInclude(terminal.raw(), "screen-token")
    }))

  it.scoped("streams Markdown as it comes, and folds reasoning", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        script: [{
          blocks: [
            { type: "reasoning", text: "Let me think about rivers.", signature: "s" },
            says("# Rivers\n\n", "The **Rhine** ", "is long.\n\n", "| a | b |\n|---|---|\n| 1 | 2 |\n\n", "The end.")
          ],
          delays: { betweenEvents: 400 }
        }]
      })
      yield* ask(terminal, "Tell me")
      const early = yield* terminal.see("is long")
      assert.notInclude(early, "The end.")
      const late = yield* terminal.see("The end.")
      assert.notInclude(late, "**")
      assert.notInclude(late, "about rivers")
      assert.match(late, /thought/)
      yield* terminal.see("ready")
      yield* terminal.write(keys.ctrl("o"))
      yield* terminal.write(keys.enter)
      yield* terminal.see("about rivers")
    }))

  it.scoped("shows exactly what an edit will change, and makes it when it is allowed", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({
        inProject: true,
        script: [
          { blocks: [call("1", "read", { path: "a.txt" })] },
          { blocks: [call("2", "edit", { path: "a.txt", oldText: "two", newText: "zwei" })] },
          { blocks: [says("Changed.")] }
        ]
      })
      const file = join(project, "a.txt")
      writeFileSync(file, "one\ntwo\nthree\n")
      yield* ask(terminal, "Translate two")
      const question = yield* terminal.see(/Yes, once/)
      assert.match(question, /two/)
      assert.match(question, /\+.*zwei/)
      assert.strictEqual(readFileSync(file, "utf8"), "one\ntwo\nthree\n")
      yield* terminal.write("y")
      yield* terminal.see("Changed.")
      assert.strictEqual(readFileSync(file, "utf8"), "one\nzwei\nthree\n")
    }))

  it.scoped("takes no, with a word to the model, and runs nothing", () =>
    Effect.gen(function*() {
      const { home, sandbox, terminal } = yield* start({
        script: [{ blocks: [call("1", "bash", { command: "touch ran" })] }, { blocks: [says("Then not.")] }]
      })
      yield* ask(terminal, "Do it")
      yield* terminal.see(/touch ran[^]*Yes, once/)
      yield* terminal.write("e")
      yield* terminal.gone("Yes, once")
      yield* terminal.write("use make instead")
      yield* terminal.see("use make instead")
      yield* terminal.write(keys.enter)
      yield* terminal.see("Then not.")
      assert.include(yield* sent(sandbox, 1), "use make instead")
      assert.isFalse(existsSync(join(home.home, "ran")))
    }))

  it.scoped("remembers what is always allowed: in the session, or in the configuration", () =>
    Effect.gen(function*() {
      const run = (id: string, command: string) => ({ blocks: [call(id, "bash", { command })] })
      const { home, terminal } = yield* start({
        script: [
          run("1", "echo one"),
          run("2", "echo two"),
          run("3", "pwd"),
          { blocks: [says("All ran.")] }
        ]
      })
      yield* ask(terminal, "Go")
      yield* terminal.see(/echo one[^]*Yes, once/)
      yield* terminal.write("s")
      yield* terminal.see(/Allow this command[^]*pwd[^]*Yes, once/)
      yield* read
      yield* terminal.write("a")
      yield* terminal.see("altimate-code.json")
      yield* terminal.write(keys.enter)
      yield* terminal.see("All ran.")
      const config = JSON.parse(readFileSync(join(home.home, ".config/altimate-code/altimate-code.json"), "utf8")) as {
        permission?: { bash?: Record<string, string> }
      }
      assert.deepStrictEqual(Object.values(config.permission?.bash ?? {}), ["allow"])
    }))

  it.scoped("stops at esc, keeps what came, and goes on", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({
        script: [
          { blocks: [says("This is the beginning", " and this the end")], faults: [{ type: "stall", afterEvents: 2 }] },
          { blocks: [says("Going on.")] }
        ]
      })
      yield* ask(terminal, "Tell me a long story")
      yield* terminal.see("the beginning")
      yield* terminal.write(keys.escape)
      yield* sandbox.waitFor(([first]) => first?.aborted === true)
      yield* terminal.see("ready")
      assert.include(terminal.screen(), "the beginning")
      yield* ask(terminal, "Continue please")
      yield* sandbox.waitFor((requests) => requests.length === 2)
      assert.include(yield* sent(sandbox, 1), "the beginning")
    }))

  it.scoped("goes on with a session, and tells a second process that it is open", () =>
    Effect.gen(function*() {
      const { home, launch, sandbox, terminal } = yield* start({
        script: [{ blocks: [says("I will remember 42.")] }, { blocks: [says("It was 42.")] }]
      })
      yield* ask(terminal, "Remember 42")
      yield* terminal.see("I will remember 42.")
      yield* terminal.see("ready")
      const second = yield* home.run(["run", "-c", "hi"], { env: token })
      assert.strictEqual(second.code, 2)
      assert.match(second.stderr, new RegExp(`open in process ${terminal.pid}`))
      yield* terminal.write("/exit")
      yield* terminal.write(keys.enter)
      assert.strictEqual(yield* terminal.exited, 0)

      const again = yield* launch(["--continue"])
      yield* again.see("I will remember 42.")
      yield* ask(again, "What was it?")
      yield* again.see("It was 42.")
      assert.include(yield* sent(sandbox, 1), "Remember 42")
    }))

  it.scoped("takes many pasted lines as one piece", () =>
    Effect.gen(function*() {
      const { sandbox, terminal } = yield* start({ script: [{ blocks: [says("Long.")] }] })
      const pasted = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n")
      yield* terminal.write(keys.paste(pasted))
      const screen = yield* terminal.see(/pasted/)
      assert.match(screen, /40 lines/)
      assert.notInclude(screen, "line 17")
      yield* terminal.write(keys.enter)
      yield* terminal.see("Long.")
      assert.include(yield* sent(sandbox, 0), "line 38\\nline 39")
    }))

  it.scoped("has room from 40 to 400 columns, and follows a resize", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        script: [{
          blocks: [says("The quick brown fox jumps over the lazy dog, again and again and again. ".repeat(4))]
        }],
        columns: 40,
        rows: 20
      })
      yield* ask(terminal, "Speak")
      yield* terminal.see(/lazy[^]*ready/)
      for (const [columns, rows] of [[100, 30], [400, 40], [40, 12], [80, 24]] as const) {
        yield* terminal.resize(columns, rows)
        // Drawn at the new width: the answer, the empty input between two rules, the status.
        const rule = `─{${columns}}`
        const screen = yield* terminal.see(new RegExp(`lazy[^]*\\n${rule}\\n› *\\n${rule}\\n[^]*ready$`))
        assert.strictEqual(screen.match(/ready/g)?.length, 1, screen)
        yield* terminal.write("x")
        yield* terminal.see(/^› ?x *$/m)
        yield* terminal.write(keys.backspace)
        yield* terminal.see(/^› *$/m)
      }
    }))

  it.scoped("completes files and commands, runs the person's own commands, and queues what is typed meanwhile", () =>
    Effect.gen(function*() {
      const { home, sandbox, terminal } = yield* start({
        script: [
          { blocks: [says("one")], delays: { firstEvent: 4000 } },
          { blocks: [says("two")] },
          { blocks: [says("three")] }
        ]
      })
      writeFileSync(join(home.home, "unusual-name.txt"), "x")
      yield* terminal.write("!echo from the shell")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/exit code 0/)
      yield* terminal.see("from the shell")
      yield* ask(terminal, "first")
      yield* terminal.write("second")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/queue/i)
      yield* terminal.see("two")
      assert.include(yield* sent(sandbox, 0), "from the shell")
      yield* terminal.see("ready")
      yield* terminal.write("look at @unus")
      yield* terminal.see("unusual-name.txt")
      yield* terminal.write(keys.tab)
      yield* terminal.see("@unusual-name.txt")
      yield* terminal.write(keys.enter)
      yield* terminal.see("three")
      assert.include(yield* sent(sandbox, 2), "@unusual-name.txt")
      yield* terminal.write("/mo")
      yield* terminal.see("/model")
    }))

  it.scoped("without colour nothing is lost, and no colour code is written", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        inProject: true,
        script: [{ blocks: [call("1", "glob", { pattern: "*" })] }, { blocks: [says("**Done**")] }],
        env: { NO_COLOR: "1" }
      })
      yield* ask(terminal, "Look")
      yield* terminal.see(/Done/)
      // oxlint-disable-next-line no-control-regex
      assert.notMatch(terminal.raw(), /\u001b\[(?:[0-9;]*;)?(?:3[0-7]|9[0-7]|38|48|4[0-7])[;m]/)
    }))

  it.scoped("on its first start asks for a gateway, tries it, and stores what works", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1" })
      const home = yield* makeHome
      const terminal = yield* open([], { home: home.home })
      yield* terminal.see(/gateway/i)
      yield* terminal.write(sandbox.url)
      yield* terminal.see(sandbox.url)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/region/i)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/token/i)
      yield* terminal.write(keys.enter)
      yield* terminal.write("first-start-token")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/model/i)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/ready/)
      assert.notInclude(terminal.raw(), "first-start-token")
      const config = join(home.home, ".config/altimate-code/altimate-code.json")
      assert.include(readFileSync(config, "utf8"), sandbox.url)
      assert.include(readFileSync(home.authFile, "utf8"), "first-start-token")
      assert.strictEqual(statSync(home.authFile).mode & 0o777, 0o600)
      assert.strictEqual((yield* sandbox.requests)[0]!.headers["authorization"], "Bearer first-start-token")
    }))

  it.scoped("is not shown where there is no terminal", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const piped = yield* home.run([])
      assert.strictEqual(piped.code, 2)
      assert.match(piped.stderr, /terminal[^]*altimate-code run/)
      const dumb = yield* open([], { home: home.home, env: { TERM: "dumb" } })
      assert.strictEqual(yield* dumb.exited, 2)
      assert.match(dumb.everything(), /TERM[^]*altimate-code run/)
    }))

  it.scoped("puts the terminal back and keeps the session when it is ended by a signal", () =>
    Effect.gen(function*() {
      const { home, terminal } = yield* start({
        script: [{ blocks: [says("Some words", " more")], faults: [{ type: "stall", afterEvents: 2 }] }]
      })
      yield* ask(terminal, "Talk")
      yield* terminal.see("Some words")
      process.kill(terminal.pid, "SIGTERM")
      assert.strictEqual(yield* terminal.exited, 143)
      // The cursor is shown again, pasting is as before.
      assert.isTrue(terminal.raw().lastIndexOf("\u001b[?25h") > terminal.raw().lastIndexOf("\u001b[?25l"))
      assert.isTrue(terminal.raw().lastIndexOf("\u001b[?2004l") > terminal.raw().lastIndexOf("\u001b[?2004h"))
      const [file] = readdirSync(join(home.home, ".local/share/altimate-code/session")).filter((name) =>
        name.endsWith(".jsonl")
      )
      assert.include(readFileSync(join(home.home, ".local/share/altimate-code/session", file!), "utf8"), "Some words")
    }))
})
