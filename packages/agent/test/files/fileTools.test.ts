import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { jpeg, png } from "../../../../test/pictures.ts"
import { decide } from "../../src/internal/permission/decide.ts"
import { makeTools, refusing } from "../workspace.ts"

const picture = png()

const parts = (tools: { readonly asked: ReadonlyArray<{ readonly parts: ReadonlyArray<unknown> }> }) =>
  tools.asked.at(-1)?.parts

layer(NodeContext.layer)("Every tool", (it) => {
  it.scoped("does nothing without permission", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { asked, at, get, put, root, use } = yield* makeTools(refusing)
      yield* put("a.txt", "needle\n")
      const calls = [
        use("read", { path: "a.txt" }),
        use("write", { path: "new/b.txt", content: "b" }),
        use("glob", { pattern: "**/*" }),
        use("grep", { pattern: "needle" }),
        use("bash", { command: "touch ran" })
      ]
      for (const call of calls) assert.deepStrictEqual(yield* call, { isFailure: true, text: "No." })
      assert.strictEqual(asked.length, calls.length)
      assert.deepStrictEqual(yield* fs.readDirectory(root), ["a.txt"])
      assert.strictEqual(yield* get(at("a.txt")), "needle\n")
    }))

  it.scoped("asks with the command itself, whatever purpose the model states", () =>
    Effect.gen(function*() {
      const { asked, use } = yield* makeTools()
      yield* use("bash", { command: "echo one\necho two", description: "ls" })
      yield* use("bash", { command: "echo three" })
      assert.deepStrictEqual(
        asked.map(({ preview, purpose, title }) => [title, preview?.text, purpose]),
        [["echo one…", "echo one\necho two", "ls"], ["echo three", "echo three", undefined]]
      )
    }))

  it.scoped("does not change a file if only the change is denied", () =>
    Effect.gen(function*() {
      const tools = yield* makeTools((action) =>
        action.parts.some(({ permission }) => permission === "edit") ? refusing() : Effect.void
      )
      yield* tools.put("a.txt", "one\n")
      yield* tools.use("read", { path: "a.txt" })
      const answer = yield* tools.use("edit", { path: "a.txt", oldText: "one", newText: "two" })
      assert.deepStrictEqual(answer, { isFailure: true, text: "No." })
      assert.strictEqual(yield* tools.get("a.txt"), "one\n")
    }))

  it.scoped("asks about files outside the project, even if the path seems to be inside", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const tools = yield* makeTools(refusing)
      const outside = `${tools.beside}/outside`
      yield* fs.makeDirectory(outside)
      yield* fs.writeFileString(`${outside}/secret.txt`, "secret")
      yield* fs.symlink(outside, tools.at("link"))
      yield* fs.symlink(`${outside}/not-yet.txt`, tools.at("dangling.txt"))
      const expected = (permission: string, subject: string) => [
        { permission: "external_directory", subject },
        { permission, subject }
      ]
      for (const path of ["link/secret.txt", "../outside/secret.txt", `${outside}/secret.txt`]) {
        yield* tools.use("read", { path })
        assert.deepStrictEqual(parts(tools), expected("read", `${outside}/secret.txt`))
      }
      yield* tools.use("write", { path: "link/new/b.txt", content: "" })
      assert.deepStrictEqual(parts(tools), expected("edit", `${outside}/new/b.txt`))
      yield* tools.use("write", { path: "dangling.txt", content: "" })
      assert.deepStrictEqual(parts(tools), expected("edit", `${outside}/not-yet.txt`))
      yield* tools.use("bash", { command: "echo x > link/out.txt" })
      assert.deepStrictEqual(parts(tools)?.slice(-2), expected("edit", `${outside}/out.txt`))
      yield* tools.use("read", { path: `${tools.root}/../project/src/./a.txt` })
      assert.deepStrictEqual(parts(tools), [
        { permission: "read", subject: "src/a.txt", path: tools.at("src/a.txt") }
      ])
    }))
})

layer(NodeContext.layer)("Every tool, for sensitive files,", (it) => {
  it.scoped("applies the rules to the target of a link", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const tools = yield* makeTools(refusing)
      yield* tools.put(".env", "KEY=1")
      yield* tools.put(".git/hooks/x", "")
      yield* tools.put("src/a.ts", "")
      yield* fs.symlink(tools.at(".env"), tools.at("notes.txt"))
      yield* fs.symlink(tools.at("notes.txt"), tools.at("src/twice.txt"))
      yield* fs.symlink(tools.at(".git/hooks"), tools.at("src/hooks"))
      yield* fs.symlink(tools.at(".git/hooks/post-merge"), tools.at("src/new"))
      for (const path of [".env", "notes.txt", "src/twice.txt", "src/../.env"]) {
        yield* tools.use("read", { path })
        const expected = { permission: "read", subject: ".env", path: tools.at(".env"), secret: true }
        assert.deepStrictEqual(parts(tools), [expected], path)
        yield* tools.use("grep", { pattern: "K", path })
        assert.deepStrictEqual(parts(tools)?.at(-1), expected, path)
      }
      const hook = (name: string) => [
        {
          permission: "edit",
          subject: `.git/hooks/${name}`,
          path: tools.at(`.git/hooks/${name}`),
          executedAs: [".git"]
        }
      ]
      yield* tools.use("write", { path: "src/hooks/pre-commit", content: "" })
      assert.deepStrictEqual(parts(tools), hook("pre-commit"))
      yield* tools.use("write", { path: "src/new", content: "" })
      assert.deepStrictEqual(parts(tools), hook("post-merge"))
      yield* tools.use("bash", { command: "echo x > src/hooks/pre-push" })
      assert.deepStrictEqual(parts(tools)?.slice(-1), hook("pre-push"))
      yield* tools.use("read", { path: "src/a.ts" })
      assert.deepStrictEqual(parts(tools), [
        { permission: "read", subject: "src/a.ts", path: tools.at("src/a.ts") }
      ])
    }))

  it.scoped("recognizes the files of the program", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const tools = yield* makeTools(refusing)
      const own = `${tools.beside}/own`
      yield* fs.makeDirectory(own)
      yield* fs.symlink(own, tools.at("link"))
      for (const path of [`${own}/auth.json`, "link/auth.json"]) {
        yield* tools.use("read", { path })
        assert.deepStrictEqual(parts(tools)?.at(-1), {
          permission: "read",
          subject: `${own}/auth.json`,
          secret: true
        })
      }
      yield* tools.use("write", { path: "sub/program.json", content: "{}" })
      assert.deepStrictEqual(parts(tools), [
        {
          permission: "edit",
          subject: "sub/program.json",
          path: tools.at("sub/program.json"),
          executedAs: ["program.json"]
        }
      ])
    }))

  it.scoped.skipIf(process.platform !== "linux")("resolves the links in /proc", () =>
    Effect.gen(function*() {
      const tools = yield* makeTools(refusing)
      yield* tools.put(".env", "")
      for (const path of ["/proc/self/environ", "/proc/thread-self/environ", `/proc/${process.pid}/cmdline`]) {
        yield* tools.use("read", { path })
        assert.include(parts(tools)?.at(-1), { permission: "read", secret: true }, path)
      }
      yield* tools.use("read", { path: `/proc/self/root${tools.at(".env")}` })
      assert.deepStrictEqual(parts(tools), [
        { permission: "read", subject: ".env", path: tools.at(".env"), secret: true }
      ])
    }))

  it.scoped("asks about a redirection after cd, even if a rule allows all files", () =>
    Effect.gen(function*() {
      const tools = yield* makeTools(refusing)
      yield* tools.use("bash", { command: "cd .git/hooks && echo x > pre-commit" })
      const [target] = tools.asked.at(-1)!.parts.filter(({ permission }) => permission === "edit")
      const rules = { edit: "allow", bash: "allow" } as const
      assert.strictEqual(decide(rules, { parts: [target!], title: "" }, []).verdict, "ask")
    }))

  it.scoped("treats every file as outside if there is no project", () =>
    Effect.gen(function*() {
      const tools = yield* makeTools(refusing, undefined, { isProject: false })
      yield* tools.put("a.txt", "")
      const outside = { permission: "external_directory", subject: tools.at("a.txt") }
      yield* tools.use("read", { path: "a.txt" })
      assert.deepStrictEqual(parts(tools), [outside, { permission: "read", subject: tools.at("a.txt") }])
      for (const name of ["glob", "grep"] as const) {
        yield* tools.use(name, { pattern: "*" })
        assert.deepStrictEqual(parts(tools), [
          { permission: "external_directory", subject: tools.root },
          { permission: name, subject: tools.root }
        ])
      }
    }))
})

layer(NodeContext.layer)("Reading", (it) => {
  it.scoped("numbers the lines and explains how to continue", () =>
    Effect.gen(function*() {
      const { put, use } = yield* makeTools()
      yield* put("a.txt", [...Array(2500).keys()].map((index) => `line ${index + 1}\n`).join(""))
      const first = yield* use("read", { path: "a.txt" })
      assert.isTrue(first.text.startsWith("     1\tline 1\n     2\tline 2\n"))
      assert.isTrue(first.text.endsWith("  2000\tline 2000\n\n(2500 lines in total: continue with offset 2001.)"))
      const rest = yield* use("read", { path: "a.txt", offset: 2499 })
      assert.strictEqual(rest.text, "  2499\tline 2499\n  2500\tline 2500")
      const two = yield* use("read", { path: "a.txt", offset: 2, limit: 1 })
      assert.strictEqual(two.text, "     2\tline 2\n\n(2500 lines in total: continue with offset 3.)")
      assert.strictEqual((yield* use("read", { path: "a.txt", offset: 2501 })).text, "a.txt has only 2500 lines.")
    }))

  it.scoped("cuts long lines and limits the output", () =>
    Effect.gen(function*() {
      const { put, use } = yield* makeTools()
      yield* put("wide.txt", `${"x".repeat(3000)}\n`.repeat(500))
      const { text } = yield* use("read", { path: "wide.txt" })
      assert.isBelow(text.length, 256 * 1024 + 100)
      assert.match(text, /^ {5}1\tx{2000}… \(3000 characters: show more/m)
      assert.match(text, /continue with offset \d+/)
    }))

  it.scoped("does not load a file that is too large, and explains how to read part of it", () =>
    Effect.gen(function*() {
      const { at, put, use } = yield* makeTools()
      const fs = yield* FileSystem.FileSystem
      yield* put("big.log", "")
      yield* fs.truncate(at("big.log"), 60 * 1024 * 1024)
      const { isFailure, text } = yield* use("read", { path: "big.log", limit: 2 })
      assert.isTrue(isFailure)
      assert.match(text, /62914560 bytes[^]*sed -n/)
    }))

  it.scoped("returns images and PDFs as files, detected by their content", () =>
    Effect.gen(function*() {
      const { put, use } = yield* makeTools()
      yield* put("picture.txt", picture)
      const { output } = yield* use("read", { path: "picture.txt" })
      assert.deepStrictEqual(output?.content, [
        { type: "file", mediaType: "image/png", data: picture.toString("base64"), fileName: "picture.txt" }
      ])
      const large = Buffer.concat([Buffer.from("%PDF-1.7"), Buffer.alloc(4_600_000)])
      yield* put("large.pdf", large)
      assert.isTrue((yield* use("read", { path: "large.pdf" })).isFailure)
      yield* put("small.pdf", large.subarray(0, 4_000_000))
      assert.isFalse((yield* use("read", { path: "small.pdf" })).isFailure)
    }))

  it.scoped("returns no image that the provider would refuse, and explains what to do", () =>
    Effect.gen(function*() {
      const { put, use } = yield* makeTools()
      const answers: ReadonlyArray<readonly [name: string, bytes: Buffer, expected: string]> = [
        [
          "wide.png",
          png(8001, 1),
          "it is 8001 × 1 pixels; at most 8000 per side are allowed. Make a smaller copy first."
        ],
        ["cut.png", png().subarray(0, 50), "it is truncated. The file is damaged: use another copy."],
        ["cut.jpg", jpeg.subarray(0, -1), "it is truncated. The file is damaged: use another copy."]
      ]
      for (const [name, bytes, expected] of answers) {
        yield* put(name, bytes)
        const { isFailure, text } = yield* use("read", { path: name })
        assert.isTrue(isFailure)
        assert.strictEqual(text, `${name} can't be attached: ${expected}`)
      }
      yield* put("tall.png", png(1, 8000))
      assert.isFalse((yield* use("read", { path: "tall.png" })).isFailure)
    }))

  it.scoped("cuts a long line between characters", () =>
    Effect.gen(function*() {
      const { put, use } = yield* makeTools()
      for (const before of [1998, 1999, 2000]) {
        yield* put("long.txt", `${"x".repeat(before)}😀😀\n`)
        const { text } = yield* use("read", { path: "long.txt" })
        assert.isTrue(text.isWellFormed())
        assert.include(text, `${"x".repeat(before)}${before === 1998 ? "😀" : ""}… (`)
      }
      yield* put("long.txt", `${"x".repeat(499)}😀😀\n`)
      assert.isTrue((yield* use("grep", { pattern: "x", path: "long.txt" })).text.isWellFormed())
    }))

  it.scoped("suggests similar names", () =>
    Effect.gen(function*() {
      const { put, use } = yield* makeTools()
      yield* put("src/main.ts", "")
      yield* put("program", new Uint8Array([1, 0, 2]))
      assert.strictEqual(
        (yield* use("read", { path: "src/mian.ts" })).text,
        "The file src/mian.ts does not exist. Similar names: main.ts."
      )
      assert.strictEqual(
        (yield* use("read", { path: "src" })).text,
        "src is a directory: use glob to list its files."
      )
      assert.strictEqual(
        (yield* use("read", { path: "program" })).text,
        "program is neither text nor an image or PDF."
      )
    }))
})

layer(NodeContext.layer)("Changing a file", (it) => {
  it.scoped("requires that the model has read its current version", () =>
    Effect.gen(function*() {
      const { get, put, use } = yield* makeTools()
      const edit = use("edit", { path: "a.txt", oldText: "one", newText: "two" })
      yield* put("a.txt", "one\n")
      assert.strictEqual((yield* edit).text, "Read a.txt before you change it.")
      assert.strictEqual(
        (yield* use("write", { path: "a.txt", content: "" })).text,
        "Read a.txt before you change it."
      )
      yield* use("read", { path: "a.txt" })
      yield* put("a.txt", "one!\n")
      assert.strictEqual((yield* edit).text, "a.txt was changed on disk since you read it. Read it again first.")
      assert.strictEqual(yield* get("a.txt"), "one!\n")
      yield* use("read", { path: "a.txt" })
      assert.isFalse((yield* edit).isFailure)
      // The model knows what it has written itself.
      assert.isFalse((yield* use("edit", { path: "a.txt", oldText: "two", newText: "three" })).isFailure)
      assert.strictEqual(yield* get("a.txt"), "three!\n")
    }))

  it.scoped("checks the file again after the user has answered", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      let file = ""
      const tools = yield* makeTools((action) =>
        action.preview === undefined ? Effect.void : Effect.orDie(fs.writeFileString(file, "theirs\n"))
      )
      file = tools.at("a.txt")
      yield* tools.put("a.txt", "one\n")
      yield* tools.use("read", { path: "a.txt" })
      assert.isTrue((yield* tools.use("edit", { path: "a.txt", oldText: "one", newText: "two" })).isFailure)
      assert.strictEqual(yield* tools.get("a.txt"), "theirs\n")
    }))

  it.scoped("does not bring back a file that was removed in the meantime", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      let file = ""
      const tools = yield* makeTools((action) =>
        action.preview === undefined ? Effect.void : Effect.orDie(fs.remove(file))
      )
      file = tools.at("a.txt")
      yield* tools.put("a.txt", "one\n")
      yield* tools.use("read", { path: "a.txt" })
      assert.isTrue((yield* tools.use("edit", { path: "a.txt", oldText: "one", newText: "two" })).isFailure)
      assert.deepStrictEqual(yield* fs.readDirectory(tools.root), [])
    }))

  it.scoped("shows exactly the change and makes it", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { asked, at, get, put, use } = yield* makeTools()
      yield* put("src/a.txt", "one\ntwo\n")
      yield* use("read", { path: "src/a.txt" })
      const { output } = yield* use("edit", { path: "src/a.txt", oldText: "two", newText: "three" })
      const diff = "--- a/src/a.txt\n+++ b/src/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
      assert.deepStrictEqual(asked.at(-1), {
        parts: [{ permission: "edit", subject: "src/a.txt", path: at("src/a.txt") }],
        title: "src/a.txt",
        preview: { type: "diff", text: diff }
      })
      assert.strictEqual(output?.diff, diff)
      assert.strictEqual(output?.summary, "+1 −1")
      assert.strictEqual(yield* get("src/a.txt"), "one\nthree\n")
      assert.deepStrictEqual(yield* fs.readDirectory(at("src")), ["a.txt"])
    }))

  it.scoped("requires text that occurs exactly once", () =>
    Effect.gen(function*() {
      const { get, put, use } = yield* makeTools()
      yield* put("a.txt", "one two\none two\n")
      yield* use("read", { path: "a.txt" })
      const edit = (oldText: string, more: object = {}) =>
        use("edit", { path: "a.txt", oldText, newText: "$&", ...more })
      assert.include((yield* edit("one")).text, "occurs 2 times in a.txt")
      assert.include((yield* edit("one  two")).text, "only in white space")
      assert.include((yield* edit("three")).text, "is not in a.txt")
      assert.isTrue((yield* edit("")).isFailure)
      assert.strictEqual(yield* get("a.txt"), "one two\none two\n")
      assert.isFalse((yield* edit("one", { all: true })).isFailure)
      assert.strictEqual(yield* get("a.txt"), "$& two\n$& two\n")
    }))

  it.scoped("preserves line endings, byte order mark, mode and links", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, get, put, use } = yield* makeTools()
      yield* put("a.sh", "\uFEFFone\r\ntwo\r\n")
      yield* fs.chmod(at("a.sh"), 0o750)
      yield* fs.symlink("a.sh", at("link.sh"))
      yield* use("read", { path: "link.sh" })
      const edited = yield* use("edit", { path: "link.sh", oldText: "one\ntwo", newText: "one\nthree" })
      assert.isFalse(edited.isFailure)
      assert.strictEqual(yield* get("a.sh"), "\uFEFFone\r\nthree\r\n")
      yield* use("write", { path: "link.sh", content: "four\nfive\n" })
      assert.strictEqual(yield* get("a.sh"), "\uFEFFfour\r\nfive\r\n")
      assert.strictEqual((yield* fs.stat(at("a.sh"))).mode & 0o777, 0o750)
      assert.strictEqual(yield* fs.readLink(at("link.sh")), "a.sh")
    }))

  it.scoped("creates the directories of a new file", () =>
    Effect.gen(function*() {
      const { get, use } = yield* makeTools()
      const { output } = yield* use("write", { path: "a/b/c.txt", content: "new\n" })
      assert.strictEqual(yield* get("a/b/c.txt"), "new\n")
      assert.strictEqual(output?.summary, "+1 −0")
    }))

  it.scoped("is serialized for the same file", () =>
    Effect.gen(function*() {
      const first = yield* Deferred.make<void>()
      let asking = 0
      const tools = yield* makeTools((action) =>
        action.preview === undefined ? Effect.void : Effect.suspend(() => {
          asking += 1
          return asking === 1 ? Deferred.await(first) : Effect.void
        })
      )
      yield* tools.put("a.txt", "one two\n")
      yield* tools.use("read", { path: "a.txt" })
      const both = yield* Effect.fork(Effect.all([
        tools.use("edit", { path: "a.txt", oldText: "one", newText: "1" }),
        tools.use("edit", { path: "a.txt", oldText: "two", newText: "2" })
      ], { concurrency: 2 }))
      yield* Effect.repeat(Effect.yieldNow(), { until: () => asking > 0 })
      yield* Deferred.succeed(first, undefined)
      for (const { isFailure } of yield* Fiber.join(both)) assert.isFalse(isFailure)
      assert.strictEqual(yield* tools.get("a.txt"), "1 2\n")
    }))
})

layer(NodeContext.layer)("A tool that touches a file or directory", (it) => {
  const about = [
    ["read", { path: "src/a.txt" }, "src/a.txt"],
    ["edit", { path: "src/a.txt", oldText: "a", newText: "b" }, "src/a.txt"],
    ["write", { path: "new/b.txt", content: "b" }, "new/b.txt"],
    ["grep", { pattern: "a", path: "src" }, "src"],
    ["glob", { pattern: "*.txt", path: "src" }, "src"],
    ["glob", { pattern: "src/deep/**/*.txt" }, "src/deep"]
  ] as const
  for (const [name, params, file] of about) {
    it.scoped(`reports it: ${name} ${JSON.stringify(params)}`, () =>
      Effect.gen(function*() {
        const { put, touched, use } = yield* makeTools()
        yield* put("src/a.txt", "a\n")
        if (name === "edit") {
          yield* use("read", { path: "src/a.txt" })
          touched.length = 0
        }
        assert.isFalse((yield* use(name, params)).isFailure)
        assert.deepStrictEqual(touched, [file])
      }))
  }

  it.scoped("does not report it if it is denied", () =>
    Effect.gen(function*() {
      const { put, touched, use } = yield* makeTools(refusing)
      yield* put("src/a.txt", "a\n")
      for (const [name, params] of about) yield* use(name, params)
      assert.deepStrictEqual(touched, [])
    }))
})
