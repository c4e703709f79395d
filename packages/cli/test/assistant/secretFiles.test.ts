/** Files that may contain secrets stay on this machine, however the model or the project accesses them. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"

const canary = "canary-5d1e9b"
const token = { AWS_BEARER_TOKEN_BEDROCK: "secret-files-token" }

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

type Call = ReturnType<typeof call>

/** A project with secrets in it, in a home with secrets in it; the model makes these calls. */
const start = (calls: ReadonlyArray<Call>, config: Record<string, unknown> = {}) =>
  Effect.gen(function*() {
    const done = { blocks: [{ type: "text", text: "Done." }] } as const
    const sandbox = yield* Sandbox.make({
      script: calls.length === 0 ? [done, done, done] : [{ blocks: [...calls] }, done]
    })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), ...config })
    const project = join(home.home, "project")
    mkdirSync(project)
    execFileSync("git", ["init", "-q"], { cwd: project })
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(project, path)), { recursive: true })
      writeFileSync(join(project, path), text)
    }
    put(".env", `A=${canary}\n`)
    put("sub/.ENV.local", `A=${canary}\n`)
    put("sub/.npmrc", `A=${canary}\n`)
    put("../.aws/credentials", `A=${canary}\n`)
    execFileSync("git", ["config", "remote.o.url", `https://u:${canary}@example.com/x`], { cwd: project })
    symlinkSync(".env", join(project, "notes.txt"))
    symlinkSync("sub/.npmrc", join(project, "rc.txt"))
    const run = (
      args: ReadonlyArray<string> = [],
      options: { readonly cwd?: string; readonly env?: typeof token } = {}
    ) => home.run(["run", ...args, "go"], { env: token, cwd: project, ...options })
    /** Everything that the gateway was sent. */
    const sent = Effect.map(sandbox.requests, (requests) => JSON.stringify(requests.map(({ body }) => body)))
    return { home, project, put, run, sent }
  })

const doors: ReadonlyArray<readonly [name: string, calls: ReadonlyArray<Call>]> = [
  ["read", [call("1", "read", { path: ".env" })]],
  ["read in another letter case", [call("1", "read", { path: "sub/.ENV.local" })]],
  ["read through a link", [call("1", "read", { path: "rc.txt" })]],
  ["read of the Git configuration", [call("1", "read", { path: ".git/config" })]],
  ["grep in the project", [
    call("1", "grep", { pattern: "A=|url" }),
    call("2", "grep", { pattern: "u:", path: ".git" })
  ]],
  ["grep in the file", [call("1", "grep", { pattern: "A", path: "sub/.npmrc" })]],
  ["grep through a link", [call("1", "grep", { pattern: "A", path: "rc.txt" })]],
  ["glob", [call("1", "glob", { pattern: "**/*" })]]
]

layer(NodeContext.layer)("a file that may contain secrets", (it) => {
  for (const [name, calls] of doors) {
    for (const rg of name.startsWith("grep") ? ["with rg", "without rg"] : [""]) {
      it.scoped(`does not reach the model by ${name} ${rg}`.trimEnd(), () =>
        Effect.gen(function*() {
          // The user has allowed all directories, but no rule mentions secrets.
          const { project, run, sent } = yield* start(calls, { permission: { external_directory: "allow" } })
          const bare = join(project, "../bare")
          mkdirSync(bare)
          const env = rg === "without rg" ? { ...token, PATH: bare } : token
          const { code, stderr } = yield* run([], { env })
          // A search of the whole project skips such files instead of asking.
          assert.strictEqual(code, stderr.includes("there is no terminal to ask in") ? 1 : 0, stderr)
          assert.notInclude(yield* sent, canary)
        }))
    }
  }

  for (
    const [name, arrange] of [
      ["instructions of the project", (put) => put("altimate-code.json", "{\"instructions\": [\".env\"]}")],
      ["a pattern", (put) => put("altimate-code.json", "{\"instructions\": [\"**/*.env\", \"{.env,x}\", \"sub/.*\"]}")],
      ["a link", (put) => put("altimate-code.json", "{\"instructions\": [\"notes.txt\"]}")],
      ["AGENTS.md as a link", (_, project) => symlinkSync(".env", join(project, "AGENTS.md"))],
      ["AGENTS.md as a link to .git", (_, project) => symlinkSync(".git/config", join(project, "AGENTS.md"))]
    ] as ReadonlyArray<
      readonly [string, (put: (path: string, text: string) => void, project: string) => void]
    >
  ) {
    it.scoped(`does not reach the model by ${name}, trusted or not, and the user is told`, () =>
      Effect.gen(function*() {
        const { project, put, run, sent } = yield* start([])
        arrange(put, project)
        for (const args of [[], ["--trust-project"], ["--yolo"]]) {
          const { code, stderr } = yield* run(args)
          assert.strictEqual(code, 0, stderr)
          assert.match(stderr, /note: .*may contain secrets and is not sent to the model/)
        }
        assert.notInclude(yield* sent, canary)
      }))
  }

  it.scoped("reaches the model when the user's own configuration names it, with a notice", () =>
    Effect.gen(function*() {
      const { run, sent } = yield* start([], { instructions: [".env"] })
      const { stderr } = yield* run()
      assert.match(stderr, /note: .*\.env may contain secrets and is sent to the model, because your configuration/)
      assert.include(yield* sent, canary)
    }))

  it.scoped("reaches the model by --file, with a notice and without a question", () =>
    Effect.gen(function*() {
      const { put, run, sent } = yield* start([])
      put("plain.txt", "plain")
      const { code, stderr } = yield* run(["--file", "notes.txt", "--file", "plain.txt"])
      assert.strictEqual(code, 0, stderr)
      assert.include(stderr, "note: notes.txt may contain secrets and is sent to the model, because --file names it")
      assert.notInclude(stderr, "plain.txt")
      assert.include(yield* sent, canary)
    }))

  it.scoped("is read without a question if the prompt on the screen mentions it with @, with a notice", () =>
    Effect.gen(function*() {
      const { home, project, sent } = yield* start([call("1", "read", { path: ".env" })])
      const terminal = yield* open([], { home: home.home, cwd: project, env: token })
      yield* terminal.see(/ready/)
      yield* terminal.write("Look at @.env, please")
      yield* terminal.see("please")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/\.env may contain secrets: the model may read it[^]*Done\./)
      assert.include(yield* sent, canary)
    }))
})

layer(NodeContext.layer)("the home directory", (it) => {
  for (const dotfiles of [false, true]) {
    it.scoped(`is not a project, ${dotfiles ? "even if it is a repository" : "without a repository"}`, () =>
      Effect.gen(function*() {
        const { home, run, sent } = yield* start([
          call("1", "read", { path: "plain.txt" }),
          call("2", "grep", { pattern: "canary" }),
          call("3", "glob", { pattern: "*" }),
          call("4", "read", { path: "~/.aws/credentials" })
        ], { permission: { edit: "allow" } })
        if (dotfiles) execFileSync("git", ["init", "-q"], { cwd: home.home })
        writeFileSync(join(home.home, "plain.txt"), canary)
        writeFileSync(join(home.home, "AGENTS.md"), canary)
        const { stderr } = yield* run([], { cwd: home.home })
        assert.include(stderr, "AGENTS.md is ignored")
        const told = yield* sent
        assert.notInclude(told, canary)
        assert.notInclude(told, "plain.txt\\n")
        assert.include(told, "Project: none")
      }))
  }

  it.scoped("that is a repository is not the project of its subdirectories", () =>
    Effect.gen(function*() {
      const { home, run, sent } = yield* start([
        call("1", "read", { path: "../plain.txt" }),
        call("2", "read", { path: "inside.txt" })
      ])
      execFileSync("git", ["init", "-q"], { cwd: home.home })
      const cwd = join(home.home, "src")
      mkdirSync(cwd)
      writeFileSync(join(home.home, "plain.txt"), canary)
      writeFileSync(join(home.home, "AGENTS.md"), canary)
      writeFileSync(join(cwd, "inside.txt"), "the inside")
      yield* run([], { cwd })
      const told = yield* sent
      assert.notInclude(told, canary)
      assert.include(told, "the inside")
      assert.include(told, `Project: ${cwd} (not a Git repository)`)
    }))
})

layer(NodeContext.layer)("a file that other programs execute", (it) => {
  const hook = "#!/bin/sh\necho ran\n"
  const calls = [
    call("1", "write", { path: ".husky/pre-commit", content: hook }),
    call("2", "write", { path: "link/post-merge", content: hook }),
    call("3", "bash", { command: "echo x > .envrc" }),
    call("4", "write", { path: "src/a.ts", content: "a" })
  ]
  const arrange = (permission: unknown) =>
    Effect.map(start(calls, { permission }), (started) => {
      symlinkSync(".git/hooks", join(started.project, "link"))
      return started
    })
  const made = (project: string) =>
    [".husky/pre-commit", ".git/hooks/post-merge", ".envrc", "src/a.ts"].filter((file) =>
      existsSync(join(project, file))
    )

  it.scoped("is not changed because of a rule for all files or for everything", () =>
    Effect.gen(function*() {
      for (const permission of [{ edit: "allow", bash: "allow" }, { "*": "allow" }, "allow"]) {
        const { project, run } = yield* arrange(permission)
        yield* run()
        assert.deepStrictEqual(made(project), ["src/a.ts"])
      }
    }))

  it.scoped("is changed if a rule names it", () =>
    Effect.gen(function*() {
      const { project, run } = yield* arrange({ edit: { ".husky/*": "allow", ".envrc": "allow" }, bash: "allow" })
      yield* run()
      assert.deepStrictEqual(made(project), [".husky/pre-commit", ".envrc"])
    }))

  it.scoped("is changed with --yolo", () =>
    Effect.gen(function*() {
      const { project, run } = yield* arrange({ edit: "allow" })
      yield* run(["--yolo"])
      assert.lengthOf(made(project), 4)
      assert.strictEqual(readFileSync(join(project, ".git/hooks/post-merge"), "utf8"), hook)
    }))
})
