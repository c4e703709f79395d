/** Background tasks on the screen. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keys } from "../Terminal.ts"
import { ask, call, says, sent, start } from "./ScreenOnSandbox.ts"

const allowed = { permission: { bash: "allow", edit: "allow" } }

/** A dead process that nobody has fetched yet still has its number. */
const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

const until = (isSo: () => boolean, what: string) =>
  Effect.repeat(Effect.delay(Effect.sync(isSo), "20 millis"), { until: (isSo) => isSo }).pipe(
    Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => new Error(`${what} did not come`) })
  )

/** The process that writes its number to this file. */
const pidIn = (file: string) =>
  Effect.map(
    until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"), file),
    () => Number(readFileSync(file, "utf8"))
  )

/** A server with a child process: their numbers are in the files `server` and `child`. */
const server = "echo $$ > server; sh -c 'echo $$ > child; exec sleep 1000' & echo listening on 8080; wait"

const background = (command: string) => call("c", "bash", { command, background: true })

const startsServer = [{ blocks: [background(server)] }, { blocks: [says("It runs.")] }]

const lines = (home: string) => {
  const directory = join(home, ".local/share/altimate-code/session")
  return readdirSync(directory).filter((name) => name.endsWith(".jsonl")).flatMap((name) =>
    readFileSync(join(directory, name), "utf8").trimEnd().split("\n").map((line) =>
      JSON.parse(line) as Record<string, unknown>
    )
  )
}

layer(NodeContext.layer, { excludeTestServices: true })("Background tasks on the screen", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`/tasks lists them, shows the output, and ends one: ${columns} × ${rows}`, () =>
      Effect.gen(function*() {
        const { project, terminal } = yield* start({
          inProject: true,
          config: allowed,
          columns,
          rows,
          script: startsServer
        })
        yield* ask(terminal, "Go")
        yield* terminal.see("It runs.")
        yield* terminal.see(/1 background task · ready/)
        const pids = [yield* pidIn(join(project, "server")), yield* pidIn(join(project, "child"))]
        yield* ask(terminal, "/tasks")
        yield* terminal.see(
          columns === 100
            ? /› b1 {2}echo \$\$ > server.* {2}running {2}\d+s {2}listening on 8080/
            : /› b1 {2}echo .* {2}running/
        )
        yield* terminal.write(keys.enter)
        yield* terminal.see(/› Show its output\n {2}End it\n {2}Keep it running/)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/^listening on 8080$/m)
        assert.include(terminal.screen(), "running")
        yield* terminal.write(keys.escape)
        yield* terminal.see(/Background tasks/)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/› Show its output/)
        yield* terminal.write(keys.down)
        yield* terminal.see(/› End it/)
        yield* terminal.write(keys.enter)
        yield* terminal.see(/b1 {2}.*ended by/)
        yield* terminal.write(keys.escape)
        yield* terminal.gone(/Background tasks/)
        yield* terminal.see(/You ended background task b1/)
        assert.notInclude(terminal.screen(), "1 background task")
        for (const pid of pids) assert.isFalse(isAlive(pid))
      }))
  }

  it.scoped("one that ends by itself is reported at once, and to the model with the next request", () =>
    Effect.gen(function*() {
      const { project, sandbox, terminal } = yield* start({
        inProject: true,
        config: allowed,
        script: [
          { blocks: [background("until [ -e go ]; do sleep 0.05; done; echo broken; exit 3")] },
          { blocks: [says("It runs.")] },
          { blocks: [call("r", "tasks", { action: "read", id: "b1" })] },
          { blocks: [says("I see.")] }
        ]
      })
      yield* ask(terminal, "Go")
      yield* terminal.see(/It runs\.[^]*1 background task · ready/)
      writeFileSync(join(project, "go"), "")
      yield* terminal.see(/Background task b1 ended \(exit code 3\): until/)
      yield* ask(terminal, "And now?")
      yield* terminal.see("I see.")
      const third = yield* sent(sandbox, 2)
      assert.include(third, "Background task b1 has ended (exit code 3): until")
      assert.include(yield* sent(sandbox, 3), "b1: exit code 3, after")
      assert.strictEqual((yield* sent(sandbox, 3)).split("has ended").length, 2)
    }))

  it.scoped("stopping the answer does not end them; plan mode refuses to start and to end one", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({
        inProject: true,
        config: allowed,
        script: [
          { blocks: [background(server)] },
          { blocks: [call("w", "bash", { command: "sleep 100" })] },
          { blocks: [background("touch planned")] },
          { blocks: [call("e", "tasks", { action: "end", id: "b1" })] },
          { blocks: [call("l", "tasks", { action: "list" })] },
          { blocks: [says("Refused.")] }
        ]
      })
      yield* ask(terminal, "Go")
      const pid = yield* pidIn(join(project, "server"))
      yield* terminal.see(/bash sleep 100 · running/)
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.see(/Interrupted\.[^]*1 background task · ready/)
      assert.isTrue(isAlive(pid))
      yield* terminal.write(keys.shiftTab + keys.shiftTab)
      yield* terminal.see(/^plan · /m)
      yield* ask(terminal, "Plan")
      yield* terminal.see(
        /bash touch[^]* · not allowed: plan mode is on[^]*tasks end b1 · not allowed: plan mode is on[^]*tasks list · 1 task running[^]*Refused\./
      )
      assert.isTrue(isAlive(pid))
      assert.isFalse(existsSync(join(project, "planned")))
    }))

  for (
    const [how, leave] of [
      ["/new", "/new"],
      ["/exit", "/exit"],
      ["/fork", "/fork"],
      ["SIGHUP", "SIGHUP"],
      ["SIGTERM", "SIGTERM"]
    ] as const
  ) {
    it.scoped(`they end with the session: ${how}`, () =>
      Effect.gen(function*() {
        const { home: { home }, project, terminal } = yield* start({
          inProject: true,
          config: allowed,
          script: startsServer
        })
        yield* ask(terminal, "Go")
        yield* terminal.see(/It runs\.[^]*1 background task · ready/)
        const pids = [yield* pidIn(join(project, "server")), yield* pidIn(join(project, "child"))]
        if (leave.startsWith("/")) yield* ask(terminal, leave)
        else process.kill(terminal.pid, leave)
        yield* until(() => !pids.some(isAlive), "the end of the processes")
        if (leave === "/new" || leave === "/fork") {
          yield* terminal.see(/Background task b1 was ended: echo/)
          yield* terminal.see(/ready/)
          assert.notInclude(terminal.screen(), "1 background task")
        } else yield* terminal.exited
        yield* until(() => lines(home).some(({ ending }) => ending === "ended with the session"), "its line")
        assert.strictEqual(lines(home).some(({ ending }) => String(ending).includes("belongs to")), leave === "/fork")
      }))
  }

  it.scoped("one that is kept stays running when the user quits, and can be ended when the session is resumed", () =>
    Effect.gen(function*() {
      const { launch, project, terminal } = yield* start({ inProject: true, config: allowed, script: startsServer })
      yield* ask(terminal, "Go")
      yield* terminal.see(/It runs\.[^]*1 background task · ready/)
      const pid = yield* pidIn(join(project, "server"))
      yield* Effect.addFinalizer(() => Effect.ignore(Effect.try(() => process.kill(-pid, "SIGKILL"))))
      yield* ask(terminal, "/tasks")
      yield* terminal.see(/› b1/)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/› Show its output/)
      yield* terminal.write(keys.up + keys.down + keys.down)
      yield* terminal.see(/› Keep it running/)
      yield* terminal.write(keys.enter)
      yield* terminal.see(/b1 {2}.*running, kept/)
      yield* terminal.write(keys.escape)
      yield* terminal.gone(/Background tasks/)
      yield* ask(terminal, "/exit")
      yield* terminal.exited
      assert.include(
        terminal.everything().replaceAll("\n", ""),
        `Background task b1 keeps running as process ${pid} (to end it: kill -- -${pid}): echo`
      )
      assert.isTrue(isAlive(pid))
      const resumed = yield* launch(["-c"])
      yield* resumed.see(/1 background task · ready/)
      yield* ask(resumed, "/tasks")
      yield* resumed.see(/b1 {2}.*running, kept/)
      yield* resumed.write(keys.enter)
      yield* resumed.see(/› Show its output/)
      yield* resumed.write(keys.down)
      yield* resumed.see(/› End it/)
      yield* resumed.write(keys.enter)
      yield* resumed.see(/b1 {2}.*ended by the user/)
      assert.isFalse(isAlive(pid))
    }))

  it.scoped("kill -9 of the program ends them, and the resumed session and its model know", () =>
    Effect.gen(function*() {
      const { launch, project, sandbox, terminal } = yield* start({
        inProject: true,
        config: allowed,
        script: [...startsServer, { blocks: [says("I know.")] }]
      })
      yield* ask(terminal, "Go")
      yield* terminal.see(/It runs\.[^]*1 background task · ready/)
      const pids = [yield* pidIn(join(project, "server")), yield* pidIn(join(project, "child"))]
      process.kill(terminal.pid, "SIGKILL")
      yield* until(() => !pids.some(isAlive), "the end of the processes")
      const resumed = yield* launch(["-c"])
      yield* resumed.see(/Background task b1 ended \(ended with the program\)/)
      yield* ask(resumed, "And now?")
      yield* resumed.see("I know.")
      assert.include(yield* sent(sandbox, 2), "Background task b1 has ended (ended with the program)")
    }))

  it.scoped("one that survives even the process that watches over it is ended when the session is resumed", () =>
    Effect.gen(function*() {
      const { launch, project, terminal } = yield* start({ inProject: true, config: allowed, script: startsServer })
      yield* ask(terminal, "Go")
      yield* terminal.see(/It runs\.[^]*1 background task · ready/)
      const pids = [yield* pidIn(join(project, "server")), yield* pidIn(join(project, "child"))]
      yield* Effect.addFinalizer(() => Effect.ignore(Effect.try(() => process.kill(-pids[0]!, "SIGKILL"))))
      const watchers = execFileSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" }).split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter(([, parent, program]) => parent === String(terminal.pid) && program === "sh")
      assert.lengthOf(watchers, 1)
      // It can't act before it is dead.
      process.kill(Number(watchers[0]![0]), "SIGKILL")
      process.kill(terminal.pid, "SIGKILL")
      yield* terminal.exited
      assert.isTrue(pids.every(isAlive))
      const resumed = yield* launch(["-c"])
      yield* resumed.see(/Background task b1 ended \(left over from a crash; ended when the session was resumed\)/)
      assert.isFalse(pids.some(isAlive))
    }))
})
