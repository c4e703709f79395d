/** Background commands in `run`, which end with it. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const token = { AWS_BEARER_TOKEN_BEDROCK: "task-token" }

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

const isAlive = (pid: number) => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z")
}

const script = [
  { blocks: [call("1", "bash", { command: "echo $$ > pid; sleep 1000", background: true })] },
  { blocks: [call("2", "bash", { command: "exit 4", background: true })] },
  { blocks: [call("3", "bash", { command: "until [ -s pid ]; do sleep 0.05; done; sleep 1" })] },
  { blocks: [{ type: "text", text: "Done." } as const] },
  { blocks: [{ type: "text", text: "I know." } as const] }
]

layer(NodeContext.layer, { excludeTestServices: true })("A background command in run", (it) => {
  it.scoped("runs beside the turn, is reported as JSON when it ends, and ends with the command", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const sandbox = yield* Sandbox.make({ script })
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const first = yield* home.run(["run", "--yolo", "--format", "json", "Go"], { env: token })
      assert.strictEqual(first.code, 0, first.stderr)
      const events = first.stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
      const [asked] = events.filter(({ type }) => type === "tool-asked")
      assert.deepInclude(asked, {
        name: "bash",
        params: { command: "echo $$ > pid; sleep 1000", background: true }
      })
      const [done] = events.filter(({ type }) => type === "tool-done")
      assert.deepInclude(done, { outcome: "ok", summary: "background task b1" })
      assert.deepEqual(events.filter(({ type }) => type === "task-ended"), [
        { type: "task-ended", id: "b2", title: "exit 4", ending: "exit code 4", ok: false }
      ])
      assert.include(first.stderr, "note: Background task b1 was ended: echo $$ > pid; sleep 1000")
      assert.isFalse(isAlive(Number(readFileSync(join(home.home, "pid"), "utf8"))))

      const second = yield* home.run(["run", "--yolo", "--continue", "And now?"], { env: token })
      assert.include(second.stderr, "note: Background task b1 ended (ended with the session)")
      const body = JSON.stringify((yield* sandbox.requests).filter(({ method }) => method === "POST").at(-1)?.body)
      assert.include(body, "Background task b1 has ended (ended with the session)")
    }))

  it.scoped("needs permission as any other command does", () =>
    Effect.gen(function*() {
      const home = yield* makeHome
      const sandbox = yield* Sandbox.make({ script: [script[0]!, script[3]!] })
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const result = yield* home.run(["run", "Go"], { env: token })
      assert.include(result.stderr, "⊘ bash")
      assert.notInclude(result.stderr, "Background task")
    }))
})
