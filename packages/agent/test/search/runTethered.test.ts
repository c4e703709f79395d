import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { spawn } from "node:child_process"
import { bundle } from "../../../../test/bundle.ts"
import { runTethered } from "../../src/internal/search/runTethered.ts"

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A program that says its process ID in a file, and does not end. */
const makeEndless = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const program = `${directory}/endless`
  yield* fs.writeFileString(program, `#!/bin/sh\necho $$ > ${directory}/pid\nexec sleep 1000\n`)
  yield* fs.chmod(program, 0o755)
  const pid = fs.readFileString(`${directory}/pid`).pipe(
    Effect.filterOrFail((text) => text.endsWith("\n")),
    Effect.retry(Schedule.spaced("10 millis")),
    Effect.map(Number)
  )
  return { directory, program, pid }
})

const gone = (pid: number) =>
  Effect.repeat(Effect.sync(() => !isRunning(pid)), {
    until: (isGone) => isGone,
    schedule: Schedule.upTo(Schedule.spaced("10 millis"), "1 minute")
  })

layer(NodeContext.layer, { excludeTestServices: true })("A tethered program", (it) => {
  for (const signal of ["SIGKILL", "SIGINT"] as const) {
    it.scoped(`ends when the process ends by ${signal}`, () =>
      Effect.gen(function*() {
        const { directory, pid, program } = yield* makeEndless
        const script = yield* bundle(new URL("process/search.ts", import.meta.url))
        // As in a terminal, where Ctrl-C goes to all that are in the group.
        const child = spawn(process.execPath, [script, program, directory], { detached: true, stdio: "ignore" })
        const started = yield* pid
        assert.isTrue(isRunning(started))
        process.kill(signal === "SIGINT" ? -child.pid! : child.pid!, signal)
        yield* gone(started)
        assert.isFalse(isRunning(started))
      }))
  }

  it.scoped("ends when it is interrupted", () =>
    Effect.gen(function*() {
      const { directory, pid, program } = yield* makeEndless
      const options = { program, arguments: [], directory, environment: {}, onOutput: () => undefined }
      const started = yield* Effect.raceFirst(Effect.zipRight(runTethered(options), Effect.never), pid)
      assert.isFalse(isRunning(started))
    }))

  it.scoped("reports its exit code and its output", () =>
    Effect.gen(function*() {
      const pieces: Array<Buffer> = []
      const run = (program: string, ...args: ReadonlyArray<string>) =>
        runTethered({
          program,
          arguments: args,
          directory: "/",
          environment: { PATH: "/usr/bin:/bin" },
          onOutput: (bytes) => pieces.push(bytes)
        })
      assert.deepStrictEqual(yield* run("sh", "-c", "echo \"$0 $1\"; echo wrong >&2; exit 3", "a b", "*"), {
        code: 3,
        stderr: "wrong\n"
      })
      assert.strictEqual(Buffer.concat(pieces).toString(), "a b *\n")
      assert.strictEqual((yield* run("no-such-program")).code, 127)
    }))
})
