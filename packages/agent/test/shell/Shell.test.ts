import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { spawnSync } from "node:child_process"
import * as Shell from "../../src/Shell.ts"
import { Workspace } from "../../src/Workspace.ts"
import { makeProject, makeTools, toPrograms } from "../workspace.ts"

const makeShell = Effect.map(makeProject, (project) => ({
  ...project,
  run: (command: string, timeout: Duration.DurationInput = "1 minute") =>
    Effect.provide(Shell.run({ command, timeout }), project.workspace)
}))

/** A dead process that nobody has fetched yet still has its number. */
const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

/** Waits for a file that a command writes its process ID to. */
const pidIn = (file: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const read = Effect.orElseSucceed(fs.readFileString(file), () => "")
    return Number(
      yield* Effect.repeat(Effect.zipLeft(read, Effect.sleep("5 millis")), { until: (text) => text.endsWith("\n") })
    )
  })

// Processes live by the real clock.
const test = (
  name: string,
  body: Effect.Effect<void, unknown, NodeContext.NodeContext | Scope.Scope>
) => it.scopedLive(name, () => Effect.provide(body, NodeContext.layer))

describe("A command", () => {
  test(
    "runs in the project without input, and its output is plain text in order",
    Effect.gen(function*() {
      const { root, run } = yield* makeShell
      const result = yield* run("pwd; cat; echo err >&2; printf '\\033[31mred\\033[0m\\n'; printf 'a\\377b'")
      assert.deepStrictEqual(result, { ending: "exit code 0", ok: true, output: `${root}\nerr\nred\na\uFFFDb` })
    })
  )

  test(
    "gets only the workspace's environment for commands, with prompts disabled",
    Effect.gen(function*() {
      const { root, run, workspace } = yield* makeShell
      yield* Effect.acquireRelease(
        Effect.sync(() => void (process.env["ALTIMATE_TEST_CANARY"] = "not given")),
        () => Effect.sync(() => void delete process.env["ALTIMATE_TEST_CANARY"])
      )
      const { output } = yield* run("env")
      // What bash sets itself.
      const lines = output.trim().split("\n").filter((line) => !/^(PWD|SHLVL|OLDPWD|_)=/.test(line))
      const given = lines.map((line) => line.replace(/=\/.*\/no-(editor|password)$/, "=no-$1"))
      const all = (names: string, value: string) => names.split(" ").map((name) => `${name}=${value}`)
      assert.sameMembers(given, [
        ...Object.entries(toPrograms.commandEnvironment).map(([name, value]) => `${name}=${value}`),
        ...all("PAGER GIT_PAGER", "cat"),
        ...all(
          "EDITOR VISUAL FCEDIT GIT_EDITOR GIT_SEQUENCE_EDITOR HGEDITOR SVN_EDITOR SUDO_EDITOR KUBE_EDITOR SYSTEMD_EDITOR",
          "no-editor"
        ),
        ...all("SSH_ASKPASS GIT_ASKPASS SUDO_ASKPASS", "no-password"),
        "TERM=dumb",
        "NO_COLOR=1",
        "GIT_TERMINAL_PROMPT=0",
        "GCM_INTERACTIVE=never",
        "SSH_ASKPASS_REQUIRE=force",
        "DEBIAN_FRONTEND=noninteractive"
      ])
      assert.include(output, `PWD=${root}`)
      const names = yield* Effect.provide(Shell.variables, workspace)
      assert.sameMembers([...names], lines.map((line) => line.split("=")[0]!))
    })
  )

  test(
    "reports how it ended",
    Effect.gen(function*() {
      const { run } = yield* makeShell
      assert.strictEqual((yield* run("exit 3")).ending, "exit code 3")
      assert.strictEqual((yield* run("kill -9 $$")).ending, "killed by SIGKILL")
      assert.isFalse((yield* run("exit 3")).ok)
    })
  )

  test(
    "has a long output cut between characters, with the number of omitted bytes",
    Effect.gen(function*() {
      const { run } = yield* makeShell
      // 15,000 bytes are kept of each end: neither 1 nor 2 bytes more make that a multiple of the four of this character.
      for (const ends of ["", "a", "ab", "abc"]) {
        const { fullOutput, output } = yield* run(
          `printf '%s' ${ends}; for i in {1..10000}; do printf '😀'; done; printf '%s' ${ends}`
        )
        assert.isDefined(fullOutput)
        const [, head = "", leftOut, tail = ""] = /^(.*)\n\n… (\d+) bytes left out.*…\n\n(.*)$/su.exec(output) ?? []
        assert.notInclude(output, "\uFFFD")
        assert.isTrue(head.startsWith(`${ends}😀`) && tail.endsWith(`😀${ends}`))
        assert.strictEqual(Buffer.byteLength(head + tail) + Number(leftOut), 40_000 + 2 * ends.length)
      }
    })
  )

  test(
    "is ended at the time limit with all its processes, even if they ignore SIGTERM",
    Effect.gen(function*() {
      const { at, run } = yield* makeShell
      const stubborn =
        "trap '' TERM; (trap '' TERM; while :; do sleep 0.1; done) & echo $! > pid; wait; while :; do sleep 0.1; done"
      const result = yield* run(stubborn, "2 seconds")
      assert.strictEqual(result.ending, "stopped after 2s")
      assert.isFalse(isAlive(yield* pidIn(at("pid"))))
    })
  )

  test(
    "is ended with all its processes when the turn is interrupted",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, outputs, run } = yield* makeShell
      const fiber = yield* Effect.fork(run("sleep 60 & echo $! > pid; sleep 60"))
      const pid = yield* pidIn(at("pid"))
      assert.isTrue(isAlive(pid))
      yield* Fiber.interrupt(fiber)
      assert.isFalse(isAlive(pid))
      assert.deepStrictEqual(yield* fs.readDirectory(outputs), [])
    })
  )

  // Other systems do not report which process started which.
  if (process.platform === "linux") {
    test(
      "is ended together with processes that have left its process group",
      Effect.gen(function*() {
        const { at, run } = yield* makeShell
        const fiber = yield* Effect.fork(run("setsid sh -c 'echo $$ > pid; trap \"\" TERM; sleep 60' & sleep 60"))
        const pid = yield* pidIn(at("pid"))
        assert.isTrue(isAlive(pid))
        yield* Fiber.interrupt(fiber)
        assert.isFalse(isAlive(pid))
      })
    )
  }

  test(
    "does not wait for processes that it leaves in the background",
    Effect.gen(function*() {
      const { at, run } = yield* makeShell
      const result = yield* run("sleep 60 & echo $! > pid; echo done")
      assert.deepStrictEqual(result, { ending: "exit code 0", ok: true, output: "done\n" })
      process.kill(yield* pidIn(at("pid")))
    })
  )

  test(
    "includes all of a long output, readable only by its owner; the result has both ends",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { outputs, run } = yield* makeShell
      const { fullOutput, output } = yield* run("seq 1 20000")
      assert.isTrue(output.startsWith("1\n2\n"))
      assert.isTrue(output.endsWith("\n20000\n"))
      assert.isBelow(output.length, 30_500)
      assert.include(output, fullOutput!)
      assert.strictEqual((yield* fs.stat(fullOutput!)).mode & 0o777, 0o600)
      assert.strictEqual(
        yield* fs.readFileString(fullOutput!),
        [...Array(20_000).keys()].map((index) => `${index + 1}\n`).join("")
      )
      yield* run("echo short")
      assert.strictEqual((yield* fs.readDirectory(outputs)).length, 1)
    })
  )
})

describe("The output of a command that runs", () => {
  test(
    "is reported before the command ends",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { root, workspace } = yield* makeProject
      const command = "echo first; until [ -e go ]; do sleep 0.01; done; echo last"
      // Without a report, the command would not end.
      const onOutput = (lines: string) =>
        lines === "first" ? Effect.orDie(fs.writeFileString(`${root}/go`, "")) : Effect.void
      const { output } = yield* Effect.provide(Shell.run({ command, onOutput, timeout: "20 seconds" }), workspace)
      assert.strictEqual(output, "first\nlast\n")
    })
  )
})

describe("A secret in the output of a command", () => {
  const makeMasker = () => {
    let all = ""
    return {
      next: (piece: string) => {
        all += piece
        return ""
      },
      end: () => all.replaceAll("canary-secret", "<redacted>")
    }
  }

  const masked = (command: string) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { outputs, root } = yield* makeProject
      const workspace = Layer.succeed(Workspace, {
        directory: root,
        root,
        outputs,
        programFiles: { directories: [], names: [] },
        ...toPrograms,
        makeMasker
      })
      const result = yield* Effect.provide(Shell.run({ command, timeout: "1 minute" }), workspace)
      const kept = yield* Effect.forEach(
        yield* fs.readDirectory(outputs),
        (file) => fs.readFileString(`${outputs}/${file}`)
      )
      return { ...result, kept: kept.join("") }
    })

  test(
    "is neither shown nor stored, however it is written",
    Effect.gen(function*() {
      for (
        const command of [
          "echo canary-secret",
          "printf canary-; sleep 0.05; printf 'secret\\n'",
          "printf 'canary\\033[31m-secret\\033[0m\\n'"
        ]
      ) {
        const { kept, output } = yield* masked(command)
        assert.strictEqual(output, "<redacted>\n", command)
        assert.strictEqual(kept, "")
      }
    })
  )

  test(
    "is neither shown nor stored if the output is long, wherever that is cut",
    Effect.gen(function*() {
      // The cuts of what is shown, of a block that is read, and of a line that is too long to be looked at as one.
      for (const before of [14_990, 64 * 1024 - 5, 1024 * 1024 - 5]) {
        const { kept, output } = yield* masked(
          `head -c ${before} /dev/zero | tr '\\0' x; printf canary-secret; head -c ${
            before + 100
          } /dev/zero | tr '\\0' y`
        )
        assert.strictEqual(kept.length, 2 * before + 100 + "<redacted>".length)
        for (const text of [kept, output]) assert.notMatch(text, /canary|secret/)
      }
    })
  )
})

describe("The raw output of a command", () => {
  test(
    "has no name on disk, so that a crash leaves no file behind",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, outputs, run } = yield* makeShell
      const fiber = yield* Effect.fork(run("echo canary; echo $$ > pid; sleep 60"))
      yield* pidIn(at("pid"))
      assert.deepStrictEqual(yield* fs.readDirectory(outputs), [])
      yield* Fiber.interrupt(fiber)
    })
  )
})

describe("The stored output of a command", () => {
  test(
    "is removed when another output is stored after a week",
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { outputs, run } = yield* makeShell
      const day = 24 * 60 * 60
      const now = Date.now() / 1000
      yield* fs.makeDirectory(outputs)
      for (const [name, days] of [["old.txt", 8], ["young.txt", 6], ["other", 8]] as const) {
        yield* fs.writeFileString(`${outputs}/${name}`, "")
        yield* fs.utimes(`${outputs}/${name}`, now - days * day, now - days * day)
      }
      yield* run("echo short")
      assert.sameMembers(yield* fs.readDirectory(outputs), ["old.txt", "young.txt", "other"])
      const { fullOutput } = yield* run("seq 1 20000")
      assert.sameMembers(
        (yield* fs.readDirectory(outputs)).map((name) => `${outputs}/${name}`),
        [`${outputs}/young.txt`, `${outputs}/other`, fullOutput!]
      )
    })
  )
})

describe("The bash tool", () => {
  test(
    "shows exactly the command, asks about its parts, and reports a failure to the model",
    Effect.gen(function*() {
      const { asked, use } = yield* makeTools()
      const answer = yield* use("bash", { command: "echo no > out.txt && false" })
      assert.deepStrictEqual(answer, { isFailure: true, text: "(no output)\n\n(exit code 1)" })
      assert.deepStrictEqual(asked[0]?.preview, { type: "command", text: "echo no > out.txt && false" })
      const parts = asked[0]?.parts.map(({ permission, subject }) => `${permission}: ${subject}`)
      assert.includeMembers([...parts!], ["bash: false", "edit: out.txt"])
    })
  )
})
