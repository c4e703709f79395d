import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Workspace from "../src/Workspace.ts"

const build = (options: Partial<Workspace.Options> = {}) =>
  Workspace.Workspace.pipe(
    Effect.provide(Workspace.layer({ directory: "/project", state: "/state", ...options })),
    Effect.withConfigProvider(
      ConfigProvider.fromMap(new Map([["PATH", "/bin"], ["HOME", "/home/ann"], ["AWS_BEARER_TOKEN_BEDROCK", "secret"]]))
    )
  )

describe("Workspace.layer", () => {
  it.effect("gives commands no variables that may be secrets, and protects the program's own directory", () =>
    Effect.gen(function*() {
      const { makeMasker, ...workspace } = yield* build()
      assert.deepStrictEqual(workspace, {
        directory: "/project",
        root: "/project",
        outputs: "/state/outputs",
        programFiles: { directories: ["/state"], names: [] },
        commandEnvironment: { PATH: "/bin", HOME: "/home/ann" },
        programEnvironment: { PATH: "/bin", HOME: "/home/ann" }
      })
      assert.strictEqual(makeMasker().next("text"), "text")
    }))

  it.effect("takes what the program gives instead", () =>
    Effect.gen(function*() {
      const workspace = yield* build({ root: "/", commandEnvironment: { LANG: "C" } })
      assert.strictEqual(workspace.root, "/")
      assert.deepStrictEqual(workspace.commandEnvironment, { LANG: "C" })
    }))
})
