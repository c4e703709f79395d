import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { bin, codeCache, guideConfig, makeHome, node } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "starting-token" }

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

const body = (sandbox: Sandbox.Service, index = 0) =>
  Effect.map(
    sandbox.requests,
    (requests) =>
      requests[index]!.body as { system: ReadonlyArray<{ text?: string }>; messages: ReadonlyArray<{ role: string }> }
  )

const systemOf = (sandbox: Sandbox.Service, index = 0) =>
  Effect.map(body(sandbox, index), ({ system }) => system.map(({ text = "" }) => text).join("\n"))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** In milliseconds. */
  readonly time: number
}

/** Runs a program to its end; `stdin` gets its standard input. */
const runProgram = (
  command: ReadonlyArray<string>,
  options: { readonly cwd: string; readonly env: Record<string, string>; readonly stdin?: "pipe" }
) =>
  Effect.async<Ended>((resume) => {
    const begun = Date.now()
    const child = spawn(command[0]!, command.slice(1), {
      cwd: options.cwd,
      env: options.env,
      stdio: [options.stdin ?? "ignore", "pipe", "pipe"]
    })
    let stdout = ""
    let stderr = ""
    child.stdout!.setEncoding("utf8").on("data", (text: string) => stdout += text)
    child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text)
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr, time: Date.now() - begun })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** A place that every user can enter, with the program and its configuration. */
const everybodys = (config: object) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const directory = mkdtempSync(join(tmpdir(), "altimate-code-test-"))
      cpSync(dirname(bin), join(directory, "dist"), { recursive: true })
      writeFileSync(join(directory, "config.json"), JSON.stringify(config))
      mkdirSync(join(directory, "work"))
      chmodSync(join(directory, "work"), 0o777)
      chmodSync(directory, 0o755)
      return { directory, program: join(directory, "dist/bin.js"), work: join(directory, "work") }
    }),
    ({ directory }) => Effect.sync(() => rmSync(directory, { recursive: true }))
  )

const usesTool: Script = [
  { blocks: [call("1", "bash", { command: "echo from the command; seq 1 20000" })] },
  { blocks: [{ type: "text", text: "All is well." }] }
]

layer(NodeContext.layer, { excludeTestServices: true })("A home directory that is not writable", (it) => {
  // Permissions do not restrict root, but a file in place of the home directory does.
  const noHomes = [
    ["a file in its place", (home: string) => ({ HOME: join(home, ".config/altimate-code/altimate-code.json") })],
    ["data elsewhere that can't be written", (home: string) => ({ HOME: home, XDG_DATA_HOME: "/proc/none" })]
  ] as const
  for (const [what, env] of noHomes) {
    it.scoped(`is reported, and everything else works: ${what}`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: usesTool })
        const { home, writeGlobalConfig } = yield* makeHome
        yield* writeGlobalConfig(guideConfig(sandbox.url))
        const file = join(home, ".config/altimate-code/altimate-code.json")
        const ended = yield* runProgram([node, bin, "run", "--yolo", "go"], {
          cwd: home,
          env: { PATH: process.env["PATH"]!, ALTIMATE_CLI_CONFIG: file, ...token, ...env(home) }
        })
        assert.strictEqual(ended.code, 0, ended.stderr)
        assert.strictEqual(ended.stdout, "All is well.\n")
        assert.match(
          ended.stderr,
          /^note: Nothing will be saved: .*\/session is not writable \(.*\)\. The session, the log and the history are lost when this program ends\.$/m
        )
        assert.include(JSON.stringify(yield* body(sandbox, 1)), "from the command")
      }))
  }

  it.scoped("is reported on the screen, which does not offer to resume the session", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ script: [{ blocks: [{ type: "text", text: "All is well." }] }] })
      const { home, writeGlobalConfig } = yield* makeHome
      yield* writeGlobalConfig(guideConfig(sandbox.url))
      const terminal = yield* open([], { home, env: { ...token, XDG_DATA_HOME: "/proc/none" }, columns: 140 })
      yield* terminal.see("Nothing will be saved")
      yield* terminal.see("ready")
      yield* terminal.write(`hello${keys.enter}`)
      yield* terminal.see("All is well.")
      yield* terminal.write(keys.ctrl("d"))
      assert.strictEqual(yield* terminal.exited, 0)
      assert.notInclude(terminal.everything(), "--session")
    }))

  if (process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0) {
    const asNobody = ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"]

    it.scoped("may not exist: for a user without HOME and without an entry in the system", () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: usesTool })
        const { directory, program, work } = yield* everybodys(guideConfig(sandbox.url))
        const ended = yield* runProgram([...asNobody, process.execPath, program, "run", "--yolo", "go"], {
          cwd: work,
          env: { PATH: process.env["PATH"]!, ALTIMATE_CLI_CONFIG: join(directory, "config.json"), ...token }
        })
        assert.strictEqual(ended.code, 0, ended.stderr)
        assert.strictEqual(ended.stdout, "All is well.\n")
        assert.match(
          ended.stderr,
          /^note: Nothing will be saved: HOME is not set, and the system has no home directory for this user\./m
        )
        assert.include(JSON.stringify(yield* body(sandbox, 1)), "from the command")
      }))

    it.scoped("may belong to another user and be inaccessible", () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ script: usesTool })
        const { directory, program, work } = yield* everybodys(guideConfig(sandbox.url))
        const home = join(directory, "home")
        mkdirSync(home)
        chmodSync(home, 0o700)
        const ended = yield* runProgram([...asNobody, process.execPath, program, "run", "--yolo", "go"], {
          cwd: work,
          env: { PATH: process.env["PATH"]!, HOME: home, ALTIMATE_CLI_CONFIG: join(directory, "config.json"), ...token }
        })
        assert.strictEqual(ended.code, 0, ended.stderr)
        assert.strictEqual(
          ended.stderr.split("\n")[0],
          `note: Nothing will be saved: HOME (${home}) can't be entered (permission denied). The session, the log and the history are lost when this program ends.`
        )
      }))
  }
})

const script: Script = [{ blocks: [{ type: "text", text: "All is well." }] }]

/** A home with a gateway, and what runs the program in it. */
const setUp = (options: { readonly script?: Script } = {}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script: options.script ?? script })
    const { home, run, writeGlobalConfig } = yield* makeHome
    const cwd = join(home, "project")
    mkdirSync(join(cwd, ".git"), { recursive: true })
    yield* writeGlobalConfig(guideConfig(sandbox.url))
    const variables = { HOME: home, XDG_CACHE_HOME: codeCache, AWS_EC2_METADATA_DISABLED: "true" }
    const env = { PATH: process.env["PATH"]!, ...variables, ...token }
    return { sandbox, home, cwd, env, run, writeGlobalConfig }
  })

layer(NodeContext.layer, { excludeTestServices: true })("The standard input of run", (it) => {
  it.scoped("is ignored if it is a silent socket and there is a prompt", () =>
    Effect.gen(function*() {
      const { cwd, env, sandbox } = yield* setUp()
      // What Node calls a pipe is a socket.
      const ended = yield* runProgram([node, bin, "run", "hi"], { cwd, env, stdin: "pipe" })
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.strictEqual(ended.stdout, "All is well.\n")
      assert.strictEqual(ended.stderr, "note: ignoring stdin: no input for 3 seconds.\n")
      assert.isAtLeast(ended.time, 3000)
      assert.include(JSON.stringify(yield* body(sandbox)), "\"hi\"")
    }))

  it.scoped("is read to its end if it is a socket with data", () =>
    Effect.gen(function*() {
      const { cwd, env, sandbox } = yield* setUp()
      const ended = yield* Effect.async<number | null>((resume) => {
        const child = spawn(node, [bin, "run", "hi"], { cwd, env, stdio: ["pipe", "ignore", "ignore"] })
        child.stdin.write("begun")
        setTimeout(() => child.stdin.end(" and ended"), 4000)
        child.on("close", (code) => resume(Effect.succeed(code)))
      })
      assert.strictEqual(ended, 0)
      assert.include(JSON.stringify(yield* body(sandbox)), "hi\\n\\nbegun and ended")
    }))
})

layer(NodeContext.layer, { excludeTestServices: true })("The system prompt", (it) => {
  // They are 26 hours apart: never the same day.
  const zones = ["Pacific/Kiritimati", "Etc/GMT+12"]
  it.scoped("has the user's local date", () =>
    Effect.gen(function*() {
      const { cwd, run, sandbox } = yield* setUp()
      const dates: Array<string | undefined> = []
      for (const [index, TZ] of zones.entries()) {
        const now = () => new Intl.DateTimeFormat("en-CA", { timeZone: TZ }).format(new Date())
        const before = now()
        yield* run(["run", "hi"], { cwd, env: { ...token, TZ } })
        const date = /^Date: (\S+)$/m.exec(yield* systemOf(sandbox, index))?.[1]
        assert.include([before, now()], date)
        dates.push(date)
      }
      assert.notStrictEqual(dates[0], dates[1])
    }))

  it.scoped("has no instructions of subdirectories; the model gets them once it reads there, also after a resume", () =>
    Effect.gen(function*() {
      const { cwd, run, sandbox } = yield* setUp({
        script: [
          { blocks: [call("1", "read", { path: "sub/deep/a.txt" })] },
          { blocks: [{ type: "text", text: "Read." }] },
          { blocks: [call("2", "read", { path: "sub/deep/a.txt" }), call("3", "glob", { pattern: "other/*" })] },
          { blocks: [{ type: "text", text: "Read again." }] }
        ]
      })
      const put = (file: string, text: string) => {
        mkdirSync(dirname(join(cwd, file)), { recursive: true })
        writeFileSync(join(cwd, file), text)
      }
      put("AGENTS.md", "ROOT")
      put("sub/AGENTS.md", "SUB")
      put("sub/deep/a.txt", "a\n")
      put("other/CLAUDE.md", "OTHER")
      put("built/AGENTS.md", "BUILT")
      put(".gitignore", "built\n")
      for (const args of [["run", "one"], ["run", "--continue", "two"]]) {
        const { code, stderr } = yield* run(args, { cwd, env: token })
        assert.strictEqual(code, 0, stderr)
      }
      const texts = yield* Effect.forEach(
        [0, 1, 2, 3],
        (index) => Effect.map(body(sandbox, index), ({ messages }) => JSON.stringify(messages))
      )
      const counts = (word: string) => texts.map((text) => text.split(`\\n\\n${word}`).length - 1)
      assert.deepStrictEqual(counts("SUB"), [0, 1, 1, 1])
      assert.deepStrictEqual(counts("OTHER"), [0, 0, 0, 1])
      const systems = yield* Effect.forEach([0, 1, 2, 3], (index) => systemOf(sandbox, index))
      assert.strictEqual(new Set(systems).size, 1)
      assert.include(systems[0], "ROOT")
      assert.notMatch(systems[0]!, /SUB|OTHER|BUILT/)
    }))

  it.scoped("has the user's instructions, those of the project, and files next to the configuration", () =>
    Effect.gen(function*() {
      const { cwd, home, run, sandbox, writeGlobalConfig } = yield* setUp()
      yield* writeGlobalConfig({ ...guideConfig(sandbox.url), instructions: ["notes/*.md"] })
      for (
        const [directory, text] of [[cwd, "OF THE PROJECT"], [
          join(home, ".config/altimate-code"),
          "OF THE USER"
        ]] as const
      ) {
        mkdirSync(join(directory, "notes"), { recursive: true })
        writeFileSync(join(directory, "notes/a.md"), text)
      }
      yield* run(["run", "hi"], { cwd, env: token })
      assert.match(yield* systemOf(sandbox), /OF THE PROJECT[^]*OF THE USER/)
    }))
})

const sessionFile = (home: string) => {
  const directory = join(home, ".local/share/altimate-code/session")
  return existsSync(directory)
    ? readdirSync(directory).filter((name) => name.endsWith(".jsonl")).map((name) => join(directory, name))[0]
    : undefined
}

layer(NodeContext.layer, { excludeTestServices: true })("A call", (it) => {
  it.scoped("is reported only after it is saved in the session", () =>
    Effect.gen(function*() {
      const { cwd, env, home } = yield* setUp({
        script: [{
          blocks: [call("1", "read", { path: "a.txt" }), { type: "text", text: Array(40).fill("still writing ") }],
          delays: { betweenEvents: 50 }
        }]
      })
      const stored = yield* Effect.async<string>((resume) => {
        const child = spawn(node, [bin, "run", "--format", "json", "hi"], {
          cwd,
          env,
          stdio: ["ignore", "pipe", "ignore"]
        })
        let stdout = ""
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          stdout += text
          if (!stdout.includes("\"tool-asked\"")) return
          child.kill("SIGKILL")
          resume(Effect.sync(() => readFileSync(sessionFile(home)!, "utf8")))
        })
        return Effect.sync(() => child.kill("SIGKILL"))
      })
      assert.match(stored, /"type":"assistant"[^\n]*"a\.txt"/)
    }))
})
