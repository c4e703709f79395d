import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeTools } from "../workspace.ts"
import { hasRipgrep } from "./ripgrep.ts"

type Options = NonNullable<Parameters<typeof makeTools>[2]>

/** Without the line about what was left out. */
const linesOf = (text: string): ReadonlyArray<string> =>
  text.split("\n").filter((line) => !line.startsWith("(Left out: "))

/** Beside the project there is what must not be found. */
const makeSearched = Effect.fn("makeSearched")(function*(options?: Options) {
  const fs = yield* FileSystem.FileSystem
  const tools = yield* makeTools(undefined, undefined, options)
  yield* fs.makeDirectory(`${tools.beside}/outside`)
  yield* fs.writeFileString(`${tools.beside}/secret.ts`, "needle secret\n")
  yield* fs.writeFileString(`${tools.beside}/outside/secret.ts`, "needle secret\n")
  yield* fs.symlink(`${tools.beside}/outside`, tools.at("link"))
  yield* fs.symlink(`${tools.beside}/secret.ts`, tools.at("linked.ts"))
  const files = {
    ".git/config": "needle\n",
    ".gitignore": "made.ts\ndist\n/sub/only.ts\n",
    "a-b/x.ts": "needle\n",
    "a.ts": "one\nneedle a: 1\nthree\nfour\nfive\nsix Needle\n",
    "a/deep/y.md": "a needle\r\nin windows\r\n",
    "a/x.ts": "no\nNEEDLE\n",
    "binary.ts": "\0 needle\n",
    "dist/d.ts": "needle\n",
    "made.ts": "needle\n",
    "node_modules/m/m.ts": "needle\n",
    "sub/.gitignore": "q.ts\n",
    "sub/only.ts": "needle\n",
    "sub/q.ts": "needle\n",
    "sub/z.ts": "needle z\n"
  }
  for (const [file, content] of Object.entries(files)) yield* tools.put(file, content)
  return tools
})

layer(NodeContext.layer)("Finding files", (it) => {
  it.scoped("leaves out ignored files and never leaves the directory", () =>
    Effect.gen(function*() {
      const { beside, use } = yield* makeSearched()
      const glob = (params: object) => Effect.map(use("glob", params), ({ text }) => linesOf(text).toSorted())
      assert.deepStrictEqual(yield* glob({ pattern: "**/*.ts" }), [
        "a-b/x.ts",
        "a.ts",
        "a/x.ts",
        "binary.ts",
        "sub/z.ts"
      ])
      assert.deepStrictEqual(yield* glob({ pattern: "*.ts", path: "sub" }), ["z.ts"])
      for (const pattern of ["link/*", `{${beside}/,x}*.ts`, "{../,x}*.ts", "{..,x}/*.ts", "linked.ts"]) {
        assert.notMatch((yield* use("glob", { pattern })).text, /secret|linked/, pattern)
      }
      for (const pattern of ["../*", `${beside}/*`]) {
        assert.isTrue((yield* use("glob", { pattern })).isFailure, pattern)
      }
    }))

  it.scoped("returns the newest files first and counts the rest", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, put, use } = yield* makeTools()
      for (let index = 0; index < 205; index += 1) {
        yield* put(`${index}.txt`, "")
        yield* fs.utimes(at(`${index}.txt`), 1000 + index, 1000 + index)
      }
      const lines = (yield* use("glob", { pattern: "*.txt" })).text.split("\n")
      assert.strictEqual(lines[0], "204.txt")
      assert.strictEqual(lines[199], "5.txt")
      assert.deepStrictEqual(lines.slice(200), ["(5 more: use a narrower pattern.)"])
    }))

  it.scoped("finds nothing below a file", () =>
    Effect.gen(function*() {
      const { use } = yield* makeSearched()
      for (const pattern of ["a.ts/*", "a.ts/**/*.ts"]) {
        assert.deepStrictEqual(yield* use("glob", { pattern }), yield* use("glob", { pattern: "none/*" }))
      }
    }))

  it.scoped("needs a directory", () =>
    Effect.gen(function*() {
      const { use } = yield* makeSearched()
      assert.strictEqual((yield* use("glob", { pattern: "*", path: "a.ts" })).text, "a.ts is not a directory.")
      assert.strictEqual((yield* use("glob", { pattern: "*", path: "none" })).text, "none: the file does not exist")
    }))
})

const searches: ReadonlyArray<readonly [params: object, found: ReadonlyArray<string>]> = [
  [{ pattern: "needle" }, ["a/deep/y.md:1:a needle", "a-b/x.ts:1:needle", "a.ts:2:needle a: 1", "sub/z.ts:1:needle z"]],
  [{ pattern: "needle", ignoreCase: true, glob: "*.ts" }, [
    "a/x.ts:2:NEEDLE",
    "a-b/x.ts:1:needle",
    "a.ts:2:needle a: 1",
    "a.ts:6:six Needle",
    "sub/z.ts:1:needle z"
  ]],
  [{ pattern: "needle", context: 1, glob: "{a,z}.ts" }, [
    "a.ts-1-one",
    "a.ts:2:needle a: 1",
    "a.ts-3-three",
    "--",
    "sub/z.ts:1:needle z"
  ]],
  [{ pattern: "(?:needle|Needle)$", path: "a.ts" }, ["a.ts:6:six Needle"]],
  [{ pattern: "needle", glob: "!*.ts" }, ["a/deep/y.md:1:a needle"]],
  [{ pattern: "needle", glob: "a/**" }, ["a/deep/y.md:1:a needle"]],
  [{ pattern: "needle", path: "sub" }, ["z.ts:1:needle z"]],
  [{ pattern: "needle", path: "binary.ts" }, ["No matches."]],
  [{ pattern: "nothing" }, ["No matches."]],
  [{ pattern: "needle", glob: "../*" }, ["No matches."]],
  [{ pattern: "needle", glob: "{../*,x}" }, ["No matches."]],
  [{ pattern: "needle", glob: "link/*" }, ["No matches."]]
]

const kinds: ReadonlyArray<readonly [name: string, isPossible: boolean, options: Options]> = [
  ["without ripgrep", true, { programs: "/nowhere" }],
  ["with ripgrep", hasRipgrep, {}]
]

for (const [name, isPossible, options] of kinds) {
  describe.skipIf(!isPossible)(`Finding text ${name}`, () => {
    layer(NodeContext.layer)((it) => {
      for (const [params, found] of searches) {
        it.scoped(`finds ${JSON.stringify(params)}`, () =>
          Effect.gen(function*() {
            const { use } = yield* makeSearched(options)
            const { text } = yield* use("grep", params)
            assert.deepStrictEqual(linesOf(text), found)
          }))
      }

      it.scoped("explains what is wrong with the expression", () =>
        Effect.gen(function*() {
          const { use } = yield* makeSearched(options)
          const { isFailure, text } = yield* use("grep", { pattern: "(" })
          assert.isTrue(isFailure)
          assert.match(text, /unclosed group|missing closing/)
        }))

      it.scoped("takes linear time, even for expressions that make other engines hang", () =>
        Effect.gen(function*() {
          const { put, use } = yield* makeTools(undefined, undefined, options)
          yield* put("a.txt", `${"a".repeat(60)}!\n`)
          const { text } = yield* use("grep", { pattern: "(a+)+$" })
          assert.strictEqual(text, "No matches.")
        }))

      it.scoped("leaves out files of a directory that need permission to read", () =>
        Effect.gen(function*() {
          const { asked, at, beside, put, use } = yield* makeTools(undefined, {
            read: { "*": "allow", "secrets/*": "deny", "*.key": "ask", "*.env": "ask", "/*/outside/no.txt": "deny" },
            external_directory: { "*/never.txt": "deny" }
          }, options)
          const files = ["a.txt", "secrets/b.txt", "sub/c.key", ".env", `${beside}/outside/no.txt`]
          for (const file of [...files, `${beside}/outside/yes.txt`, `${beside}/outside/never.txt`]) {
            yield* put(file, "needle\n")
          }
          const left = (files: string) =>
            `(Left out: ${files} permission to read. To search one of them, pass it as path.)`
          const grep = (params: object) => Effect.map(use("grep", params), ({ text }) => text.split("\n"))
          assert.deepStrictEqual(yield* grep({ pattern: "needle" }), ["a.txt:1:needle", left("3 files that need")])
          assert.deepStrictEqual(yield* grep({ pattern: "nothing" }), ["No matches.", left("3 files that need")])
          assert.deepStrictEqual(yield* grep({ pattern: "needle", path: "sub", context: 1 }), [
            "No matches.",
            left("1 file that needs")
          ])
          assert.deepStrictEqual(yield* grep({ pattern: "needle", glob: "*.txt" }), [
            "a.txt:1:needle",
            left("1 file that needs")
          ])
          assert.deepStrictEqual(yield* grep({ pattern: "needle", path: `${beside}/outside` }), [
            "yes.txt:1:needle",
            left("2 files that need")
          ])
          // By its path it is asked for, and who is asked has said yes.
          assert.deepStrictEqual(yield* grep({ pattern: "needle", path: ".env" }), [".env:1:needle"])
          assert.deepStrictEqual(asked.at(-1)?.parts.at(-1), {
            permission: "read",
            subject: ".env",
            path: at(".env"),
            secret: true
          })
        }))

      it.scoped("leaves out files of a directory that may contain secrets, even without rules", () =>
        Effect.gen(function*() {
          const { beside, put, use } = yield* makeTools(undefined, undefined, options)
          const secrets = [".ENV", "sub/.npmrc", "sub/tls.key", "sub/id_ed25519"]
          for (const file of [...secrets, ".git/config", ".env.example", "sub/key.ts"]) yield* put(file, "needle\n")
          for (const file of ["auth.json", "notes.md"]) yield* put(`${beside}/own/${file}`, "needle\n")
          const grep = (params: object) => Effect.map(use("grep", params), ({ text }) => text.split("\n"))
          const left = (files: string) =>
            `(Left out: ${files} permission to read. To search one of them, pass it as path.)`
          assert.deepStrictEqual(yield* grep({ pattern: "needle" }), [
            ".env.example:1:needle",
            "sub/key.ts:1:needle",
            left("4 files that need")
          ])
          assert.deepStrictEqual(yield* grep({ pattern: "needle", path: ".git" }), [
            "No matches.",
            left("1 file that needs")
          ])
          assert.deepStrictEqual(yield* grep({ pattern: "needle", path: `${beside}/own` }), [
            "notes.md:1:needle",
            left("1 file that needs")
          ])
        }))

      it.scoped("returns 200 lines and reports that there are more", () =>
        Effect.gen(function*() {
          const { put, use } = yield* makeTools(undefined, undefined, options)
          yield* put("many.txt", "needle\n".repeat(200))
          assert.strictEqual((yield* (use("grep", { pattern: "needle" }))).text.split("\n").length, 200)
          yield* put("many.txt", "needle\n".repeat(201))
          const lines = (yield* (use("grep", { pattern: "needle" }))).text.split("\n")
          assert.strictEqual(lines.length, 201)
          assert.strictEqual(lines[200], "(More lines match: use a narrower pattern, path or glob.)")
        }))
    })
  })
}

layer(NodeContext.layer)("Finding text in one file", (it) => {
  it.scoped("needs the same permission as reading it", () =>
    Effect.gen(function*() {
      const { asked, at, put, use } = yield* makeTools()
      yield* put(".env", "KEY=1\n")
      yield* use("grep", { pattern: "KEY", path: ".env" })
      assert.deepStrictEqual(asked[0]?.parts, [
        { permission: "grep", subject: ".env", path: at(".env") },
        { permission: "read", subject: ".env", path: at(".env"), secret: true }
      ])
    }))
})
