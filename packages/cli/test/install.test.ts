import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
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

const root = fileURLToPath(new URL("../../..", import.meta.url))
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

layer(NodeContext.layer)("the packed libraries", (it) => {
  it.scoped(
    "run the programs of docs/libraries.md and of their READMEs in another project",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const home = yield* fs.makeTempDirectoryScoped({ prefix: "altimate-code-libraries-" })
        const page = yield* fs.readFileString(join(root, "docs/libraries.md"))
        const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, block]) => block!)
        const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1" })
        const program = blocks[0]!
          .replace("https://gateway.example.com/bedrock/v1", sandbox.url)
          .replace("Redacted.make(\"…\")", "Redacted.make(\"library-token\")")
        const assistant = blocks.find((block) => block.includes("Turn.run"))!.replaceAll("/project", home)
        yield* fs.writeFileString(join(home, "program.ts"), `${program}\nawait Effect.runPromise(program)\n`)
        yield* fs.writeFileString(join(home, "turn.ts"), `${program}${assistant}\nawait Effect.runPromise(turn)\n`)
        const readmes = readdirSync(join(root, "packages")).flatMap((name) => {
          const text = readFileSync(join(root, "packages", name, "README.md"), "utf8")
          const code = /```ts\n([^]*?)```/.exec(text)?.[1]
          return code === undefined ? [] : [{ name, code, output: /```text\n([^]*?)```/.exec(text)?.[1] ?? "" }]
        })
        for (const { code, name } of readmes) yield* fs.writeFileString(join(home, `${name}.ts`), `${code}export {}\n`)
        yield* fs.writeFileString(
          join(home, "readmes.ts"),
          readmes.map(({ name }) => `await import("./${name}.js")\n`).join("")
        )
        yield* fs.writeFileString(
          join(home, "package.json"),
          JSON.stringify({ name: "another-project", private: true, type: "module" })
        )

        const peers = [
          "effect@3",
          "@effect/ai@0.37",
          "@effect/platform@0.97",
          "@effect/platform-node@0.108",
          "@types/node@20"
        ]
        const installed = yield* execute(
          "npm",
          ["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs(/^altimate-code-[a-z]/), ...peers],
          { cwd: home, env: { HOME: process.env["HOME"]! } }
        )
        assert.strictEqual(installed.code, 0, installed.stderr)

        const options = [
          "--module",
          "nodenext",
          "--target",
          "es2023",
          "--strict",
          "--exactOptionalPropertyTypes",
          "--skipLibCheck",
          "--types",
          "node"
        ]
        const compiled = yield* execute(join(root, "node_modules/.bin/tsc"), [
          ...options,
          "program.ts",
          "turn.ts",
          "readmes.ts"
        ], {
          cwd: home,
          env: {}
        })
        assert.strictEqual(compiled.code, 0, compiled.stdout)

        const run = (file: string) =>
          execute(process.execPath, [file], {
            cwd: home,
            env: { HOME: home }
          })
        const turn = yield* run("turn.js")
        assert.match(turn.stdout, /^text$[^]*^finished$/m, turn.stderr)
        assert.deepStrictEqual(yield* run("readmes.js"), {
          code: 0,
          stdout: readmes.map(({ output }) => output).join(""),
          stderr: ""
        })
        const answer = yield* run("program.js")
        assert.strictEqual(answer.code, 0, answer.stderr)
        assert.include(answer.stdout, "What is a VPC endpoint?")
        assert.strictEqual((yield* sandbox.requests)[0]!.headers["authorization"], "Bearer library-token")
      })
  )
})
