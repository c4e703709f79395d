import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as CustomCommands from "../../src/prompts/CustomCommands.ts"
import * as Skills from "../../src/prompts/Skills.ts"
import { makeProject } from "../workspace.ts"

const skill = (name: string, description = "Does it.") =>
  `---\nname: ${name}\ndescription: ${description}\n---\nSteps.\n`

layer(NodeContext.layer)("Custom commands", (it) => {
  it.scoped("have the name of their file, with its folders before it", () =>
    Effect.gen(function*() {
      const { at, put, root } = yield* makeProject
      yield* put("c/review.md", "---\ndescription: Review it\nargument-hint: [branch]\n---\n\nReview $1.\n")
      yield* put("c/frontend/component.md", "Make a component.\nNow.")
      yield* put("c/notes.txt", "no command")
      const { commands, notices } = yield* CustomCommands.find([{ directory: at("c"), root }])
      assert.deepStrictEqual(notices, [])
      assert.deepStrictEqual(commands.map(({ argumentHint, description, name }) => [name, description, argumentHint]), [
        ["frontend:component", "Make a component.", ""],
        ["review", "Review it", "[branch]"]
      ])
      assert.deepStrictEqual(commands[1]!.segments, [{ type: "text", text: "Review $1." }])
    }))

  it.scoped("read settings as existing commands write them", () =>
    Effect.gen(function*() {
      const { at, put, root } = yield* makeProject
      const settings = [
        ["quoted", "description: \"a: b\""],
        ["colon", "description: Use it when: always\nargument-hint: [a] [b]"],
        ["folded", "description: >\n  one\n  two"],
        ["list", "allowed-tools:\n  - Bash(git:*)\nmodel: haiku\ndescription: L # why"],
        ["crlf", "description: windows\r"]
      ] as const
      for (const [name, lines] of settings) yield* put(`c/${name}.md`, `---\n${lines}\n---\r\nText\n`)
      yield* put("c/none.md", "---\n---\nText")
      const { commands, notices } = yield* CustomCommands.find([{ directory: at("c"), root }])
      assert.deepStrictEqual(notices, [])
      assert.deepStrictEqual(commands.map(({ description, name }) => [name, description]), [
        ["colon", "Use it when: always"],
        ["crlf", "windows"],
        ["folded", "one two"],
        ["list", "L"],
        ["none", "Text"],
        ["quoted", "a: b"]
      ])
      assert.deepStrictEqual(commands.find(({ name }) => name === "list")?.ignored, ["allowed-tools", "model"])
    }))

  it.scoped("are left out with a notice that names the file and what to do", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, beside, put, root } = yield* makeProject
      yield* fs.writeFileString(`${beside}/secret.md`, "secret")
      yield* put("own/same.md", "mine")
      yield* put("c/same.md", "theirs")
      yield* put("c/model.md", "Model")
      yield* put("c/open.md", "---\ndescription: x\nText")
      yield* put("c/broken.md", "---\n{ [\n---\nText")
      yield* put("c/empty.md", "---\ndescription: x\n---\n\n")
      yield* put("c/a b.md", "Text")
      yield* put("c/binary.md", Uint8Array.of(0x80, 0xff))
      yield* put("c/large.md", "x".repeat(65 * 1024))
      yield* fs.symlink(`${beside}/secret.md`, at("c/link.md"))
      const sources = [{ directory: at("own") }, { directory: at("c"), root }, { directory: at("absent") }]
      const { commands, notices } = yield* CustomCommands.find(sources, ["model"])
      assert.deepStrictEqual(commands.map(({ path }) => path), [at("own/same.md")])
      const expected = {
        "a b.md": "name the file and its folders with letters",
        "binary.md": "it is not UTF-8 text",
        "broken.md": "its settings are not YAML (line ",
        "empty.md": "it has no text",
        "large.md": "it is larger than 64 KiB",
        "link.md": "it links to a file outside the project",
        "model.md": "/model is a built-in command",
        "open.md": "no other line ends the settings",
        "same.md": `${at("own/same.md")} has the same name`
      }
      assert.strictEqual(notices.length, Object.keys(expected).length, notices.join("\n"))
      Object.entries(expected).forEach(([file, words], index) => {
        assert.include(notices[index], `The command ${at(`c/${file}`)} is left out: `)
        assert.include(notices[index], words)
      })
    }))
})

layer(NodeContext.layer)("Links to directories", (it) => {
  it.scoped("are not followed out of the project, nor in a circle", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, beside, put, root } = yield* makeProject
      yield* fs.writeFileString(`${beside}/secret.md`, "secret")
      yield* put("c/here/one.md", "One")
      yield* put("shared/two.md", "Two")
      yield* fs.symlink(beside, at("c/out"))
      yield* fs.symlink(at("c"), at("c/here/circle"))
      yield* fs.symlink(at("shared"), at("c/shared"))
      const { commands, notices } = yield* CustomCommands.find([{ directory: at("c"), root }])
      assert.deepStrictEqual(commands.map(({ name }) => name), ["here:one", "shared:two"])
      assert.deepStrictEqual(notices, [
        `The commands in ${at("c/out")} are left out: it links to a directory outside the project.`
      ])
    }))
})

layer(NodeContext.layer)("Skills", (it) => {
  it.scoped("are found with their name and description, which the system prompt lists", () =>
    Effect.gen(function*() {
      const { at, put, root } = yield* makeProject
      yield* put("s/pdf/SKILL.md", skill("pdf", ">\n  Fills\n  forms."))
      yield* put("s/release/SKILL.md", skill("release", "Makes a release: tags and notes."))
      yield* put("s/README.md", "no skill")
      const { notices, skills } = yield* Skills.find([{ directory: at("s"), root }])
      assert.deepStrictEqual(notices, [])
      assert.deepStrictEqual(skills.map(({ description, name, path }) => [name, description, path]), [
        ["pdf", "Fills forms.", at("s/pdf/SKILL.md")],
        ["release", "Makes a release: tags and notes.", at("s/release/SKILL.md")]
      ])
      assert.include(Skills.toPrompt(skills), "\n- pdf: Fills forms.\n- release: Makes a release: tags and notes.")
      assert.isUndefined(Skills.toPrompt([]))
    }))

  it.scoped("are left out with a notice if their file is malformed, and the user's own win", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { at, beside, put, root } = yield* makeProject
      yield* fs.writeFileString(`${beside}/SKILL.md`, skill("outside"))
      yield* put("own/same/SKILL.md", skill("same", "Mine."))
      yield* put("s/other/SKILL.md", skill("another"))
      yield* put("s/bad/SKILL.md", skill("Bad--Name"))
      yield* put("s/nameless/SKILL.md", "Steps.")
      yield* put("s/same/SKILL.md", skill("same", "Theirs."))
      yield* put("s/vague/SKILL.md", "---\nname: vague\n---\nSteps.")
      yield* put("s/link/x", "")
      yield* fs.symlink(`${beside}/SKILL.md`, at("s/link/SKILL.md"))
      const { notices, skills } = yield* Skills.find([{ directory: at("own") }, { directory: at("s"), root }])
      assert.deepStrictEqual(skills.map(({ description, name }) => [name, description]), [
        ["same", "Mine."],
        ["another", "Does it."]
      ])
      const words = [
        [at("s/bad/SKILL.md"), "its name \"Bad--Name\" is not allowed"],
        [at("s/link/SKILL.md"), "it links to a file outside the project"],
        [at("s/nameless/SKILL.md"), "it has no name"],
        [at("s/other/SKILL.md"), "name its folder another too"],
        [at("s/same/SKILL.md"), `${at("own/same/SKILL.md")} has the same name`],
        [at("s/vague/SKILL.md"), "it has no description"]
      ]
      assert.strictEqual(notices.length, words.length, notices.join("\n"))
      words.forEach((expected, index) => expected.forEach((text) => assert.include(notices[index], text)))
    }))
})
