import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"
import { ask, call, says, sent, start, token, untilAnswerable } from "./ScreenOnSandbox.ts"

layer(NodeContext.layer)("The screen", (it) => {
  it.scoped("shows the model, the gateway and the credential, and prints how to resume the session", () =>
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

  it.scoped("streams Markdown, and folds reasoning", () =>
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

  it.scoped("shows the exact change of an edit, and makes it once it is allowed", () =>
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

  it.scoped("sends the reason to the model when the user declines a command", () =>
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

  it.scoped("remembers patterns that are allowed, for the session or in the configuration", () =>
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
      yield* untilAnswerable(terminal)
      yield* terminal.write("a")
      yield* terminal.see("altimate-code.json")
      yield* terminal.write(keys.enter)
      yield* terminal.see("All ran.")
      const config = JSON.parse(readFileSync(join(home.home, ".config/altimate-code/altimate-code.json"), "utf8")) as {
        permission?: { bash?: Record<string, string> }
      }
      assert.deepStrictEqual(Object.values(config.permission?.bash ?? {}), ["allow"])
      yield* terminal.see("ready")
      yield* ask(terminal, "/status")
      yield* terminal.see(/^ {2}allowed +bash pwd \*$[^]*^ {2}in session +bash echo \* \(/m)
      assert.match(terminal.everything(), /^ {2}region +us-east-1 \(.*altimate-code\.json\)$/m)
      assert.match(terminal.everything(), /^ {2}log +~\/\.local\S+\.log$/m)
    }))

  it.scoped("\"always\" for a file of one project allows nothing in another", () =>
    Effect.gen(function*() {
      const write = (id: string) => ({ blocks: [call(id, "write", { path: "cart.js", content: id })] })
      const { home, launch, project, terminal } = yield* start({
        inProject: true,
        script: [
          write("1"),
          write("2"),
          { blocks: [says("Written.")] },
          { blocks: [call("r", "read", { path: "cart.js" })] },
          write("3"),
          { blocks: [says("Resumed.")] },
          write("4"),
          { blocks: [says("Declined.")] }
        ]
      })
      yield* ask(terminal, "Go")
      yield* terminal.see(/"Always" would allow: edit \/[^]*project\/cart\.js[^]*a {2}Yes, always \(saved/)
      yield* terminal.write("a")
      yield* terminal.see(/Written\.[^]*ready/)
      assert.strictEqual(readFileSync(join(project, "cart.js"), "utf8"), "2")
      yield* ask(terminal, "/exit")
      yield* terminal.exited

      // A resumed session asks no more, because of the rule.
      const resumed = yield* launch(["--continue"])
      yield* resumed.see(/Written\.[^]*ready/)
      yield* ask(resumed, "Again")
      yield* resumed.see(/Resumed\.[^]*ready/)
      assert.strictEqual(readFileSync(join(project, "cart.js"), "utf8"), "3")
      yield* ask(resumed, "/exit")
      yield* resumed.exited

      const other = join(home.home, "other")
      mkdirSync(other)
      const elsewhere = yield* launch([], { cwd: other })
      yield* elsewhere.see("ready")
      yield* ask(elsewhere, "Go")
      yield* elsewhere.see(/Allow this edit\?/)
      assert.isFalse(existsSync(join(other, "cart.js")))
    }))

  it.scoped("stops on esc, keeps the answer so far, and continues", () =>
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

  it.scoped("resumes a session, which a second process cannot open meanwhile", () =>
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

  it.scoped("shows a long paste as a placeholder and sends all of it", () =>
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

  it.scoped("fits 40 to 400 columns, and follows a resize", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({
        script: [{
          blocks: [says("The quick brown fox jumps over the lazy dog, again and again and again. ".repeat(4))]
        }],
        // The emulator is that of VS Code.
        env: { TERM_PROGRAM: "vscode" },
        columns: 40,
        rows: 20
      })
      yield* ask(terminal, "Speak")
      yield* terminal.see(/lazy[^]*ready/)
      for (const [columns, rows] of [[100, 30], [400, 40], [40, 12], [80, 24]] as const) {
        yield* terminal.resize(columns, rows)
        // At the new width: the empty prompt between two rules, and the status bar. The answer may be in the scrollback.
        const rule = `─{${columns}}`
        const screen = yield* terminal.see(new RegExp(`(?:^|\\n)${rule}\\n› *\\n${rule}\\n[^]*ready$`))
        assert.strictEqual(terminal.everything().match(/jumps/g)?.length, 4)
        assert.strictEqual(screen.match(/ready/g)?.length, 1, screen)
        yield* terminal.write("x")
        yield* terminal.see(/^› ?x *$/m)
        yield* terminal.write(keys.backspace)
        yield* terminal.see(/^› *$/m)
      }
    }))

  it.scoped("completes files and commands, runs shell commands, and queues prompts", () =>
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

  it.scoped("writes no color codes with NO_COLOR", () =>
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

  it.scoped("asks for a gateway on the first start, tests it, and saves it", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1", lists: { gateway: ["claude-prod"] } })
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
      yield* terminal.see(/claude-prod/)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/ready/)
      assert.notInclude(terminal.raw(), "first-start-token")
      const config = join(home.home, ".config/altimate-code/altimate-code.json")
      assert.include(readFileSync(config, "utf8"), sandbox.url)
      assert.include(readFileSync(config, "utf8"), "amazon-bedrock/claude-prod")
      assert.include(readFileSync(home.authFile, "utf8"), "first-start-token")
      assert.strictEqual(statSync(home.authFile).mode & 0o777, 0o600)
      const sent = (yield* sandbox.requests).filter(({ method }) => method === "POST")
      assert.strictEqual(sent[0]!.headers["authorization"], "Bearer first-start-token")
    }))

  it.scoped("asks again for a token that the gateway refuses, and names no file that does not exist", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({
        auth: { bearer: [Redacted.make("right-first-token")] }
      })
      const home = yield* makeHome
      const terminal = yield* open([], { home: home.home })
      yield* terminal.see(/Gateway URL/)
      yield* terminal.write(sandbox.url.replace("http://", ""))
      yield* terminal.write(keys.enter)
      yield* terminal.see(/had no scheme, so http:\/\/ was added/)
      yield* terminal.write("\u0003")
      yield* terminal.see(/Your gateway for Amazon Bedrock/)
      yield* terminal.write(sandbox.url)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/AWS region your models/)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/How do you sign in/)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/never displayed/)
      yield* terminal.write("wrong-first-token")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/The token that you entered was refused/)
      yield* terminal.see(/› ••••••••/)
      assert.notInclude(terminal.everything(), "auth.json")
      yield* terminal.write("right-first-token")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/Which model/)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/· It works/)
      yield* terminal.see(/· Saved in ~\/\.config[^]*and ~\/\.local/)
      assert.include(readFileSync(home.authFile, "utf8"), "right-first-token")
      assert.notInclude(terminal.raw(), "first-token")
    }))

  it.scoped("refuses to start without a terminal", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const piped = yield* home.run([])
      assert.strictEqual(piped.code, 2)
      assert.match(piped.stderr, /terminal[^]*altimate-code run/)
      const dumb = yield* open([], { home: home.home, env: { TERM: "dumb" } })
      assert.strictEqual(yield* dumb.exited, 2)
      assert.match(dumb.everything(), /TERM[^]*altimate-code run/)
    }))

  it.scoped("restores the terminal and stores the session when a signal ends it", () =>
    Effect.gen(function*() {
      const { home, terminal } = yield* start({
        script: [{ blocks: [says("Some words", " more")], faults: [{ type: "stall", afterEvents: 2 }] }]
      })
      yield* ask(terminal, "Talk")
      yield* terminal.see("Some words")
      process.kill(terminal.pid, "SIGTERM")
      assert.strictEqual(yield* terminal.exited, 143)
      // The cursor is visible again, and bracketed paste is off.
      assert.isTrue(terminal.raw().lastIndexOf("\u001b[?25h") > terminal.raw().lastIndexOf("\u001b[?25l"))
      assert.isTrue(terminal.raw().lastIndexOf("\u001b[?2004l") > terminal.raw().lastIndexOf("\u001b[?2004h"))
      const [file] = readdirSync(join(home.home, ".local/share/altimate-code/session")).filter((name) =>
        name.endsWith(".jsonl")
      )
      assert.include(readFileSync(join(home.home, ".local/share/altimate-code/session", file!), "utf8"), "Some words")
    }))
})
