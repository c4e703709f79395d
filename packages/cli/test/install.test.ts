import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { spawn } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { guideConfig } from "./BuiltCli.ts"

const dist = fileURLToPath(new URL("../../../dist", import.meta.url))

const execute = (
  command: string,
  args: ReadonlyArray<string>,
  options: { cwd: string; env: Record<string, string>; stdin?: string }
) =>
  Effect.async<{ code: number | null; stdout: string; stderr: string }>((resume) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { PATH: process.env["PATH"], ...options.env },
      stdio: ["pipe", "pipe", "pipe"]
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text)
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text)
    child.stdin.end(options.stdin)
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
  })

const tarballs = (names: RegExp) => readdirSync(dist).filter((name) => names.test(name)).map((name) => join(dist, name))

layer(NodeContext.layer)("the packed command", (it) => {
  it.scoped("installs offline into an empty directory and follows the guide", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* fs.makeTempDirectoryScoped({ prefix: "altimate-code-install-" })
      const env = { HOME: home, AWS_EC2_METADATA_DISABLED: "true" }
      yield* fs.writeFileString(join(home, "package.json"), "{}")

      // Offline: a bundle that needed a dependency would fail here.
      const installed = yield* execute("npm", [
        "install",
        "--offline",
        "--no-audit",
        "--no-fund",
        ...tarballs(/^altimate-code-\d/)
      ], {
        cwd: home,
        env
      })
      assert.strictEqual(installed.code, 0, installed.stderr)
      assert.sameMembers(readdirSync(join(home, "node_modules")).filter((name) => !name.startsWith(".")), [
        "altimate-code"
      ])

      for (const file of ["LICENSE", "README.md"]) {
        assert.include(readdirSync(join(home, "node_modules/altimate-code")), file)
      }

      const command = join(home, "node_modules/.bin/altimate-code")
      const version = yield* execute(command, ["--version"], { cwd: home, env })
      assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
      const underItsShortName = yield* execute(join(home, "node_modules/.bin/altimate"), ["--version"], {
        cwd: home,
        env
      })
      assert.strictEqual(underItsShortName.stdout, version.stdout)

      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1", auth: { bearer: [Redacted.make("install-token")] } })
      yield* fs.makeDirectory(join(home, ".config/altimate-code"), { recursive: true })
      yield* fs.writeFileString(
        join(home, ".config/altimate-code/altimate-code.json"),
        JSON.stringify(guideConfig(sandbox.url))
      )
      const login = yield* execute(command, ["auth", "login", "--provider", "amazon-bedrock"], {
        cwd: home,
        env,
        stdin: "install-token"
      })
      assert.strictEqual(login.code, 0, login.stderr)
      const list = yield* execute(command, ["providers", "list"], { cwd: home, env })
      assert.match(list.stdout, /Amazon Bedrock/)
      const answer = yield* execute(command, ["run", "hello from the tarball"], { cwd: home, env })
      assert.strictEqual(answer.code, 0, answer.stderr)
      assert.include(answer.stdout, "hello from the tarball")
      assert.strictEqual(answer.stderr, "")
    }))
})
