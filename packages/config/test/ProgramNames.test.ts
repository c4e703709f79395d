import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Directories from "../src/Directories.ts"
import { ProgramNames } from "../src/given/ProgramNames.ts"
import { describe as describeOrigin } from "../src/Origin.ts"
import * as Settings from "../src/Settings.ts"
import { bedrock } from "./fixture.ts"

const names = Layer.succeed(ProgramNames, { directory: "helpdesk", file: "gateway", variables: "HELPDESK_" })

/** Reads the settings of a program with these names, in a new home directory. */
const makeProgram = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const home = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
  const configuration = `${home}/.config/helpdesk`
  yield* fs.makeDirectory(configuration, { recursive: true })
  const load = (env: Record<string, string> = {}) =>
    Effect.provide(
      Settings.Settings,
      Settings.layer().pipe(
        Layer.provide(Directories.layer),
        Layer.provide(names),
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
        const { home, fs, write } = yield* makeProgram
        const cwd = `${home}/project`
        yield* fs.makeDirectory(`${cwd}/.helpdesk`, { recursive: true })
        yield* write(`${cwd}/.helpdesk/gateway.json`, { model: "amazon-bedrock/project" })
        const directories = { home, config: `${home}/.config/helpdesk`, data: home, cache: home, cwd }
        const { model } = yield* Effect.provide(
          Settings.Settings,
          Settings.layer().pipe(
            Layer.provide(Layer.succeed(Directories.Directories, directories)),
            Layer.provide(names),
            Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["HOME", home]]))))
          )
        )
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
  })
})
