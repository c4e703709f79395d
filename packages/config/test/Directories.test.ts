import * as NodePath from "@effect/platform-node/NodePath"
import * as Path from "@effect/platform/Path"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { userInfo } from "node:os"
import * as Directories from "../src/Directories.ts"

const directories = (env: Record<string, string>) =>
  Directories.Directories.pipe(
    Effect.provide(Directories.layer),
    Effect.provide(NodePath.layer),
    Effect.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))))
  )

const removed = () => {
  throw new Error("ENOENT: no such file or directory, uv_cwd")
}

describe("The directories", () => {
  it.effect("are under HOME, as the guide says", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* directories({ HOME: "/home/x" }), {
        home: "/home/x",
        config: "/home/x/.config/altimate-code",
        data: "/home/x/.local/share/altimate-code",
        cache: "/home/x/.cache/altimate-code",
        cwd: process.cwd()
      })
    }))

  it.effect("are moved by XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_CACHE_HOME", () =>
    Effect.gen(function*() {
      const moved = yield* directories({
        HOME: "/home/x",
        XDG_CONFIG_HOME: "/etc/x",
        XDG_DATA_HOME: "/var/x/",
        XDG_CACHE_HOME: "/tmp/x"
      })
      assert.strictEqual(moved.config, "/etc/x/altimate-code")
      assert.strictEqual(moved.data, "/var/x/altimate-code")
      assert.strictEqual(moved.cache, "/tmp/x/altimate-code")
    }))

  it.effect("ignore XDG variables that are blank or relative", () =>
    Effect.gen(function*() {
      const { config, data } = yield* directories({ HOME: "/home/x", XDG_CONFIG_HOME: "etc", XDG_DATA_HOME: " " })
      assert.strictEqual(config, "/home/x/.config/altimate-code")
      assert.strictEqual(data, "/home/x/.local/share/altimate-code")
    }))

  it.effect("are in the system's home directory for the user if HOME is unset or blank", () =>
    Effect.gen(function*() {
      for (const env of [{}, { HOME: "" }]) {
        assert.strictEqual((yield* directories(env)).home, userInfo().homedir)
      }
    }))

  it.effect("are absolute even if HOME is relative", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* directories({ HOME: "x/" })).home, `${process.cwd()}/x`)
    }))

  it.effect("accept a HOME that is a file", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* directories({ HOME: import.meta.filename })).home, import.meta.filename)
    }))

  it.effect("cannot be determined if the working directory was removed", () =>
    Effect.gen(function*() {
      const path = yield* Path.Path
      const error = yield* Effect.flip(
        Directories.Directories.pipe(
          Effect.provide(Directories.layer),
          Effect.provideService(Path.Path, { ...path, resolve: removed })
        )
      )
      assert.strictEqual(error.reason, "Read")
      assert.strictEqual(error.message, "the working directory no longer exists")
    }).pipe(Effect.provide(NodePath.layer)))
})
