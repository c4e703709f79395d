import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { execFileSync } from "node:child_process"
import { makeTools } from "../workspace.ts"
import { hasRipgrep } from "./ripgrep.ts"

type Options = NonNullable<Parameters<typeof makeTools>[2]>

const kinds: ReadonlyArray<readonly [name: string, isPossible: boolean, options: Options]> = [
  ["without ripgrep", true, { programs: "/nowhere" }],
  ["with ripgrep", hasRipgrep, {}]
]

for (const [name, isPossible, options] of kinds) {
  describe.skipIf(!isPossible)(`A search ${name}`, () => {
    layer(NodeContext.layer)((it) => {
      const make = (files: Record<string, string | Uint8Array>, rules?: Parameters<typeof makeTools>[1]) =>
        Effect.gen(function*() {
          const tools = yield* makeTools(undefined, rules, options)
          for (const [file, content] of Object.entries(files)) yield* tools.put(file, content)
          const told = (name: "grep" | "glob", params: object) =>
            Effect.map(tools.use(name, params), ({ text }) => text.split("\n"))
          return { ...tools, told }
        })

      it.scoped("searches files that are named, even if they are ignored", () =>
        Effect.gen(function*() {
          const { told } = yield* make({
            ".git/HEAD": "ref: refs/heads/main\n",
            ".gitignore": "dist/\nnode_modules/\n*.log\n",
            "dist/app.js": "needle\n",
            "dist/node_modules/x/x.js": "needle\n",
            "logs/a.log": "needle\n",
            "node_modules/pkg/index.js": "needle\n",
            "node_modules/pkg/package.json": "{}\n",
            "venv/.gitignore": "*\n",
            "venv/lib/site.py": "needle\n"
          })
          const grep = (path: string) => told("grep", { pattern: "needle", path })
          assert.deepStrictEqual(yield* grep("dist"), ["app.js:1:needle", "node_modules/x/x.js:1:needle"])
          assert.deepStrictEqual(yield* grep("dist/app.js"), ["app.js:1:needle"])
          assert.deepStrictEqual(yield* grep("logs"), ["a.log:1:needle"])
          assert.deepStrictEqual(yield* grep("node_modules/pkg"), ["index.js:1:needle"])
          assert.deepStrictEqual(yield* grep("venv"), ["lib/site.py:1:needle"])
          assert.deepStrictEqual(yield* told("grep", { pattern: "needle", glob: "dist/*.js" }), [
            "dist/app.js:1:needle"
          ])
          assert.deepStrictEqual((yield* told("glob", { pattern: "dist/**/*.js" })).toSorted(), [
            "dist/app.js",
            "dist/node_modules/x/x.js"
          ])
          assert.deepStrictEqual(yield* told("glob", { pattern: "**/*.js", path: "node_modules/pkg" }), ["index.js"])
          assert.deepStrictEqual(yield* told("glob", { pattern: "node_modules/pkg/package.json" }), [
            "node_modules/pkg/package.json"
          ])
        }))

      it.scoped("counts skipped files by reason", () =>
        Effect.gen(function*() {
          const fs = yield* FileSystem.FileSystem
          const { at, told } = yield* make({
            ".gitignore": "*.log\n/out\n",
            ".env": "needle\n",
            "a.txt": "needle\n",
            "b.log": "needle\n",
            "c.bin": "needle\0\n",
            "d.bin": "\0\n",
            "node_modules/e/e.js": "needle\n",
            "out/f.txt": "needle\n"
          })
          yield* fs.symlink("a.txt", at("link"))
          execFileSync("mkfifo", [at("pipe")])
          assert.deepStrictEqual(yield* told("grep", { pattern: "needle" }), [
            "a.txt:1:needle",
            "(Left out: 3 files or directories ignored by .gitignore or in node_modules; 1 file that needs permission to read; \
1 symbolic link; 1 pipe, socket or device; matches in 1 binary file. To search one of them, pass it as path.)"
          ])
          assert.deepStrictEqual(yield* told("glob", { pattern: "*.md" }), [
            "No files match.",
            "(Left out: 3 files or directories ignored by .gitignore or in node_modules; 1 symbolic link; \
1 pipe, socket or device. To search one of them, pass it as path.)"
          ])
        }))

      it.scoped("distinguishes files inside and outside the project in a common parent directory", () =>
        Effect.gen(function*() {
          const { beside, put, told } = yield* make({ "a.txt": "needle\n", "b.txt": "needle\n" }, {
            read: "allow",
            external_directory: { "*/z/*": "deny" }
          })
          for (const file of ["z/a.txt", "y/a.txt"]) yield* put(`${beside}/${file}`, "needle\n")
          assert.deepStrictEqual(yield* told("grep", { pattern: "needle", path: beside }), [
            "project/a.txt:1:needle",
            "project/b.txt:1:needle",
            "y/a.txt:1:needle",
            "(Left out: 1 file that needs permission to read. To search one of them, pass it as path.)"
          ])
        }))

      it.scoped("opens only regular files", () =>
        Effect.gen(function*() {
          const { at, told } = yield* make({})
          execFileSync("mkfifo", [at("pipe")])
          for (const path of ["pipe", "/dev/zero"]) {
            assert.include(
              (yield* told("grep", { pattern: "needle", path }))[0],
              "is a pipe, socket or device, which can't be searched"
            )
          }
        }))

      it.scoped.skipIf(process.platform !== "linux")("counts files that can't be read", () =>
        Effect.gen(function*() {
          const { told } = yield* make({})
          // Memory begins with an address that nothing is at.
          assert.deepStrictEqual(yield* told("grep", { pattern: "x", path: `/proc/${process.pid}/mem` }), [
            "No matches.",
            "(Left out: 1 file or directory that can't be read.)"
          ])
        }))

      it.scoped("finds text in large files and beyond the displayed part of a line", () =>
        Effect.gen(function*() {
          const { told } = yield* make({
            "log.txt": `${"lorem ipsum dolor\n".repeat(300_000)}needle at the end\n`,
            "one.json": `[${"\"x\",".repeat(500_000)}"needle"]`
          })
          const [first, second] = yield* told("grep", { pattern: "needle" })
          assert.strictEqual(first, "log.txt:300001:needle at the end")
          assert.match(second ?? "", /^one\.json:1:\[("x",)+"?x?"?… \(2000010 bytes\)$/)
          assert.isBelow(second?.length ?? 0, 600)
        }))

      it.scoped("matches brackets and parentheses literally if a path contains them", () =>
        Effect.gen(function*() {
          const files = ["app/(shop)/page.tsx", "app/[slug]/page.tsx", "app/s/page.tsx", "{x}/a.txt", "@(a|b)/c.txt"]
          const { told } = yield* make(Object.fromEntries(files.map((file) => [file, "needle\n"])))
          const cases: ReadonlyArray<readonly [pattern: string, files: ReadonlyArray<string>]> = [
            ["app/(shop)/page.tsx", ["app/(shop)/page.tsx"]],
            ["app/(shop)/*", ["app/(shop)/page.tsx"]],
            ["**/(shop)/*.tsx", ["app/(shop)/page.tsx"]],
            ["app/[slug]/page.tsx", ["app/[slug]/page.tsx"]],
            ["app/[slug]/*", ["app/[slug]/page.tsx"]],
            ["**/[slug]/*", ["app/[slug]/page.tsx", "app/s/page.tsx"]],
            ["app/[s]/page.tsx", ["app/s/page.tsx"]],
            ["{x}/*", ["{x}/a.txt"]],
            ["@(a|b)/*", ["@(a|b)/c.txt"]],
            ["{app/(shop),{x}}/*", ["{x}/a.txt", "app/(shop)/page.tsx"]],
            ["app", ["app/(shop)/page.tsx", "app/[slug]/page.tsx", "app/s/page.tsx"]]
          ]
          for (const [pattern, found] of cases) {
            assert.deepStrictEqual((yield* told("glob", { pattern })).toSorted(), found.toSorted(), pattern)
            assert.deepStrictEqual(
              (yield* told("grep", { pattern: "needle", glob: pattern })).toSorted(),
              found.map((file) => `${file}:1:needle`).toSorted(),
              pattern
            )
          }
        }))

      it.scoped("explains that a pattern can't match a line break", () =>
        Effect.gen(function*() {
          const { told } = yield* make({ "a.txt": "a\nb\n" })
          assert.include((yield* told("grep", { pattern: "a\\nb" }))[0], "line break")
          assert.deepStrictEqual(yield* told("grep", { pattern: "a[^\\n]*$" }), ["a.txt:1:a"])
        }))
    })
  })
}

layer(NodeContext.layer)("A search that takes too long", (it) => {
  it.scoped("ends ripgrep and reports the timeout", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const bin = yield* fs.makeTempDirectoryScoped()
      const tools = yield* makeTools(undefined, undefined, { programs: `${bin}:${process.env["PATH"]}` })
      yield* tools.put("a.txt", "needle\n")
      const script = `#!/bin/sh\nprintf './a.txt\\0001:needle\\n'\necho $$ > ${bin}/pid\nexec sleep 1000\n`
      yield* fs.writeFileString(`${bin}/rg`, script)
      yield* fs.chmod(`${bin}/rg`, 0o755)
      const grep = yield* Effect.fork(tools.use("grep", { pattern: "needle" }))
      const pid = yield* Effect.promise(async () => {
        for (;;) {
          const text = await Effect.runPromise(Effect.orElseSucceed(fs.readFileString(`${bin}/pid`), () => ""))
          if (text.endsWith("\n")) return Number(text)
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      })
      process.kill(pid, 0)
      yield* TestClock.adjust("31 seconds")
      const { text } = yield* Fiber.join(grep)
      assert.deepStrictEqual(text.split("\n"), [
        "a.txt:1:needle",
        "(Stopped after 30 seconds: the results are incomplete. Use a narrower path or glob.)"
      ])
      assert.throws(() => process.kill(pid, 0), /ESRCH/)
    }))
})
