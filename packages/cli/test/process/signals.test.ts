import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { bin, codeCache, guideConfig, makeHome, node } from "../BuiltCli.ts"
import { open } from "../Terminal.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "signal-token" }

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const

/** What a shell reports of the end of a process: its exit code, or what stands for the signal it died of. */
const shellCode = (child: ChildProcess) =>
  Effect.async<number>((resume) => {
    child.once("exit", (code, signal) => resume(Effect.succeed(code ?? 128 + constants.signals[signal!])))
  }).pipe(Effect.timeout("1 minute"))

const until = (isSo: () => boolean, what: string) =>
  Effect.repeat(Effect.delay(Effect.sync(isSo), "20 millis"), { until: (isSo) => isSo }).pipe(
    Effect.timeoutFail({ duration: "1 minute", onTimeout: () => new Error(`${what} did not come`) })
  )

/** A home with a gateway that is never reached, and the program started in a project of it; its end kills the program. */
const setUp = Effect.gen(function*() {
  const { home, logDirectory, run, writeGlobalConfig } = yield* makeHome
  const cwd = join(home, "project")
  mkdirSync(join(cwd, ".git"), { recursive: true })
  const start = (args: ReadonlyArray<string>, env: Record<string, string> = token) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(node, [bin, ...args], {
          cwd,
          env: {
            PATH: process.env["PATH"],
            HOME: home,
            XDG_CACHE_HOME: codeCache,
            AWS_EC2_METADATA_DISABLED: "true",
            ...env
          },
          // stdin stays open and empty.
          stdio: ["pipe", "ignore", "pipe"]
        })
        return { child, ended: Effect.runFork(shellCode(child)) }
      }),
      ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
    )
  const isLogging = () => existsSync(logDirectory) && readdirSync(logDirectory).length > 0
  return { home, cwd, run, start, writeGlobalConfig, isLogging }
})

const fifo = (path: string) => {
  mkdirSync(join(path, ".."), { recursive: true })
  execFileSync("mkfifo", ["-m", "600", path])
}

/** Where a read can wait for ever. Each signal has a place, and one place has all of them. */
const stuck: ReadonlyArray<{
  readonly where: string
  readonly signals: ReadonlyArray<typeof signals[number]>
  readonly pipes: ReadonlyArray<string>
  readonly args: ReadonlyArray<string>
  readonly env?: Record<string, string>
}> = [
  {
    where: "the pipe that ALTIMATE_CLI_CONFIG names",
    signals: ["SIGTERM"],
    pipes: ["pipe"],
    args: ["run", "hi"],
    env: { ALTIMATE_CLI_CONFIG: "../pipe" }
  },
  { where: "an attached pipe", signals: ["SIGQUIT"], pipes: ["project/pipe"], args: ["run", "hi", "--file", "pipe"] },
  {
    where: "the files of AWS",
    signals: ["SIGHUP"],
    pipes: [".aws/config", ".aws/credentials"],
    args: ["doctor"],
    env: {}
  },
  { where: "stdin", signals, pipes: [], args: ["run", "hi"] },
  { where: "stdin for a token", signals: ["SIGINT"], pipes: [], args: ["auth", "login"], env: {} }
]

// Processes take real time.
layer(NodeContext.layer, { excludeTestServices: true })("a signal", (it) => {
  describe("ends the program while it waits for", () => {
    for (const { args, env, pipes, signals, where } of stuck) {
      for (const signal of signals) {
        it.scoped(`${where}: ${signal}`, () =>
          Effect.gen(function*() {
            const { home, isLogging, start, writeGlobalConfig } = yield* setUp
            yield* writeGlobalConfig(guideConfig("http://127.0.0.1:9/bedrock"))
            for (const pipe of pipes) fifo(join(home, pipe))
            const { child, ended } = yield* start(
              args,
              env === undefined || "ALTIMATE_CLI_CONFIG" in env ? { ...token, ...env } : env
            )
            if (!where.startsWith("stdin")) child.stdin.end()
            yield* until(isLogging, "the log")
            // By then it has come to the read; a signal before would end it as well.
            yield* Effect.sleep("500 millis")
            child.kill(signal)
            assert.strictEqual(yield* ended, 128 + constants.signals[signal])
          }))
      }
    }
  })

  for (
    const place of [
      ".config/altimate-code/altimate-code.json",
      "project/altimate-code.jsonc",
      "project/.altimate-code/altimate-code.json"
    ]
  ) {
    it.scoped(`is not needed if ${place} is a pipe, which is rejected`, () =>
      Effect.gen(function*() {
        const { cwd, home, run } = yield* setUp
        fifo(join(home, place))
        for (const args of [["run", "hi"], ["config", "show"], ["doctor"]]) {
          const { code, stderr } = yield* run(args, { cwd, env: token })
          assert.strictEqual(code, 2)
          assert.include(stderr, `error: ${join(home, place)} cannot be read: `)
        }
      }))
  }

  it.scoped(
    "is not needed if the web identity token is a pipe, on which the AWS SDK would block",
    () =>
      Effect.gen(function*() {
        const { home, start, writeGlobalConfig } = yield* setUp
        yield* writeGlobalConfig(guideConfig("http://127.0.0.1:9/bedrock"))
        fifo(join(home, "token"))
        const { child, ended } = yield* start(["doctor"], {
          AWS_WEB_IDENTITY_TOKEN_FILE: join(home, "token"),
          AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/x"
        })
        let stderr = ""
        child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text)
        assert.strictEqual(yield* ended, 1)
        assert.include(stderr, "AWS_WEB_IDENTITY_TOKEN_FILE is not a regular file")
      })
  )

  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129], ["SIGQUIT", 131]] as const) {
    it.scoped(`ends a prompt in the terminal: ${signal}`, () =>
      Effect.gen(function*() {
        const { cwd, home, writeGlobalConfig } = yield* setUp
        yield* writeGlobalConfig(guideConfig("http://127.0.0.1:9/bedrock"))
        writeFileSync(join(cwd, "altimate-code.json"), JSON.stringify({ permission: "allow" }))
        for (const [args, question] of [[[], "Trust this version"], [["auth", "login"], "bearer token"]] as const) {
          const terminal = yield* open(args, { home, cwd, env: token })
          yield* terminal.see(question)
          process.kill(terminal.pid, signal)
          assert.strictEqual(yield* terminal.exited, code)
        }
      }))
  }

  /** An MCP server that neither answers nor ends before it is killed; it writes its process ID. */
  const stubborn = (pidFile: string) => ({
    type: "local",
    command: [
      process.execPath,
      "-e",
      `require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); `
      + "process.on('SIGTERM', () => {}); process.stdin.resume(); setInterval(() => {}, 1000)"
    ]
  })

  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }

  it.scoped(
    "ends the program after a stubborn MCP server has ended; a second signal does not wait for that",
    () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({})
        const { home, start, writeGlobalConfig } = yield* setUp
        const pidFile = join(home, "pid")
        yield* writeGlobalConfig({ ...guideConfig(sandbox.url), mcp: { stubborn: stubborn(pidFile) } })
        const serverOf = Effect.map(
          until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "", "the server"),
          () => Number(readFileSync(pidFile, "utf8"))
        )

        const patient = yield* start(["run", "hi"])
        patient.child.stdin.end()
        const first = yield* serverOf
        patient.child.kill("SIGTERM")
        assert.strictEqual(yield* patient.ended, 143)
        assert.isFalse(isAlive(first))

        writeFileSync(pidFile, "")
        const hurried = yield* start(["run", "hi"])
        hurried.child.stdin.end()
        const second = yield* serverOf
        yield* Effect.addFinalizer(() => Effect.sync(() => isAlive(second) && process.kill(second, "SIGKILL")))
        hurried.child.kill("SIGTERM")
        yield* Effect.sleep("100 millis")
        hurried.child.kill("SIGINT")
        assert.strictEqual(yield* hurried.ended, 130)
        assert.isTrue(isAlive(second))
        assert.deepStrictEqual(yield* sandbox.requests, [])
      })
  )
})
