import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"
import { makeFixture } from "./fixture.ts"

const rule = (mode: string) => ({ permission: { mode } })

layer(NodeContext.layer)("permission.mode", (it) => {
  it.scoped("is ask by default, and --mode overrides the file", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      assert.deepStrictEqual((yield* load()).mode, { value: "ask", origin: { _tag: "Default" } })
      yield* write(globalFile, rule("plan"))
      const { leaves, mode } = yield* load()
      assert.strictEqual(mode.value, "plan")
      assert.strictEqual(mode.origin._tag === "File" && mode.origin.path, globalFile)
      assert.deepStrictEqual(leaves.map(({ key, value }) => [key, value]), [["permission.mode", "plan"]])
      const flag = { value: "accept-edits", origin: { _tag: "Flag", flag: "--mode" } } as const
      assert.deepStrictEqual((yield* load({ mode: "accept-edits" })).mode, flag)
    }))

  it.scoped("is no rule: rules of other files stay, and a single verdict leaves it", () =>
    Effect.gen(function*() {
      const { globalFile, load, projectFile, write } = yield* makeFixture
      yield* write(globalFile, { permission: "deny" })
      const plan = { ALTIMATE_CLI_PERMISSION: JSON.stringify({ mode: "plan" }) }
      const settings = yield* load({ env: plan })
      assert.deepStrictEqual(settings.permission, Option.some("deny"))
      assert.strictEqual(settings.mode.value, "plan")
      yield* write(globalFile, { permission: { mode: "plan", edit: "ask" } })
      yield* write(projectFile, { permission: "allow" })
      const trusted = yield* load({ trustProject: true })
      assert.deepStrictEqual(trusted.permission, Option.some("allow"))
      assert.strictEqual(trusted.mode.value, "plan")
    }))

  describe("in a project's file", () => {
    for (
      const [own, project, expected] of [
        [undefined, "plan", "plan"],
        [undefined, "accept-edits", "ask"],
        ["plan", "ask", "plan"],
        ["plan", "accept-edits", "plan"],
        ["ask", "plan", "plan"],
        ["accept-edits", "ask", "ask"],
        ["accept-edits", "plan", "plan"],
        ["accept-edits", "accept-edits", "accept-edits"]
      ] as const
    ) {
      it.scoped(`${project} makes ${own ?? "the default"} ${expected}, trusted or not`, () =>
        Effect.gen(function*() {
          const { globalFile, load, projectFile, write } = yield* makeFixture
          if (own !== undefined) yield* write(globalFile, rule(own))
          yield* write(projectFile, rule(project))
          for (const options of [{ trust: TrustPolicy.layer }, { trust: TrustPolicy.off }, { trustProject: true }]) {
            const { mode, untrusted, warnings } = yield* load(options)
            assert.strictEqual(mode.value, expected)
            assert.isEmpty(untrusted, "a stricter mode needs no trust")
            assert.strictEqual(
              warnings.some((text) => text.startsWith("permission.mode is ignored (")),
              project !== expected
            )
          }
        }))
    }

    it.scoped("is overridden by what the user sets for one run", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, rule("plan"))
        const env = { ALTIMATE_CLI_PERMISSION: JSON.stringify({ mode: "accept-edits" }) }
        assert.strictEqual((yield* load({ env })).mode.value, "accept-edits")
        assert.strictEqual((yield* load({ mode: "ask" })).mode.value, "ask")
      }))

    it.scoped("does not hide the rules beside it from the review", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, { permission: { mode: "plan", bash: "allow" } })
        const { mode, permission, untrusted } = yield* load({ trust: TrustPolicy.layer })
        assert.strictEqual(mode.value, "plan")
        assert.isTrue(Option.isNone(permission))
        assert.deepStrictEqual(untrusted[0]!.changes.map(({ key, value }) => [key, value]), [
          ["permission", { bash: "allow" }]
        ])
      }))
  })

  it.scoped("must be one of the three", () =>
    Effect.gen(function*() {
      const { failure, globalFile, write } = yield* makeFixture
      yield* write(globalFile, rule("acceptEdits"))
      const error = yield* failure()
      assert.include(
        error.message,
        "expected \"ask\", \"accept-edits\" or \"plan\" for permission.mode, found a string"
      )
      assert.strictEqual(error.hint, "Did you mean \"accept-edits\"?")
      yield* write(globalFile, { permission: { bash: "plan" } })
      assert.include((yield* failure()).message, "for permission.bash, found a string")
    }))
})
