import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { type Change, get, remove, set } from "../src/ConfigEdit.ts"
import { makeFixture } from "./fixture.ts"

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

/** The file's content after the changes. */
const edited = (text: string, ...changes: ReadonlyArray<Change>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { projectFile, write } = yield* makeFixture
    yield* write(projectFile, text)
    yield* set(projectFile, changes)
    return yield* fs.readFileString(projectFile)
  })

const region = ["provider", "amazon-bedrock", "options", "region"]

/** The file's content without the rule. */
const without = (text: string, ...path: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { projectFile, write } = yield* makeFixture
    yield* write(projectFile, text)
    yield* remove(projectFile, path)
    return yield* fs.readFileString(projectFile)
  })

layer(NodeContext.layer)("Removing a setting from a configuration file", (it) => {
  const rule = ["permission", "bash", "git *"]
  const cases: ReadonlyArray<readonly [name: string, before: string, after: string]> = [
    [
      "on a line of its own, with comments around it",
      "{\n  \"permission\": {\n    \"bash\": {\n      // mine\n      \"git *\": \"allow\", // git\n      \"rm *\": \"deny\"\n    }\n  }\n}\n",
      "{\n  \"permission\": {\n    \"bash\": {\n      // mine\n      // git\n      \"rm *\": \"deny\"\n    }\n  }\n}\n"
    ],
    [
      "in the middle",
      "{ \"permission\": {\r\n\t\"bash\": {\r\n\t\t\"*\": \"ask\",\r\n\t\t\"git *\": \"allow\",\r\n\t\t\"rm *\": \"deny\"\r\n\t}\r\n} }",
      "{ \"permission\": {\r\n\t\"bash\": {\r\n\t\t\"*\": \"ask\",\r\n\t\t\"rm *\": \"deny\"\r\n\t}\r\n} }"
    ],
    [
      "the last one, whose comma is before it",
      "{\n  \"permission\": {\n    \"bash\": {\n      \"*\": \"ask\", // all\n      \"git *\": \"allow\"\n    }\n  }\n}\n",
      "{\n  \"permission\": {\n    \"bash\": {\n      \"*\": \"ask\" // all\n    }\n  }\n}\n"
    ],
    [
      "the last one, with a comma at the end",
      "{\n  \"permission\": {\n    \"bash\": {\n      \"*\": \"ask\",\n      \"git *\": \"allow\",\n    },\n  },\n}\n",
      "{\n  \"permission\": {\n    \"bash\": {\n      \"*\": \"ask\",\n    },\n  },\n}\n"
    ],
    [
      "on one line with others",
      "{ \"permission\": { \"bash\": { \"*\": \"ask\", \"git *\": \"allow\", \"rm *\": \"deny\" } } }",
      "{ \"permission\": { \"bash\": { \"*\": \"ask\", \"rm *\": \"deny\" } } }"
    ],
    [
      "the only one",
      "{ \"permission\": { \"bash\": { \"git *\": \"allow\" } } }",
      "{ \"permission\": { \"bash\": { } } }"
    ],
    ["that is not there", "{ // nothing\n}", "{ // nothing\n}"]
  ]
  for (const [name, before, after] of cases) {
    it.scoped(name, () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* without(before, ...rule), after)
      }))
  }

  it.scoped("a single verdict, which is the rule for everything", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { projectFile, write } = yield* makeFixture
      const all = ["permission", "*", "*"]
      for (const path of [all.slice(0, 2), all]) {
        yield* write(projectFile, "{ \"model\": \"m\", \"permission\": \"allow\" }")
        assert.deepStrictEqual(yield* get(projectFile, path), Option.some("allow"))
        assert.isTrue(yield* remove(projectFile, path))
        assert.strictEqual(yield* fs.readFileString(projectFile), "{ \"model\": \"m\" }")
      }
      const bash = "{ \"permission\": { \"bash\": \"allow\" } }"
      assert.strictEqual(yield* without(bash, "permission", "bash", "*"), "{ \"permission\": { } }")
      assert.strictEqual(yield* without(bash, "permission", "*"), bash)
    }))

  it.scoped("returns false if the file does not have it", () =>
    Effect.gen(function*() {
      const { projectFile, write } = yield* makeFixture
      yield* write(projectFile, { permission: { bash: "allow" } })
      assert.isFalse(yield* remove(projectFile, rule))
      assert.deepStrictEqual(yield* get(projectFile, rule), Option.none())
    }))

  it.scoped("refuses a file that has it twice, and leaves it unchanged", () =>
    Effect.gen(function*() {
      const twice = "{ \"permission\": { \"bash\": { \"git *\": \"allow\", \"git *\": \"allow\" } } }"
      const error = yield* Effect.flip(without(twice, ...rule))
      assert.include(error.message, "set more than once")
    }))

  it.scoped("removes what was added, byte for byte", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { projectFile, write } = yield* makeFixture
      const before = "{\n  // mine\n  \"permission\": {\n    \"bash\": {\n      \"*\": \"ask\" // all\n    }\n  }\n}\n"
      yield* write(projectFile, before)
      yield* set(projectFile, [{ path: rule, value: "allow" }])
      yield* remove(projectFile, rule)
      assert.strictEqual(yield* fs.readFileString(projectFile), before)
    }))
})

layer(NodeContext.layer)("Changing a configuration file", (it) => {
  it.scoped("creates the file and its directory if they are missing", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { globalFile, load } = yield* makeFixture
      yield* set(globalFile, [{ path: ["model"], value: "m" }, { path: region, value: "eu-west-1" }])
      assert.strictEqual(
        yield* fs.readFileString(globalFile),
        `{
  "model": "m",
  "provider": {
    "amazon-bedrock": {
      "options": {
        "region": "eu-west-1"
      }
    }
  }
}
`
      )
      assert.strictEqual((yield* fs.stat(globalFile)).mode & 0o777, 0o666 & ~process.umask() & 0o644)
      assert.strictEqual((yield* load()).region.value, "eu-west-1")
    }))

  describe("keeps comments, order, indentation and line endings", () => {
    const rule: Change = { path: ["permission", "bash", "git *"], value: "allow" }
    const model: Change = { path: ["model"], value: "new" }
    const cases: ReadonlyArray<readonly [before: string, change: Change, after: string]> = [
      [
        "// mine\r\n{\r\n\t\"model\": \"old\", // old\r\n\t/* kept */ \"share\": [1,2 ],\r\n}\r\n",
        model,
        "// mine\r\n{\r\n\t\"model\": \"new\", // old\r\n\t/* kept */ \"share\": [1,2 ],\r\n}\r\n"
      ],
      [
        "{\r\n\t\"share\": [1,2 ], // share\r\n}",
        rule,
        "{\r\n\t\"share\": [1,2 ], // share\r\n\t\"permission\": {\r\n\t\t\"bash\": {\r\n\t\t\t\"git *\": \"allow\"\r\n\t\t}\r\n\t},\r\n}"
      ],
      [
        "{\n    \"a\":1 // }, one\n    // end\n}\n",
        model,
        "{\n    \"a\":1, // }, one\n    \"model\": \"new\"\n    // end\n}\n"
      ],
      ["{\n \"a\": 1 /* x, */,\n}", model, "{\n \"a\": 1 /* x, */,\n \"model\": \"new\",\n}"],
      ["{\n \"a\": 1\n /* x */ , // y\n}", model, "{\n \"a\": 1\n /* x */ , // y\n \"model\": \"new\",\n}"],
      ["{\"a\":1}", rule, "{\"a\":1, \"permission\": {\"bash\":{\"git *\":\"allow\"}}}"],
      ["{\"a\":1 /* x */ , }", model, "{\"a\":1, \"model\": \"new\" /* x */ , }"],
      ["{ // nothing\n}", model, "{ // nothing\n  \"model\": \"new\"\n}"],
      [
        "{\n  \"permission\": { \"bash\": { } },\n  \"a\": 1\n}",
        rule,
        "{\n  \"permission\": { \"bash\": {\n    \"git *\": \"allow\"\n  } },\n  \"a\": 1\n}"
      ]
    ]
    for (const [before, change, after] of cases) {
      it.scoped(JSON.stringify(before), () =>
        Effect.gen(function*() {
          const text = yield* edited(before, change)
          assert.strictEqual(text, after)
          assert.strictEqual(yield* edited(text, change), after)
        }))
    }
  })

  for (const text of ["", " \n", "// nothing yet", "\uFEFF"]) {
    it.scoped(`fills an empty file: ${JSON.stringify(text)}`, () =>
      Effect.gen(function*() {
        const { load, project, projectFile, write } = yield* makeFixture
        const fs = yield* FileSystem.FileSystem
        yield* write(projectFile, text)
        yield* set(projectFile, [{ path: ["model"], value: "m" }])
        assert.isTrue((yield* fs.readFileString(projectFile)).startsWith(text.trimEnd()))
        assert.deepStrictEqual((yield* load()).leaves.map(({ key, value }) => [key, value]), [["model", "m"]])
        assert.deepStrictEqual(yield* fs.readDirectory(project), [".git", "altimate-code.json"])
      }))
  }

  it.scoped("does not write the file if nothing changes", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { projectFile, write } = yield* makeFixture
      yield* write(projectFile, "{ \"model\": \"m\" }")
      const { ino } = yield* fs.stat(projectFile)
      yield* set(projectFile, [{ path: ["model"], value: "m" }])
      assert.deepStrictEqual((yield* fs.stat(projectFile)).ino, ino)
    }))

  describe("a rule for a pattern", () => {
    const rule: Change = { path: ["permission", "bash", "git status *"], value: "allow" }
    const cases: ReadonlyArray<readonly [before: unknown, after: unknown]> = [
      [{}, { bash: { "git status *": "allow" } }],
      [{ edit: "ask" }, { edit: "ask", bash: { "git status *": "allow" } }],
      [{ bash: { "rm *": "deny" } }, { bash: { "rm *": "deny", "git status *": "allow" } }],
      [{ bash: { "git status *": "ask" } }, { bash: { "git status *": "allow" } }],
      [{ bash: "deny" }, { bash: { "*": "deny", "git status *": "allow" } }],
      [{ "*": "deny" }, { "*": "deny", bash: { "*": "deny", "git status *": "allow" } }],
      [{ "*": { "x": "ask" } }, { "*": { "x": "ask" }, bash: { "x": "ask", "git status *": "allow" } }],
      ["ask", { "*": "ask", bash: { "*": "ask", "git status *": "allow" } }]
    ]
    for (const [before, after] of cases) {
      it.scoped(`is added to ${JSON.stringify(before)}`, () =>
        Effect.gen(function*() {
          const text = yield* edited(JSON.stringify({ permission: before }, null, 2), rule)
          assert.deepStrictEqual(JSON.parse(text), { permission: after })
        }))
    }
  })

  describe("fails and leaves the file unchanged", () => {
    const cases: ReadonlyArray<readonly [text: string, where: string, reason: string]> = [
      ["{\"model\": ", ":1:11: expected a value", "Syntax"],
      ["{\"model\": 1}", ":1:11: expected a string for model", "Type"],
      ["[]", ":1:1: expected an object", "Type"],
      ["{\"model\": \"a\",\n\"model\": \"b\"}", ":2:1: model is set more than once", "Value"],
      ["{\"provider\": {},\n\"provider\": {}}", ":2:1: provider.amazon-bedrock.options.region is set more", "Value"]
    ]
    for (const [text, where, reason] of cases) {
      it.scoped(`if the file contains ${JSON.stringify(text)}`, () =>
        Effect.gen(function*() {
          const fs = yield* FileSystem.FileSystem
          const { project, projectFile, write } = yield* makeFixture
          yield* write(projectFile, text)
          const error = yield* Effect.flip(
            set(projectFile, [{ path: ["model"], value: "m" }, { path: region, value: "r" }])
          )
          assert.strictEqual(error.reason, reason)
          assert.include(error.message, `${projectFile}${where}`)
          assert.strictEqual(yield* fs.readFileString(projectFile), text)
          assert.deepStrictEqual(yield* fs.readDirectory(project), [".git", "altimate-code.json"])
        }))
    }

    it.scoped("if the path is a directory, a dangling link, or below a file", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { project, projectFile, write } = yield* makeFixture
        const change = [{ path: ["model"], value: "m" }]
        assert.strictEqual((yield* Effect.flip(set(project, change))).reason, "Read")
        yield* fs.symlink(`${project}/nowhere`, projectFile)
        assert.strictEqual((yield* Effect.flip(set(projectFile, change))).reason, "Read")
        yield* write(`${project}/file`, "x")
        const error = yield* Effect.flip(set(`${project}/file/altimate-code.json`, change))
        assert.strictEqual(error.reason, "Write")
        assert.strictEqual(error.message, `${project}/file/altimate-code.json cannot be written: the system refused`)
      }))
  })

  it.scoped("keeps the mode and a symbolic link", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { globalFile, home, write } = yield* makeFixture
      const target = `${home}/dotfiles/config.json`
      yield* write(target, "{}")
      yield* fs.chmod(target, 0o660)
      yield* write(`${home}/.config/altimate-code/x`, "")
      yield* fs.symlink("../../dotfiles/config.json", globalFile)
      yield* set(globalFile, [{ path: ["model"], value: "m" }])
      assert.strictEqual(yield* fs.readLink(globalFile), "../../dotfiles/config.json")
      assert.deepStrictEqual(JSON.parse(yield* fs.readFileString(target)), { model: "m" })
      assert.strictEqual((yield* fs.stat(target)).mode & 0o777, 0o660)
      assert.deepStrictEqual(yield* fs.readDirectory(`${home}/dotfiles`), ["config.json"])
    }))

  const name = FastCheck.constantFrom("a", "b", "model", "permission", "x y", "a.b", "\"", "git *")
  const { value } = FastCheck.letrec((tie) => ({
    value: FastCheck.oneof(
      { maxDepth: 3 },
      FastCheck.string(),
      FastCheck.integer(),
      FastCheck.constant(null),
      FastCheck.array(tie("value"), { maxLength: 3 }),
      FastCheck.dictionary(name, tie("value"), { maxKeys: 4 })
    )
  }))

  it.effect.prop(
    "changes only the given setting, in any file",
    [FastCheck.dictionary(name, value), name, value, FastCheck.constantFrom(undefined, 1, 2, "\t")],
    ([content, key, wanted, indent]) =>
      Effect.gen(function*() {
        // Below an unknown key, so that values of all types are allowed.
        const before = { other: content, model: "m" }
        const after = JSON.parse(
          yield* edited(JSON.stringify(before, null, indent), { path: ["other", key], value: wanted })
        )
        assert.deepStrictEqual(after, { other: { ...content, [key]: wanted }, model: "m" })
      }).pipe(Effect.scoped),
    { fastCheck: { numRuns: 25 * runs } }
  )
})
