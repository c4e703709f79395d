import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { execFileSync, spawnSync } from "node:child_process"
import { closeSync, openSync, readdirSync, readlinkSync, statSync } from "node:fs"
import { resolveRedraws } from "../../src/internal/shell/run/redrawnLines.ts"
import * as Shell from "../../src/Shell.ts"
import { Workspace } from "../../src/Workspace.ts"
import { makeProject, toPrograms } from "../workspace.ts"

const makeShell = (environment: Record<string, string> = {}) =>
  Effect.map(makeProject, (project) => ({
    ...project,
    run: (command: string, options: Partial<Shell.Options> = {}) =>
      Shell.run({ command, timeout: "1 minute", ...options }).pipe(
        Effect.provide(Layer.succeed(Workspace, {
          directory: project.root,
          root: project.root,
          outputs: project.outputs,
          programFiles: { directories: [], names: [] },
          ...toPrograms,
          commandEnvironment: { ...toPrograms.commandEnvironment, ...environment }
        }))
      )
  }))

const test = (name: string, body: () => Effect.Effect<void, unknown, NodeContext.NodeContext | Scope.Scope>) =>
  it.scopedLive(name, () => Effect.provide(body(), NodeContext.layer))

const onLinux = process.platform === "linux" ? test : () => {}

const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

const until = <A, E, R>(effect: Effect.Effect<A, E, R>, isSo: (value: A) => boolean): Effect.Effect<A, unknown, R> =>
  Effect.suspend(() =>
    Effect.flatMap(
      Effect.zipRight(Effect.sleep("20 millis"), effect),
      (value) => isSo(value) ? Effect.succeed(value) : until(effect, isSo)
    )
  ).pipe(Effect.timeout("1 minute"))

/** Waits for a user, as an editor does. */
const patientEditor = "sh -c 'sleep 90'"

describe("A command that needs user input", () => {
  const git = "git -c user.name=a -c user.email=a@example.com"
  const editing = [
    ["git commit", `git init -q . && ${git} commit --allow-empty`],
    [
      "git commit with a configured editor",
      `git init -q . && ${git} -c core.editor='sleep 90; true' commit --allow-empty`
    ],
    [
      "git rebase -i",
      `git init -q . && ${git} commit -q --allow-empty -m a && ${git} commit -q --allow-empty -m b && ${git} rebase -i HEAD~1`
    ],
    ["an editor that is run by a shell", "sh -c \"$EDITOR file\""],
    ["an editor that is run without one", "env -- \"$VISUAL\" file"],
    ["an editor of a program's own", "sh -c \"$ACME_EDITOR file\""]
  ] as const
  for (const [what, command] of editing) {
    test(`does not wait for an editor: ${what}`, () =>
      Effect.gen(function*() {
        const environment = Object.fromEntries(
          ["EDITOR", "VISUAL", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "ACME_EDITOR"].map((name) => [name, patientEditor])
        )
        const { run } = yield* makeShell(environment)
        const { ending, output } = yield* run(command, { timeout: "1 minute" })
        assert.match(ending, /^exit code [1-9]/)
        assert.match(output, /No editor is available for .*\. Pass the text as an option/)
      }))
  }

  const asking = [
    ["git", "$GIT_ASKPASS \"Password for 'https://example.com':\""],
    ["ssh", "$SSH_ASKPASS \"Password for 'https://example.com':\""],
    ["sudo", "$SUDO_ASKPASS \"Password for 'https://example.com':\""],
    ["a program of its own", "$ACME_ASKPASS \"Password for 'https://example.com':\""]
  ] as const
  for (const [what, command] of asking) {
    test(`does not wait for a password: ${what}`, () =>
      Effect.gen(function*() {
        const { run } = yield* makeShell({ GIT_ASKPASS: patientEditor, ACME_ASKPASS: patientEditor })
        const { ending, output } = yield* run(command, { timeout: "1 minute" })
        assert.strictEqual(ending, "exit code 1")
        assert.include(output, "No terminal is available to answer: Password for 'https://example.com':")
      }))
  }

  test("finds no terminal, not even the one for gpg's passphrase prompt", () =>
    Effect.gen(function*() {
      const { run } = yield* makeShell({ GPG_TTY: "/dev/pts/0" })
      assert.match((yield* run("cat /dev/tty")).output, /No such device or address|not configured/)
      assert.strictEqual(
        (yield* run("echo \"${GPG_TTY-none} $DEBIAN_FRONTEND $GIT_TERMINAL_PROMPT $PAGER\"")).output,
        "none noninteractive 0 cat\n"
      )
    }))

  test("leaves no file behind", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { run } = yield* makeShell()
      const { output } = yield* run("dirname $EDITOR")
      assert.isFalse(yield* fs.exists(output.trim()))
    }))
})

describe("The streams of a command", () => {
  test("can be opened by their names without losing earlier output", () =>
    Effect.gen(function*() {
      const { run } = yield* makeShell()
      const { output } = yield* run("echo one; echo two > /dev/stderr; echo three > /dev/stdout; echo four >&2")
      assert.strictEqual(output, "one\ntwo\nthree\nfour\n")
    }))

  test("preserve all output up to the end of the shell, and its order, however long it is", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { run } = yield* makeShell()
      const { fullOutput } = yield* run("sleep 5 & for i in $(seq 1 30000); do echo out $i; echo err $i >&2; done")
      const lines = [...Array(30_000).keys()].map((at) => `out ${at + 1}\nerr ${at + 1}\n`)
      assert.strictEqual(yield* fs.readFileString(fullOutput!), lines.join(""))
    }))

  test("are cut between characters", () =>
    Effect.gen(function*() {
      const { run } = yield* makeShell()
      for (const before of ["", "a", "ab", "abc"]) {
        const { output } = yield* run(`printf '%s' ${before}; for i in $(seq 1 10000); do printf '😀'; done`)
        const shown = output.split(/\n\n… \d+ bytes left out.*\n\n/)
        assert.match(shown[0]!, new RegExp(`^${before}(😀)+$`, "u"))
        assert.match(shown[1]!, /^(😀)+$/u)
      }
    }))

  test("end the command if it writes too much", () =>
    Effect.gen(function*() {
      const { run } = yield* makeShell()
      const { ending, ok, output } = yield* run("echo first; yes")
      assert.strictEqual(ending, "stopped after more than 100 MiB of output")
      assert.isFalse(ok)
      assert.isTrue(output.startsWith("first\ny\n"))
    }))
})

/** What the process has open as its stdout, and how large that is. */
const stdoutOf = (pid: number) => ({
  path: readlinkSync(`/proc/${pid}/fd/1`),
  size: statSync(`/proc/${pid}/fd/1`).size
})

describe("A process that a command leaves in the background", () => {
  onLinux(
    "can write endlessly without filling the disk or being blocked",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { at, run } = yield* makeShell()
        const noisy =
          "(i=0; while :; do head -c 8000000 /dev/zero; i=$((i + 1)); echo $i > count; done) & echo $! > pid"
        assert.strictEqual((yield* run(noisy)).ending, "exit code 0")
        const pid = Number(yield* fs.readFileString(at("pid")))
        yield* Effect.addFinalizer(() => Effect.sync(() => process.kill(pid, "SIGKILL")))
        // More than the limit of what the command itself may write.
        const count = Effect.map(Effect.orElseSucceed(fs.readFileString(at("count")), () => ""), Number)
        yield* until(count, (count) => count > 20)
        assert.isTrue(isAlive(pid))
        const { path, size } = stdoutOf(pid)
        assert.match(path, /\(deleted\)$/)
        assert.strictEqual(size, 0)
      })
  )

  onLinux("has a reader for its output that ends together with it", () =>
    Effect.gen(function*() {
      const { run } = yield* makeShell()
      const { output } = yield* run("sleep 60 & echo $!")
      const pid = Number(output)
      const { ino } = statSync(`/proc/${pid}/fd/1`)
      const readers = Effect.sync(() =>
        readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(pid)).filter((name) => {
          try {
            return readdirSync(`/proc/${name}/fd`).some((fd) => statSync(`/proc/${name}/fd/${fd}`).ino === ino)
          } catch {
            return false
          }
        })
      )
      const [reader] = yield* until(readers, (found) => found.length === 1)
      process.kill(pid, "SIGKILL")
      yield* until(Effect.sync(() => isAlive(Number(reader))), (isThere) => !isThere)
    }))
})

describe("A line that is redrawn", () => {
  const lines = [
    ["10%\r20%\r100%", "100%"],
    ["[....] start\r[ ok ]", "[ ok ] start"],
    ["loading\r\u001b[Kdone", "done"],
    ["loading\u001b[2K\rdone", "done"],
    ["a long line\r\u001b[0Kshort\u001b[K", "short"],
    ["\u001b[32m 50%\u001b[0m\r\u001b[32m100%\u001b[0m", "100%"],
    ["|\b/\b-\b\\\bdone", "done"],
    ["windows\r", "windows"],
    ["twice\r\r", "twice"],
    ["é€😀\rx", "x€😀"],
    ["plain", "plain"]
  ] as const
  for (const [written, shown] of lines) {
    it(`is reduced to its final state: ${JSON.stringify(written)}`, () => {
      assert.strictEqual(resolveRedraws(`before\n${written}\nafter`), `before\n${shown}\nafter`)
    })
  }

  test("takes little space, even if it was redrawn often", () =>
    Effect.gen(function*() {
      const { run } = yield* makeShell()
      const draw = "for (i = 0; i <= 200000; i++) printf \"\\r%06d of 200000\", i"
      const result = yield* run(`echo begin; awk 'BEGIN { ${draw}; print " done" }'`)
      assert.deepStrictEqual(result, { ending: "exit code 0", ok: true, output: "begin\n200000 of 200000 done\n" })
    }))
})

describe("A command that can't be started", () => {
  const failure = (command: string) =>
    Effect.map(makeShell(), ({ run }) => Effect.map(Effect.flip(run(command)), ({ message }) => message)).pipe(
      Effect.flatten
    )

  test("explains that the working directory no longer exists", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { root, run } = yield* makeShell()
      yield* fs.remove(root, { recursive: true })
      assert.strictEqual(
        (yield* Effect.flip(run("true"))).message,
        `The command can't be started: the working directory ${root} no longer exists.`
      )
      yield* fs.writeFileString(root, "")
      assert.include((yield* Effect.flip(run("true"))).message, `the working directory ${root} no longer exists`)
    }))

  test("explains that it is too long", () =>
    Effect.gen(function*() {
      assert.match(
        yield* failure(`: ${"x".repeat(3_000_000)}`),
        /the command and its environment are too long/
      )
    }))

  test("explains that the command contains a null character", () =>
    Effect.gen(function*() {
      assert.match(yield* failure("echo a\0b"), /it contains a null character/)
    }))

  onLinux("says that there are limit of open files", () =>
    Effect.gen(function*() {
      const { run } = yield* makeShell()
      const own = ["--pid", String(process.pid)]
      const limit = (soft: string) => execFileSync("prlimit", [...own, `--nofile=${soft}:`])
      const before = execFileSync("prlimit", [...own, "--nofile", "-o", "SOFT", "--noheadings"]).toString().trim()
      yield* Effect.acquireRelease(
        Effect.sync(() => limit(String(Math.max(...readdirSync("/proc/self/fd").map(Number)) + 50))),
        () => Effect.sync(() => limit(before))
      )
      for (const left of [0, 2, 4, 6, 8]) {
        const result = yield* Effect.acquireUseRelease(
          Effect.sync(() => allButSome(left)),
          () => Effect.either(run("true")),
          (taken) => Effect.sync(() => taken.forEach((fd) => closeSync(fd)))
        )
        if (result._tag === "Left") assert.match(result.left.message, /limit of open files/, `${left}`)
        else assert.isAbove(left, 2)
      }
    }))
})

/** Takes file descriptors until so many are left. */
const allButSome = (left: number): ReadonlyArray<number> => {
  const taken: Array<number> = []
  try {
    for (;;) taken.push(openSync("/dev/null", "r"))
  } catch {
    taken.splice(0, left).forEach((fd) => closeSync(fd))
    return taken
  }
}

describe("The process of a command", () => {
  test("is known before the command runs in it", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, run } = yield* makeShell()
      let known = 0
      const onStart: Shell.Options["onStart"] = ({ pid }) =>
        Effect.gen(function*() {
          known = pid
          yield* Effect.sleep("300 millis")
          assert.isFalse(yield* fs.exists(at("ran")))
        }).pipe(Effect.orDie)
      const { output } = yield* run("touch ran; echo $$ $0", { onStart })
      assert.strictEqual(output, `${known} bash\n`)
    }))

  test("does not run the command if the process can't be saved", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, run } = yield* makeShell()
      const onStart = () => new Shell.ShellError({ message: "the disk is full" })
      assert.strictEqual((yield* Effect.flip(run("touch ran", { onStart }))).message, "the disk is full")
      assert.isFalse(yield* fs.exists(at("ran")))
    }))

  test("does not run the command if it is interrupted first", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, run } = yield* makeShell()
      let known = 0
      const fiber = yield* Effect.fork(
        run("touch ran", { onStart: ({ pid }) => Effect.zipRight(Effect.sync(() => known = pid), Effect.never) })
      )
      yield* until(Effect.sync(() => known), (pid) => pid > 0)
      yield* Fiber.interrupt(fiber)
      assert.isFalse(isAlive(known))
      assert.isFalse(yield* fs.exists(at("ran")))
    }))

  test("reads the user's startup file once", () =>
    Effect.gen(function*() {
      const { at, put, run } = yield* makeShell()
      yield* put("env.sh", "echo read\n")
      const { output } = yield* Effect.flatMap(makeShell({ BASH_ENV: at("env.sh") }), ({ run }) => run("echo ran"))
      assert.strictEqual(output, "read\nran\n")
      assert.strictEqual((yield* run("echo ran")).output, "ran\n")
    }))
})
