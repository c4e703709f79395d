import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ConfigJsonSchema from "../src/ConfigJsonSchema.ts"
import * as Directories from "../src/Directories.ts"
import { type Names, ProgramNames } from "../src/given/ProgramNames.ts"
import { describe as describeOrigin } from "../src/Origin.ts"
import * as Settings from "../src/Settings.ts"
import { bedrock } from "./fixture.ts"

const own: Names = { directory: "helpdesk", file: "gateway", variables: "HELPDESK_" }

interface Start extends Settings.Overrides {
  readonly cwd?: string
  readonly names?: Names
}

const inDirectory = (cwd: string) => Effect.map(Directories.Directories, (directories) => ({ ...directories, cwd }))

/** Reads the settings of a program with these names, in a new home directory. */
const makeProgram = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const home = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
  const configuration = `${home}/.config/helpdesk`
  yield* fs.makeDirectory(configuration, { recursive: true })
  const load = (env: Record<string, string> = {}, { cwd = home, names = own, ...overrides }: Start = {}) =>
    Effect.provide(
      Settings.Settings,
      Settings.layer(overrides).pipe(
        Layer.provide(Layer.effect(Directories.Directories, inDirectory(cwd)).pipe(Layer.provide(Directories.layer))),
        Layer.provide(Layer.succeed(ProgramNames, names)),
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries({ HOME: home, ...env })))))
      )
    )
  const write = (path: string, content: unknown) =>
    fs.writeFileString(path, typeof content === "string" ? content : JSON.stringify(content, null, 2))
  return { configuration, fs, home, load, write }
})

layer(NodeContext.layer)("a program with names of its own", (it) => {
  describe("reads", () => {
    it.scoped("its own file, not that of altimate-code", () =>
      Effect.gen(function*() {
        const { configuration, fs, home, load, write } = yield* makeProgram
        yield* write(`${configuration}/gateway.json`, { model: "amazon-bedrock/own" })
        yield* fs.makeDirectory(`${home}/.config/altimate-code`)
        yield* write(`${home}/.config/altimate-code/altimate-code.json`, { small_model: "amazon-bedrock/foreign" })
        const { files, model, smallModel } = yield* load({ ALTIMATE_CLI_CONFIG_CONTENT: "{\"small_model\": \"x\"}" })
        assert.strictEqual(Option.getOrThrow(model).value, "amazon-bedrock/own")
        assert.isTrue(Option.isNone(smallModel))
        assert.deepStrictEqual(files[0], { path: `${configuration}/gateway.json`, scope: "global", found: true })
      }))

    it.scoped("its own directory of a project", () =>
      Effect.gen(function*() {
        const { fs, home, load, write } = yield* makeProgram
        const cwd = `${home}/project`
        yield* fs.makeDirectory(`${cwd}/.helpdesk`, { recursive: true })
        yield* write(`${cwd}/.helpdesk/gateway.json`, { model: "amazon-bedrock/project" })
        const { model } = yield* load({}, { cwd })
        assert.strictEqual(Option.getOrThrow(model).value, "amazon-bedrock/project")
      }))

    it.scoped("its own variables, which are the origins of what they set", () =>
      Effect.gen(function*() {
        const { home, load, write } = yield* makeProgram
        yield* write(`${home}/named.json`, { model: "amazon-bedrock/named" })
        const { model, permission, readsProject, region, yolo } = yield* load({
          HELPDESK_CONFIG: `${home}/named.json`,
          HELPDESK_CONFIG_CONTENT: JSON.stringify(bedrock({ region: "eu-west-1" })),
          HELPDESK_PERMISSION: "\"deny\"",
          HELPDESK_YOLO: "true",
          HELPDESK_DISABLE_PROJECT_CONFIG: "true"
        })
        assert.include(describeOrigin(Option.getOrThrow(model).origin), "named.json:2:3 (HELPDESK_CONFIG)")
        assert.strictEqual(region.value, "eu-west-1")
        assert.match(describeOrigin(region.origin), /^HELPDESK_CONFIG_CONTENT:\d+:\d+$/)
        assert.deepStrictEqual(permission, Option.some("deny" as const))
        assert.strictEqual(describeOrigin(yolo.origin), "HELPDESK_YOLO")
        assert.strictEqual(describeOrigin(readsProject.origin), "HELPDESK_DISABLE_PROJECT_CONFIG")
      }))
  })

  describe("reports with its own names", () => {
    const mistakes: ReadonlyArray<readonly [what: string, env: Record<string, string>, expected: RegExp]> = [
      ["a missing file", { HELPDESK_CONFIG: "/no/such/file.json" }, /HELPDESK_CONFIG names this file/],
      ["a missing directory", { HELPDESK_CONFIG_DIR: "/no/such" }, /HELPDESK_CONFIG_DIR names this directory/],
      ["a mistake in a variable", { HELPDESK_CONFIG_CONTENT: "{ \"model\": 1 }" }, /HELPDESK_CONFIG_CONTENT:1:12/],
      ["a mistake in the rules", { HELPDESK_PERMISSION: "\"maybe\"" }, /HELPDESK_PERMISSION/],
      ["a mistake in a switch", { HELPDESK_YOLO: "perhaps" }, /HELPDESK_YOLO: expected true or false/],
      [
        "a misplaced URL",
        { HELPDESK_CONFIG_CONTENT: "{ \"baseURL\": \"https://gw.example.com\" }" },
        /write it like this in HELPDESK_CONFIG_CONTENT/
      ]
    ]
    for (const [what, env, expected] of mistakes) {
      it.scoped(what, () =>
        Effect.gen(function*() {
          const { load } = yield* makeProgram
          const error = yield* load(env).pipe(
            Effect.map(({ misplacedUrl }) => Option.getOrThrow(misplacedUrl)),
            Effect.merge
          )
          const report = `${error.message}\n${error.hint}`
          assert.match(report, expected)
          assert.notMatch(report, /altimate/i)
        }))
    }

    it.scoped("two files where only one is read", () =>
      Effect.gen(function*() {
        const { configuration, load, write } = yield* makeProgram
        yield* write(`${configuration}/gateway.json`, "{}")
        yield* write(`${configuration}/gateway.jsonc`, "{}")
        const error = yield* Effect.flip(load())
        assert.match(error.message, /helpdesk\/gateway\.json and .*helpdesk\/gateway\.jsonc both exist/)
      }))

    it.scoped("what to do instead of a setting of another tool", () =>
      Effect.gen(function*() {
        const { configuration, load, write } = yield* makeProgram
        yield* write(`${configuration}/gateway.json`, { command: {}, env: {}, logLevel: "debug", skills: {} })
        const { unknown } = yield* load()
        assert.deepStrictEqual(unknown.map(({ note }) => Option.getOrThrow(note)), [
          "Write each command as a file: .helpdesk/commands/NAME.md.",
          "Set environment variables before you start helpdesk, or for one server in mcp.NAME.environment.",
          "The log level is set when you start helpdesk, not in the file.",
          "Put each skill in a folder of .helpdesk/skills or .agents/skills."
        ])
      }))

    it.scoped("what overrides its files as parameters, unless it has options for them", () =>
      Effect.gen(function*() {
        const { load } = yield* makeProgram
        const overrides = {
          model: "amazon-bedrock/x",
          fallback: "y",
          crossRegion: "off",
          maxCost: 2,
          mode: "plan",
          yolo: true
        } as const
        const settings = yield* load({}, overrides)
        const { crossRegion, maxCost } = settings.gateway
        const found = [
          Option.getOrThrow(settings.model),
          Option.getOrThrow(settings.fallback),
          crossRegion,
          Option.getOrThrow(maxCost),
          settings.mode,
          settings.yolo
        ]
        assert.deepStrictEqual(
          found.map(({ origin }) => describeOrigin(origin)),
          Object.keys(overrides).map((name) => `the parameter ${name}`)
        )
        const withOption = yield* load({}, { ...overrides, names: { ...own, flags: { mode: "--start-in" } } })
        assert.strictEqual(describeOrigin(withOption.mode.origin), "--start-in")
      }))

    it.scoped("a mode of a project's file that is ignored", () =>
      Effect.gen(function*() {
        const { fs, home, load, write } = yield* makeProgram
        yield* fs.makeDirectory(`${home}/project`)
        yield* write(`${home}/project/gateway.json`, { permission: { mode: "accept-edits" } })
        const { warnings } = yield* load({}, { cwd: `${home}/project` })
        assert.match(warnings.join("\n"), /Use the parameter mode, or set it in your own configuration\.$/)
      }))
  })

  it.effect("titles the schema of its file", () =>
    Effect.sync(() => {
      const { description, title } = JSON.parse(ConfigJsonSchema.render(own))
      assert.strictEqual(title, "helpdesk")
      assert.strictEqual(description, "Configuration of helpdesk (gateway.json).")
      assert.notMatch(ConfigJsonSchema.render(own), /altimate|--[a-z]/)
    }))
})
