import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { execFileSync } from "node:child_process"
import * as Instructions from "../../src/turn/Instructions.ts"

interface LoadOptions {
  readonly directory?: string
  readonly globs?: ReadonlyArray<string>
  readonly globsDirectory?: string
  readonly namedBy?: "user"
  readonly root?: undefined
  readonly readsProject?: false
}

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
    const configured = Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["HOME", path.join(root, "home")]])))
    const shown = ({ instructions, notices }: Instructions.Loaded) => ({
      paths: instructions.map((found) => path.relative(root, found.path)),
      texts: instructions.map(({ text }) => text),
      notices: notices.map((notice) => notice.replaceAll(`${root}/`, ""))
    })
    const sources = (options: LoadOptions): Instructions.Options => ({
      directory: path.join(root, options.directory ?? ""),
      ...("root" in options ? {} : { root }),
      ...(options.readsProject === undefined ? {} : { readsProject: options.readsProject }),
      global: path.join(root, "home/AGENTS.md"),
      globs: options.globs ?? [],
      ...(options.globsDirectory === undefined ? {} : { globsDirectory: path.join(root, options.globsDirectory) }),
      namedBy: options.namedBy ?? "project",
      programFiles: { directories: [path.join(root, "own")], names: [] }
    })
    const load = (options: LoadOptions = {}) => configured(Effect.map(Instructions.load(sources(options)), shown))
    /** Answers what finds the instructions for what tools are about; they have been given what it answered before. */
    const nested = (options: LoadOptions = {}) =>
      Effect.map(configured(Instructions.load(sources(options))), (loaded) => {
        const find = Instructions.makeNested(sources(options), loaded)
        const given: Array<string> = []
        return (paths: ReadonlyArray<string>, givenSize = 0) =>
          configured(
            find({ paths: paths.map((file) => path.join(root, file)), shown: [...given], shownSize: givenSize })
          ).pipe(
            Effect.tap(({ instructions }) => Effect.sync(() => given.push(...instructions.map(({ path }) => path)))),
            Effect.map(shown)
          )
      })
    return { root, load, nested }
  })

const inProject = (
  name: string,
  test: () => Effect.Effect<void, unknown, FileSystem.FileSystem | Path.Path | Scope.Scope>
) => it.scoped(name, () => Effect.provide(test(), NodeContext.layer))

describe("the instructions", () => {
  inProject(
    "report URLs in one notice, without user, password and query, and do not fetch them",
    () =>
      Effect.gen(function*() {
        const { load } = yield* project({ "style.md": "style" })
        const { notices, paths } = yield* load({
          globs: ["https://user:pass@rules.example/a.md?token=1", "style.md", "HTTP://rules.example/b.md", "https://"]
        })
        assert.deepStrictEqual(paths, ["style.md"])
        assert.deepStrictEqual(notices, [
          "instructions: URLs are not supported (https://rules.example/a.md, http://rules.example/b.md, https). Save the text to a file and list that file"
        ])
      })
  )

  inProject(
    "are only the user's own if the project is not read",
    () =>
      Effect.gen(function*() {
        const { load, nested } = yield* project({
          "AGENTS.md": "theirs",
          "sub/AGENTS.md": "theirs",
          "rules.md": "theirs",
          "home/AGENTS.md": "mine",
          "home/rules.md": "mine"
        })
        const options = {
          directory: "sub",
          globs: ["rules.md"],
          globsDirectory: "home",
          namedBy: "user",
          readsProject: false
        } as const
        assert.deepStrictEqual((yield* load(options)).paths, ["home/AGENTS.md", "home/rules.md"])
        const find = yield* nested({ readsProject: false })
        assert.deepStrictEqual((yield* find(["sub"])).paths, [])
      })
  )

  inProject(
    "leave out a link that leads out of the project, with a notice",
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
        const left = "is left out: it links to a file outside the project"
        assert.deepStrictEqual(notices, [`AGENTS.md ${left}`])
        // A glob does not find it in the first place.
        assert.deepStrictEqual((yield* load({ globs: ["docs/*.md"] })).texts, ["inside"])
      })
  )

  inProject(
    "are the global file, then the files from the root down to the directory, and none below it",
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
        assert.deepStrictEqual(texts, ["global", "root", "a", "b"])
        assert.deepStrictEqual(notices, [])
      })
  )

  inProject("are empty without files, and ignore empty files", () =>
    Effect.gen(function*() {
      const { load } = yield* project({ "AGENTS.md": " \n" })
      assert.deepStrictEqual(yield* load(), { paths: [], texts: [], notices: [] })
    }))

  inProject("come from CLAUDE.md in directories without an AGENTS.md", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({
        "CLAUDE.md": "root",
        "a/AGENTS.md": "a",
        "a/CLAUDE.md": "not used",
        "a/b/CLAUDE.md": "b"
      })
      assert.deepStrictEqual((yield* load({ directory: "a/b" })).texts, ["root", "a", "b"])
      yield* fs.remove(`${root}/a/AGENTS.md`)
      yield* fs.symlink(`${root}/CLAUDE.md`, `${root}/a/AGENTS.md`)
      assert.deepStrictEqual((yield* load({ directory: "a/b" })).texts, ["root", "b"])
    }))

  inProject(
    "of the user's configuration are found in the project and next to that configuration",
    () =>
      Effect.gen(function*() {
        const { load } = yield* project({
          "docs/style.md": "the project's",
          "home/config/docs/style.md": "the user's",
          "home/config/rules/a.md": "a"
        })
        const options = { globsDirectory: "home/config", namedBy: "user" } as const
        assert.deepStrictEqual(yield* load({ ...options, globs: ["docs/style.md", "rules/*.md", "gone.md"] }), {
          paths: ["docs/style.md", "home/config/docs/style.md", "home/config/rules/a.md"],
          texts: ["the project's", "the user's", "a"],
          notices: ["instructions: the file gone.md does not exist"]
        })
        assert.deepStrictEqual((yield* load({ ...options, globs: ["docs/*.md"], root: undefined })).texts, [
          "the user's"
        ])
      })
  )

  inProject("include the configured files once each, with notices for missing files", () =>
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
        "instructions: the file gone.md does not exist",
        "instructions: the file gone/*.md does not exist"
      ])
    }))

  inProject("are found even if a name looks like a pattern", () =>
    Effect.gen(function*() {
      const { load } = yield* project({ "notes (old) [1].md": "notes" })
      assert.deepStrictEqual((yield* load({ globs: ["notes (old) [1].md"] })).texts, ["notes"])
    }))

  inProject("are included once if a link leads to the same file", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({ "AGENTS.md": "root" })
      yield* fs.symlink(`${root}/AGENTS.md`, `${root}/CLAUDE.md`)
      assert.deepStrictEqual((yield* load({ globs: ["CLAUDE.md"] })).paths, ["AGENTS.md"])
    }))

  inProject("are cut between characters with a notice", () =>
    Effect.gen(function*() {
      const { load } = yield* project({ "AGENTS.md": `a${"é".repeat(20_000)}` })
      const { notices, texts } = yield* load()
      assert.strictEqual(texts[0], `a${"é".repeat((32 * 1024 - 2) / 2)}`)
      assert.deepStrictEqual(notices, ["AGENTS.md is cut: only the first 32 KiB of 40 KiB are used"])
    }))

  inProject("are limited to 128 KiB in total", () =>
    Effect.gen(function*() {
      const { load } = yield* project(
        Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`${name}/AGENTS.md`, name.repeat(30 * 1024)]))
      )
      const { notices, texts } = yield* load({ globs: ["*/AGENTS.md"] })
      assert.strictEqual(texts.join("").length, 128 * 1024)
      assert.deepStrictEqual(notices, ["e/AGENTS.md is cut: only the first 8 KiB of 30 KiB are used"])
    }))

  inProject("that can't be read are reported", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({ "a/AGENTS.md": "a" })
      yield* fs.makeDirectory(`${root}/AGENTS.md`)
      const { notices, texts } = yield* load({ directory: "a" })
      assert.deepStrictEqual(texts, ["a"])
      assert.match(notices[0] ?? "", /^AGENTS\.md can't be read: /)
    }))

  const leftOut = (file: string) =>
    `${file} may contain secrets and is not sent to the model. To send it, list its path under "instructions" in your own configuration`

  inProject(
    "never include files that may contain secrets, whatever the project configures",
    () =>
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
      })
  )

  inProject("that are a link to a file that may contain secrets are left out", () =>
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
    "include any file that the user lists by its path, with a notice if it may contain secrets",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { load, root } = yield* project({ ".env": "theirs", "docs/x.md": "x" })
        yield* fs.symlink(`${root}/.env`, `${root}/docs/link.md`)
        yield* fs.symlink(`${root}/.env`, `${root}/linked.env`)
        assert.deepStrictEqual(yield* load({ globs: [".env"], namedBy: "user" }), {
          paths: [".env"],
          texts: ["theirs"],
          notices: [".env may contain secrets and is sent to the model, because your configuration lists it"]
        })
        // What a pattern finds, and where a link leads, the user has not named.
        for (const glob of ["*.env", "docs/link.md", "linked.env"]) {
          assert.deepStrictEqual((yield* load({ globs: [glob], namedBy: "user" })).texts, [], glob)
        }
      })
  )

  inProject("are read only from regular files, so a pipe does not block", () =>
    Effect.gen(function*() {
      const { load, root } = yield* project({ "a/AGENTS.md": "a" })
      execFileSync("mkfifo", [`${root}/AGENTS.md`])
      assert.deepStrictEqual(yield* load({ directory: "a", globs: ["/dev/zero"] }), {
        paths: ["a/AGENTS.md"],
        texts: ["a"],
        notices: [
          "AGENTS.md can't be read: it is not a regular file",
          "/dev/zero can't be read: it is not a regular file"
        ]
      })
    }))

  inProject("are not loaded completely if they are huge", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { load, root } = yield* project({ "AGENTS.md": "x".repeat(32 * 1024) })
      // Larger than what Node reads at once.
      yield* fs.truncate(`${root}/AGENTS.md`, 5 * 1024 ** 3)
      const { notices, texts } = yield* load()
      assert.strictEqual(texts[0], "x".repeat(32 * 1024))
      assert.deepStrictEqual(notices, ["AGENTS.md is cut: only the first 32 KiB of 5242880 KiB are used"])
    }))

  inProject("are only the user's own outside a project", () =>
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
        `AGENTS.md is ignored, because ${root} is not in a project. Put instructions for all projects in home/AGENTS.md`,
        `instructions: docs/x.md is ignored, because ${root} is not in a project`
      ])
    }))
})

describe("the instructions of directories that tools touch", () => {
  inProject("are returned once, outermost first, without those in the system prompt", () =>
    Effect.gen(function*() {
      const { nested } = yield* project({
        "AGENTS.md": "root",
        "a/AGENTS.md": "a",
        "a/b/c/CLAUDE.md": "c",
        "a/b/file.ts": "",
        "x/AGENTS.md": "x",
        "y/AGENTS.md": "y",
        "y/z/AGENTS.md": "z"
      })
      const find = yield* nested({ directory: "a" })
      assert.deepStrictEqual((yield* find(["a/b/file.ts"])).texts, [])
      assert.deepStrictEqual((yield* find(["a/b/c", "a/b/c/new.ts"])).texts, ["c"])
      assert.deepStrictEqual((yield* find(["y/z/new/er/file.ts", "x/file.ts"])).texts, ["x", "y", "z"])
      assert.deepStrictEqual((yield* find(["y/z/file.ts", "x", "a/b/c"])).texts, [])
    }))

  inProject("exclude files that the configuration has already included", () =>
    Effect.gen(function*() {
      const { nested } = yield* project({ "a/AGENTS.md": "a", "b/AGENTS.md": "b" })
      const find = yield* nested({ globs: ["a/*.md"] })
      assert.deepStrictEqual((yield* find(["a/x", "b/x"])).texts, ["b"])
    }))

  inProject("exclude ignored directories, .git and node_modules", () =>
    Effect.gen(function*() {
      const { nested } = yield* project({
        ".gitignore": "built/\n*.cache\n",
        "src/.gitignore": "generated\n",
        "built/AGENTS.md": "",
        "built/x/AGENTS.md": "built",
        "v1.cache/AGENTS.md": "cache",
        "src/generated/AGENTS.md": "generated",
        "src/[odd]/.gitignore": "deep\n",
        "src/[odd]/deep/AGENTS.md": "deep",
        "src/[odd]/AGENTS.md": "odd",
        "node_modules/x/AGENTS.md": "package",
        ".git/hooks/AGENTS.md": "git",
        "other/generated/AGENTS.md": "shown"
      })
      const find = yield* nested()
      const { notices, texts } = yield* find([
        "built/x/y",
        "v1.cache/y",
        "src/generated",
        "src/[odd]/deep/y",
        "node_modules/x/y",
        ".git/hooks/y",
        "other/generated/y"
      ])
      assert.deepStrictEqual(texts, ["shown", "odd"])
      assert.deepStrictEqual(notices, [])
    }))

  inProject(
    "exclude links out of the project, secrets and pipes, and report each once",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { nested, root } = yield* project({
          ".env": "CANARY",
          "a/x": "",
          "b/x": "",
          "c/x": "",
          "d/AGENTS.md": "d"
        })
        const outside = `${yield* fs.makeTempDirectoryScoped()}/notes.md`
        yield* fs.writeFileString(outside, "CANARY")
        yield* fs.symlink(outside, `${root}/a/AGENTS.md`)
        yield* fs.symlink(`${root}/.env`, `${root}/b/AGENTS.md`)
        execFileSync("mkfifo", [`${root}/c/AGENTS.md`])
        const find = yield* nested()
        const { notices, texts } = yield* find(["a/x", "b/x", "c/x", "d/x", "../elsewhere"])
        assert.deepStrictEqual(texts, ["d"])
        assert.deepStrictEqual(notices, [
          "a/AGENTS.md is left out: it links to a file outside the project",
          `b/AGENTS.md (a link to .env) may contain secrets and is not sent to the model. To send it, list its path under "instructions" in your own configuration`,
          "c/AGENTS.md can't be read: it is not a regular file"
        ])
        assert.deepStrictEqual(yield* find(["a/y", "b/y", "c/y"]), { paths: [], texts: [], notices: [] })
      })
  )

  inProject("are cut like all others, and limited to 128 KiB per session", () =>
    Effect.gen(function*() {
      const { nested } = yield* project({ "a/AGENTS.md": "a".repeat(40 * 1024), "b/AGENTS.md": "b".repeat(40 * 1024) })
      const find = yield* nested()
      assert.deepStrictEqual((yield* find(["a"])).texts, ["a".repeat(32 * 1024)])
      assert.deepStrictEqual((yield* find(["b"], 127 * 1024)).texts, ["b".repeat(1024)])
    }))

  inProject("are empty outside a project", () =>
    Effect.gen(function*() {
      const { nested } = yield* project({ "a/AGENTS.md": "a" })
      const find = yield* nested({ root: undefined })
      assert.deepStrictEqual((yield* find(["a/x"])).texts, [])
    }))
})
