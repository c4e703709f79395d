import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { execFileSync } from "node:child_process"
import * as Instructions from "../src/Instructions.ts"

/** A project in a directory of its own, with these files. */
const project = (files: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const root = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
    yield* fs.makeDirectory(path.join(root, ".git"))
    for (const [name, text] of Object.entries(files)) {
      yield* fs.makeDirectory(path.dirname(path.join(root, name)), { recursive: true })
      yield* fs.writeFileString(path.join(root, name), text)
    }
    const load = (
      options: {
        readonly directory?: string
        readonly globs?: ReadonlyArray<string>
        readonly namedBy?: "user"
        readonly root?: undefined
      } = {}
    ) =>
      Instructions.load({
        directory: path.join(root, options.directory ?? ""),
        ...("root" in options ? {} : { root }),
        global: path.join(root, "home/AGENTS.md"),
        globs: options.globs ?? [],
        namedBy: options.namedBy ?? "project",
        own: { directories: [path.join(root, "own")], names: [] }
      }).pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["HOME", path.join(root, "home")]]))),
        Effect.map(({ instructions, notices }) => ({
          paths: instructions.map((found) => path.relative(root, found.path)),
          texts: instructions.map(({ text }) => text),
          notices: notices.map((notice) => notice.replaceAll(`${root}/`, ""))
        }))
      )
    return { root, load }
  })

const inProject = (
  name: string,
  test: () => Effect.Effect<void, unknown, FileSystem.FileSystem | Path.Path | Scope.Scope>
) => it.scoped(name, () => Effect.provide(test(), NodeContext.layer))

describe("the instructions", () => {
  inProject(
    "leave out a link that leads out of the project, and say so",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { load, root } = yield* project({ "docs/real.md": "inside" })
        const secret = `${yield* fs.makeTempDirectoryScoped()}/secret`
        yield* fs.writeFileString(secret, "outside")
        yield* fs.symlink(secret, `${root}/AGENTS.md`)
        yield* fs.symlink(secret, `${root}/docs/link.md`)
        yield* fs.symlink(`${root}/docs/real.md`, `${root}/docs/other.md`)
        const { notices, texts } = yield* load({ globs: ["docs/link.md", "docs/other.md"] })
        assert.deepStrictEqual(texts, ["inside"])
        const left = "is left out: it is a link that leads out of the project"
        assert.deepStrictEqual(notices, [`AGENTS.md ${left}`])
        // A glob does not find it in the first place.
        assert.deepStrictEqual((yield* load({ globs: ["docs/*.md"] })).texts, ["inside"])
      })
  )

  inProject(
    "are the global ones, then from the root down to the directory, then those below it",
    () =>
      Effect.gen(function*() {
        const { load } = yield* project({
          "AGENTS.md": "root",
          "a/AGENTS.md": "a",
          "a/b/AGENTS.md": "b",
          "a/b/z/AGENTS.md": "z",
          "a/b/c/d/AGENTS.md": "d",
          "x/AGENTS.md": "elsewhere",
          "home/AGENTS.md": "global"
        })
        const { notices, texts } = yield* load({ directory: "a/b" })
        assert.deepStrictEqual(texts, ["global", "root", "a", "b", "d", "z"])
        assert.deepStrictEqual(notices, [])
      })
  )

  inProject("are none where there are none, and empty files are none", () =>
    Effect.gen(function*() {
      const { load } = yield* project({ "AGENTS.md": " \n" })
      assert.deepStrictEqual(yield* load(), { paths: [], texts: [], notices: [] })
    }))

  inProject("are not those that .gitignore leaves out, or in node_modules", () =>
    Effect.gen(function*() {
      const { load } = yield* project({
        ".gitignore": "built/\n",
        "built/AGENTS.md": "built",
        "node_modules/x/AGENTS.md": "package",
        "src/AGENTS.md": "src"
      })
      assert.deepStrictEqual((yield* load()).texts, ["src"])
    }))

  inProject("are the configured files too, each once, and it is said which is missing", () =>
    Effect.gen(function*() {
      const { load, root } = yield* project({
        "AGENTS.md": "root",
        "docs/b.md": "b",
        "docs/a.md": "a",
        "docs/deep/c.md": "c",
        "home/own.md": "own",
        "absolute.md": "absolute"
      })
      const { notices, paths } = yield* load({
        globs: ["docs/*.md", "docs/**/*.md", "./AGENTS.md", "~/own.md", `${root}/abs*.md`, "gone.md", "gone/*.md"]
      })
      assert.deepStrictEqual(paths, [
        "AGENTS.md",
        "docs/a.md",
        "docs/b.md",
        "docs/deep/c.md",
        "home/own.md",
        "absolute.md"
      ])
      assert.deepStrictEqual(notices, [
        "instructions: there is no file gone.md",
        "instructions: there is no file gone/*.md"
      ])
    }))

  inProject("are found though a name looks like a pattern", () =>
    Effect.gen(function*() {
      const { load } = yield* project({ "notes (old) [1].md": "notes" })
      assert.deepStrictEqual((yield* load({ globs: ["notes (old) [1].md"] })).texts, ["notes"])
    }))

  inProject("are one when a link leads to the same file", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({ "AGENTS.md": "root" })
      yield* fs.symlink(`${root}/AGENTS.md`, `${root}/CLAUDE.md`)
      assert.deepStrictEqual((yield* load({ globs: ["CLAUDE.md"] })).paths, ["AGENTS.md"])
    }))

  inProject("are cut, between characters, and it is said", () =>
    Effect.gen(function*() {
      const { load } = yield* project({ "AGENTS.md": `a${"é".repeat(20_000)}` })
      const { notices, texts } = yield* load()
      assert.strictEqual(texts[0], `a${"é".repeat((32 * 1024 - 2) / 2)}`)
      assert.deepStrictEqual(notices, ["AGENTS.md is cut: of 40 KiB the first 32 KiB are used"])
    }))

  inProject("are no more than 128 KiB in all", () =>
    Effect.gen(function*() {
      const { load } = yield* project(
        Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`${name}/AGENTS.md`, name.repeat(30 * 1024)]))
      )
      const { notices, texts } = yield* load()
      assert.strictEqual(texts.join("").length, 128 * 1024)
      assert.deepStrictEqual(notices, ["e/AGENTS.md is cut: of 30 KiB the first 8 KiB are used"])
    }))

  inProject("that can't be read are told of", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({ "a/AGENTS.md": "a" })
      yield* fs.makeDirectory(`${root}/AGENTS.md`)
      const { notices, texts } = yield* load()
      assert.deepStrictEqual(texts, ["a"])
      assert.match(notices[0] ?? "", /^AGENTS\.md can't be read: /)
    }))

  const leftOut = (file: string) =>
    `${file} may hold secrets: it is not shown to the model. To show it, name it by its path under "instructions" in your own configuration`

  inProject("bring nothing that may hold secrets, whatever way the project takes", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({
        ".env": "CANARY",
        "sub/.env.local": "CANARY",
        "sub/.npmrc": "CANARY",
        "own/auth.json": "CANARY",
        "own/notes.md": "mine",
        "a/id_rsa": "CANARY",
        "docs/x.md": "x"
      })
      yield* fs.writeFileString(`${root}/.git/config`, "CANARY")
      yield* fs.symlink(`${root}/.env`, `${root}/docs/link.md`)
      const globs = [
        [".env", [".env"]],
        ["sub/../.env", [".env"]],
        [`${root}/.env`, [".env"]],
        ["**/*.env", [".env"]],
        ["{.env,docs/x.md}", [".env"]],
        ["sub/.*", ["sub/.env.local", "sub/.npmrc"]],
        ["[.]env", [".env"]],
        [".git/config", [".git/config"]],
        ["own/*.json", ["own/auth.json"]],
        ["a/id_*", ["a/id_rsa"]],
        ["docs/link.md", ["docs/link.md (a link to .env)"]]
      ] as const
      for (const [glob, files] of globs) {
        const { notices, texts } = yield* load({ globs: [glob] })
        assert.notInclude(texts.join(), "CANARY", glob)
        assert.deepStrictEqual(notices, files.map(leftOut), glob)
      }
      assert.deepStrictEqual((yield* load({ globs: ["own/*.md"] })).texts, ["mine"])
    }))

  inProject("that are a link to what may hold secrets are left out", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({ ".env": "CANARY", "sub/x": "" })
      yield* fs.writeFileString(`${root}/.git/config`, "CANARY")
      yield* fs.symlink(`${root}/.git/config`, `${root}/AGENTS.md`)
      yield* fs.symlink(`${root}/.env`, `${root}/sub/AGENTS.md`)
      const { notices, texts } = yield* load({ directory: "sub" })
      assert.deepStrictEqual(texts, [])
      assert.deepStrictEqual(notices, [
        leftOut("AGENTS.md (a link to .git/config)"),
        leftOut("sub/AGENTS.md (a link to .env)")
      ])
    }))

  inProject(
    "are what the user names by its path, with a notice when it may hold secrets",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { load, root } = yield* project({ ".env": "theirs", "docs/x.md": "x" })
        yield* fs.symlink(`${root}/.env`, `${root}/docs/link.md`)
        yield* fs.symlink(`${root}/.env`, `${root}/linked.env`)
        assert.deepStrictEqual(yield* load({ globs: [".env"], namedBy: "user" }), {
          paths: [".env"],
          texts: ["theirs"],
          notices: [".env may hold secrets: it is shown to the model, because your configuration names it"]
        })
        // What a pattern finds, and where a link leads, the user has not named.
        for (const glob of ["*.env", "docs/link.md", "linked.env"]) {
          assert.deepStrictEqual((yield* load({ globs: [glob], namedBy: "user" })).texts, [], glob)
        }
      })
  )

  inProject("are regular files: a pipe is not waited for", () =>
    Effect.gen(function*() {
      const { load, root } = yield* project({ "a/AGENTS.md": "a" })
      execFileSync("mkfifo", [`${root}/AGENTS.md`])
      assert.deepStrictEqual(yield* load({ globs: ["/dev/zero"] }), {
        paths: ["a/AGENTS.md"],
        texts: ["a"],
        notices: [
          "AGENTS.md can't be read: it is not a regular file",
          "/dev/zero can't be read: it is not a regular file"
        ]
      })
    }))

  inProject("are not loaded whole when they are huge", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({ "AGENTS.md": "x".repeat(32 * 1024) })
      // Larger than what Node reads at once.
      yield* fs.truncate(`${root}/AGENTS.md`, 5 * 1024 ** 3)
      const { notices, texts } = yield* load()
      assert.strictEqual(texts[0], "x".repeat(32 * 1024))
      assert.deepStrictEqual(notices, ["AGENTS.md is cut: of 5242880 KiB the first 32 KiB are used"])
    }))

  inProject("are the user's own alone where there is no project", () =>
    Effect.gen(function*() {
      const { load, root } = yield* project({
        "AGENTS.md": "here",
        "src/AGENTS.md": "a stranger's",
        "docs/x.md": "x",
        "home/AGENTS.md": "global",
        "home/own.md": "own"
      })
      const { notices, texts } = yield* load({ root: undefined, globs: ["docs/x.md", "~/own.md"], namedBy: "user" })
      assert.deepStrictEqual(texts, ["global", "own"])
      assert.deepStrictEqual(notices, [
        `AGENTS.md is not used: ${root} is not a project. Instructions for all projects: home/AGENTS.md`,
        `instructions: docs/x.md is not used: ${root} is not a project`
      ])
    }))
})
