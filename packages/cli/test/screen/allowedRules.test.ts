/** The configured rules that `/permissions` lists, and what removing one does to the user's file. */
import * as PermissionRules from "@altimate-code/agent/permission/PermissionRules"
import { Directories } from "@altimate-code/config/Directories"
import * as Settings from "@altimate-code/config/Settings"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as AllowedRules from "../../src/commands/screen/allowedRules.ts"
import { policies } from "../../src/Services.ts"
import { makeHome } from "../BuiltCli.ts"

interface Given {
  readonly user?: unknown
  readonly project?: unknown
  readonly variable?: unknown
  /** What the user has allowed always since the start. */
  readonly added?: PermissionRules.Grant
}

const start = ({ added, project, user, variable }: Given) =>
  Effect.gen(function*() {
    const { home, writeGlobalConfig } = yield* makeHome
    yield* writeGlobalConfig({ model: "m", ...(user === undefined ? {} : { permission: user }) })
    const cwd = join(home, "shop")
    mkdirSync(join(cwd, ".git"), { recursive: true })
    if (project !== undefined) {
      writeFileSync(join(cwd, "altimate-code.json"), JSON.stringify({ permission: project }))
    }
    const config = join(home, ".config/altimate-code")
    const data = join(home, ".local/share/altimate-code")
    const environment = new Map(
      variable === undefined ? [] : [["ALTIMATE_CLI_PERMISSION", JSON.stringify(variable)] as const]
    )
    const context = yield* Layer.build(
      Settings.layer({ trustProject: true }).pipe(
        Layer.provideMerge(Layer.mergeAll(
          policies,
          Layer.succeed(Directories, { home, config, data, cache: data, cwd }),
          Secrets.layer,
          NodeContext.layer
        )),
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(environment)))
      )
    )
    const { leaves, permission } = yield* Effect.provide(Settings.Settings, context)
    const rules = yield* PermissionRules.make(Option.getOrUndefined(permission))
    if (added !== undefined) yield* rules.allow(added)
    return {
      list: Effect.flatMap(rules.get, (rules) => AllowedRules.list(rules, leaves)).pipe(
        Effect.map((all) =>
          all.map(({ isRemovable, pattern, permission, place }) =>
            `${permission} ${pattern}: ${place}${isRemovable ? ", removable" : ""}`
          )
        ),
        Effect.provide(context)
      ),
      remove: (grant: PermissionRules.Grant) => Effect.provide(AllowedRules.remove(grant), context),
      written: () => JSON.parse(readFileSync(join(config, "altimate-code.json"), "utf8")) as unknown
    }
  })

const user = "~/.config/altimate-code/altimate-code.json"
const project = "~/shop/altimate-code.json"

describe("The configured rules", () => {
  it.scopedLive("removes a single verdict from the user's file when another file adds rules", () =>
    Effect.gen(function*() {
      const { list, remove, written } = yield* start({ user: "allow", project: { bash: { "rm *": "deny" } } })
      assert.deepStrictEqual(yield* list, [`* *: ${user}, removable`])
      yield* remove({ permission: "*", pattern: "*" })
      assert.deepStrictEqual(written(), { model: "m" })
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive("fails if the user's file does not have the rule", () =>
    Effect.gen(function*() {
      const { remove } = yield* start({ user: { bash: "allow" } })
      const { message } = yield* Effect.flip(remove({ permission: "bash", pattern: "ls *" }))
      assert.match(message, /^Nothing was removed: .*altimate-code\.json does not have the rule bash ls \*\.$/)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive("leaves a verdict where it is when a rule for a pattern is added beside it", () =>
    Effect.gen(function*() {
      const added = { permission: "edit", pattern: "/shop/.envrc" }
      const { list } = yield* start({ variable: { edit: "allow" }, added })
      assert.deepStrictEqual((yield* list)[0], "edit *: ALTIMATE_CLI_PERMISSION")
      const { list: all } = yield* start({ variable: "allow", added })
      assert.deepStrictEqual((yield* all)[0], "* *: ALTIMATE_CLI_PERMISSION")
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive("lists a rule that is in both files twice, and removes that of the user", () =>
    Effect.gen(function*() {
      const rules = { bash: { "ls *": "allow" } }
      const { list, remove, written } = yield* start({ user: rules, project: rules })
      assert.deepStrictEqual(yield* list, [`bash ls *: ${project}`, `bash ls *: ${user}, removable`])
      yield* remove({ permission: "bash", pattern: "ls *" })
      assert.deepStrictEqual(written(), { model: "m", permission: { bash: {} } })
      assert.deepStrictEqual(yield* list, [`bash ls *: ${project}`])
    }).pipe(Effect.provide(NodeContext.layer)))
})
