import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { bin, codeCache, guideConfig, makeHome, node } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "commands-token" }

const bash = (command: string) => ({ type: "toolUse", toolUseId: "call-1", name: "bash", input: { command } }) as const

const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

const until = (isSo: () => boolean, what: string) =>
  Effect.repeat(Effect.delay(Effect.sync(isSo), "20 millis"), { until: (isSo) => isSo }).pipe(
    Effect.timeoutFail({ duration: "1 minute", onTimeout: () => new Error(`${what} did not come`) })
  )

/** A project whose model runs a command; `pid` is the content of the file of that name, which the command writes. */
const setUp = (command: string, more: Script = []) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script: [{ blocks: [bash(command)] }, ...more] })
    const { home, run, writeGlobalConfig } = yield* makeHome
    const cwd = join(home, "project")
    mkdirSync(join(cwd, ".git"), { recursive: true })
    yield* writeGlobalConfig(guideConfig(sandbox.url))
    const read = () => existsSync(join(cwd, "pid")) ? readFileSync(join(cwd, "pid"), "utf8") : ""
    const pid = Effect.map(until(() => read().endsWith("\n"), "the command"), () => Number(read()))
    const start = Effect.acquireRelease(
      Effect.sync(() =>
        spawn(node, [bin, "run", "--yolo", "go"], {
          cwd,
          env: {
            PATH: process.env["PATH"],
            HOME: home,
            XDG_CACHE_HOME: codeCache,
            AWS_EC2_METADATA_DISABLED: "true",
            ...token
          },
          stdio: "ignore"
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const endAtLast = (pid: number) =>
      Effect.addFinalizer(() => Effect.ignore(Effect.try(() => process.kill(-pid, "SIGKILL"))))
    return { sandbox, home, cwd, run, pid, start, endAtLast }
  })

const says = (text: string) => ({ blocks: [{ type: "text", text }] }) as const

// Processes take real time.
layer(NodeContext.layer, { excludeTestServices: true })("A command of the model", (it) => {
  it.scoped("that outlives a killed program is reported with its process when the session is resumed", () =>
    Effect.gen(function*() {
      const { cwd, endAtLast, pid, run, sandbox, start } = yield* setUp(
        "echo $$ > pid; i=0; while :; do echo line $i; i=$((i + 1)); echo $i > count; sleep 0.05; done",
        [says("I see."), says("I see that it is over.")]
      )
      const child = yield* start
      const command = yield* pid
      yield* endAtLast(command)
      child.kill("SIGKILL")
      const count = () => Number(readFileSync(join(cwd, "count"), "utf8"))
      yield* until(() => existsSync(join(cwd, "count")), "the count")
      const counted = count()
      // Writing to a closed pipe does not stop it.
      yield* until(() => count() > counted + 5, "more of the command")

      const resumed = yield* run(["run", "--continue", "--yolo", "and now?"], { cwd, env: token })
      assert.strictEqual(resumed.code, 0, resumed.stderr)
      assert.include(resumed.stderr, `A command may still be running as process ${command}: `)
      const requests = yield* sandbox.requests
      assert.include(JSON.stringify(requests[1]!.body), `Its command may still be running as process ${command}`)
      assert.isTrue(isAlive(command))
    }))

  it.scoped("that has ended since then is not reported", () =>
    Effect.gen(function*() {
      const { cwd, endAtLast, pid, run, start } = yield* setUp("echo $$ > pid; exec sleep 60", [says("I see.")])
      const child = yield* start
      const command = yield* pid
      yield* endAtLast(command)
      child.kill("SIGKILL")
      process.kill(command, "SIGKILL")
      yield* until(() => !isAlive(command), "its end")
      const resumed = yield* run(["run", "--continue", "--yolo", "and now?"], { cwd, env: token })
      assert.include(resumed.stderr, "A tool call was interrupted when the program ended.")
      assert.notInclude(resumed.stderr, "may still be running")
    }))

  for (
    const [what, key, code] of [["Ctrl-C", keys.ctrl("c"), 130], ["Ctrl-\\", keys.ctrl("\\"), 131]] as const
  ) {
    it.scoped(`ends with the program: ${what}`, () =>
      Effect.gen(function*() {
        const { cwd, endAtLast, home, pid } = yield* setUp("echo $$ > pid; trap '' QUIT; sleep 60")
        const terminal = yield* open(["run", "--yolo", "go"], { home, cwd, env: token })
        const command = yield* pid
        yield* endAtLast(command)
        yield* terminal.write(key)
        assert.strictEqual(yield* terminal.exited, code)
        assert.isFalse(isAlive(command))
      }))

    it.scoped(`is not run if the user answers with ${what}`, () =>
      Effect.gen(function*() {
        const { cwd, home } = yield* setUp("touch ran")
        const terminal = yield* open(["run", "go"], { home, cwd, env: token })
        yield* terminal.see("touch ran")
        yield* terminal.see(/\[y\]es|y\/n|Allow/i)
        yield* terminal.write(key)
        assert.strictEqual(yield* terminal.exited, code)
        assert.isFalse(existsSync(join(cwd, "ran")))
      }))
  }
})
