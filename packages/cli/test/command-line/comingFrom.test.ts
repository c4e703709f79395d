import * as Directories from "@altimate-code/config/Directories"
import * as RegionFallback from "@altimate-code/config/RegionFallback"
import * as Settings from "@altimate-code/config/Settings"
import * as TrustPolicy from "@altimate-code/config/trust/TrustPolicy"
import * as Secrets from "@altimate-code/log/Secrets"
import * as Network from "@altimate-code/network/Network"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Cli from "../../src/Cli.ts"
import * as Argv from "../../src/command-line/argv.ts"
import { nameOf } from "../../src/command-line/commandTree.ts"
import { globalOptions } from "../../src/command-line/globalOptions.ts"
import { decode } from "../../src/command-line/parameter.ts"
import * as WorkingDirectory from "../../src/command-line/workingDirectory.ts"
import { policies } from "../../src/Services.ts"
import { guideConfig, pipedStdio } from "../BuiltCli.ts"
import { mentioned, type Row, rows, type Thing } from "./ComingFrom.ts"

type Command = Extract<Thing, { kind: "command" }>
type Setting = Extract<Thing, { kind: "setting" }>

const before = process.cwd()
let home = ""
/** The working directory, in a project. */
let work = ""

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "altimate-code-coming-from-"))
  work = join(home, "project/work")
  mkdirSync(join(home, "project/.git"), { recursive: true })
  mkdirSync(join(work, "shop"), { recursive: true })
  process.chdir(work)
})

afterAll(() => {
  process.chdir(before)
  rmSync(home, { recursive: true })
})

const is = (here: Row["here"], kind: Thing["kind"]) => typeof here !== "string" && here.kind === kind

/** The command that a command line runs, with the values that its handler gets. */
const parse = ({ args }: Command) =>
  Effect.gen(function*() {
    const argv = yield* Argv.parse(args, Cli.commands)
    const command = nameOf(argv.path)
    const globals = yield* decode(globalOptions, { ...argv, words: [] }, command)
    yield* Effect.ensuring(WorkingDirectory.enter(argv, globals), Effect.sync(() => process.chdir(work)))
    return { command, globals, value: yield* decode(argv.path.at(-1)!.parameters, argv, command) }
  }).pipe(Effect.provide(NodeContext.layer))

/** What the error for a command line must name, so that the user knows what to use instead. */
const wayTo = (there: Command, here: Thing): Effect.Effect<ReadonlyArray<string>> => {
  if (here.kind === "setting") return Effect.succeed([here.key.split(".")[0]!])
  if (here.kind !== "command") return Effect.succeed([here.text])
  const added = here.args.filter((arg) => !there.args.includes(arg))
  const options = added.filter((arg) => arg.startsWith("-"))
  if (options.length > 0) return Effect.succeed(options)
  return Effect.map(Effect.orDie(parse(here)), ({ command }) => {
    const [, ...names] = command.split(" ")
    return names.every((name, index) => name === there.args[index]) ? added : [command]
  })
}

const provider = (variables: Record<string, string>, seen = new Set<string>()) =>
  ConfigProvider.fromMap(new Map(Object.entries(variables))).pipe(
    ConfigProvider.mapInputPath((name) => {
      seen.add(name)
      return name
    })
  )

const known = new Map<string, Effect.Effect.Success<ReturnType<typeof readNow>>>()

const read = (file: unknown) =>
  Effect.gen(function*() {
    const text = JSON.stringify(file)
    const result = known.get(text) ?? (yield* readNow(text))
    known.set(text, result)
    return result
  })

/** The settings that a configuration file changes, without their origins, and the leaves of `config show`. */
const readNow = (text: string) =>
  Effect.map(Settings.Settings, ({ leaves, models, unknown, ...settings }) => ({
    settings: JSON.stringify(
      {
        ...Struct.omit(settings, "files", "warnings"),
        models: Record.map(models, Struct.pick("name", "id", "baseModel", "crossRegion", "limit", "cost"))
      },
      (key, value) => key === "origin" ? undefined : value
    ),
    unknown,
    keys: leaves.map(({ key, origin }) => `${key} from ${origin._tag}`)
  })).pipe(
    Effect.provide(Settings.layer()),
    Effect.provide([Directories.layer, Secrets.layer, RegionFallback.layer, TrustPolicy.layer]),
    Effect.provide(NodeContext.layer),
    Effect.withConfigProvider(
      provider({ HOME: home, TICKETS_TOKEN: "tickets", ALTIMATE_CLI_CONFIG_CONTENT: text })
    )
  )

const assertEffective = ({ file, key, text, without }: Setting) =>
  Effect.gen(function*() {
    const { keys, settings } = yield* read(file)
    assert.notStrictEqual(settings, (yield* read(without)).settings, `${text} changes nothing`)
    assert.isTrue(keys.some((shown) => shown.startsWith(key) && shown.endsWith(" from Inline")), `${text} is not shown`)
  })

const slashCommands = readFileSync(
  fileURLToPath(new URL("../../../tui/src/internal/input/slashCommands.ts", import.meta.url)),
  "utf8"
)

/** Runs the program in this process, without a terminal. */
const run = (args: ReadonlyArray<string>, variables: Record<string, string>, seen: Set<string>) => {
  const { layer: stdio, written } = pipedStdio()
  return Cli.run(args).pipe(
    Effect.provide(Layer.mergeAll(policies, stdio, NodeContext.layer)),
    Effect.withConfigProvider(provider({ HOME: home, ...variables }, seen)),
    Effect.tap((code) => assert.strictEqual(code, 0, written.stderr))
  )
}

const filesOf = (things: ReadonlyArray<Thing | string>) =>
  things.flatMap((thing) => typeof thing !== "string" && thing.kind === "file" ? [thing.text] : [])

const named = [...new Set(filesOf(rows.flatMap(({ here, there }) => [there, here])))]
const expected = new Set(
  rows.flatMap(({ here, there }) => here === "the same" ? filesOf([there]) : filesOf([here]))
)

/** Writes every file that a row names, each with a unique text that appears in a request if the file was read. */
const writeFiles = () => {
  const marks = new Map(named.map((name, index) => [name, `marker-${index}-end`]))
  for (const [name, mark] of marks) {
    // CLAUDE.md is used only if there is no AGENTS.md beside it.
    const base = name === "CLAUDE.md" ? work : join(home, "project")
    const path = name.startsWith("~/") ? join(home, name.slice(2)) : join(base, name)
    mkdirSync(dirname(path), { recursive: true })
    const content = name.endsWith("auth.json")
      ? { "amazon-bedrock": { type: "api", key: mark } }
      : { provider: { "amazon-bedrock": { options: { headers: { [mark]: "1" } } } } }
    const text = name.endsWith("SKILL.md") ? `---\nname: review\ndescription: ${mark}\n---\n` : mark
    writeFileSync(path, name.endsWith(".md") ? text : JSON.stringify(content))
  }
  return marks
}

describe("docs/coming-from.md", () => {
  it("has three tables", () => {
    assert.deepStrictEqual([...new Set(rows.map(({ tool }) => tool))], [
      "opencode",
      "Claude Code",
      "Earlier versions of altimate-code"
    ])
  })

  it.effect("mentions only command lines that this program accepts", () =>
    Effect.forEach(
      mentioned,
      (thing) =>
        thing.kind === "command" && rows.every(({ there }) => there !== thing && there.text !== thing.text)
          ? parse(thing).pipe(Effect.mapError((error) => new Error(`${thing.text}: ${JSON.stringify(error)}`)))
          : Effect.void
    ))

  for (const { here, there, tool } of rows) {
    if (there.kind === "command") {
      it.effect(`${tool}: ${there.text}`, () =>
        Effect.gen(function*() {
          if (here === "the same") return yield* Effect.asVoid(parse(there))
          const parsed = yield* Effect.either(parse(there))
          if (parsed._tag === "Right") {
            assert.isTrue(is(here, "command"), "it is accepted")
            return assert.deepStrictEqual(parsed.right, yield* parse(here as Command))
          }
          const error = parsed.left
          assert.notMatch(error.hint, /shows what it accepts|Did you mean|Correct the path/)
          for (const word of typeof here === "string" ? [] : yield* wayTo(there, here)) {
            assert.include(error.hint, word)
          }
          if (here === "nothing needed") assert.match(error.hint, /[Nn]othing needed|There are no/)
        }))
    }
    if (there.kind === "setting") {
      it.effect(`${tool}: ${there.text}`, () =>
        Effect.gen(function*() {
          if (here === "the same") return yield* assertEffective(there)
          const { keys, settings, unknown } = yield* read(there.file)
          const isRead = settings !== (yield* read(there.without)).settings
          if (isRead) return assert.strictEqual(settings, (yield* read((here as Setting).file)).settings)
          const isShown = keys.some((shown) => shown.startsWith(there.key))
          assert.isTrue(isShown || here === "nothing needed", "config show shows it")
          for (const { isMissed, key, note } of unknown) {
            assert.isTrue(Option.isSome(note), `config show --unknown has nothing to say about ${key}`)
            assert.strictEqual(isMissed, here !== "nothing needed", key)
          }
        }))
    }
    if (there.kind === "slash") {
      it(`${tool}: ${there.text}`, () => {
        const isThere = (name: string) => slashCommands.includes(`name: "${name}"`)
        assert.strictEqual(isThere(there.text), here === "the same")
        if (typeof here !== "string" && here.kind === "slash") assert.isTrue(isThere(here.text))
      })
    }
    if (typeof here !== "string" && here.kind === "setting") {
      it.effect(`${tool}: ${there.text} → ${here.text}`, () => assertEffective(here))
    }
    if (typeof here !== "string" && here.kind === "command") {
      it.effect(`${tool}: ${there.text} → ${here.text}`, () => Effect.asVoid(parse(here)))
    }
  }

  it.live("is correct about every variable and every file", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1" })
      const marks = writeFiles()
      const seen = new Set<string>()
      const content = { ALTIMATE_CLI_CONFIG_CONTENT: JSON.stringify(guideConfig(sandbox.url)) }
      yield* run(["run", "--trust-project", "hi"], content, seen)
      for (const name of marks.keys()) {
        const command = /commands\/(.*)\.md$/.exec(name)?.[1]
        if (command !== undefined) yield* run(["run", "--trust-project", "--command", command], content, seen)
      }
      yield* run(["providers", "list"], content, seen)
      // Variables that are read only for a remote host over TLS. The proxy refuses the connection.
      yield* Effect.flatMap(Network.Network, ({ inspect }) => Stream.runDrain(inspect("https://gateway.example.com/")))
        .pipe(
          Effect.ignore,
          Effect.provide(Layer.provide(Network.layerSettings, Settings.layer())),
          Effect.provide([Directories.layer, Secrets.layer, RegionFallback.layer, TrustPolicy.layer]),
          Effect.withConfigProvider(provider({ HOME: home, HTTPS_PROXY: "http://127.0.0.1:9" }, seen))
        )

      const request = JSON.stringify(yield* sandbox.requests)
      for (const [name, mark] of marks) assert.strictEqual(request.includes(mark), expected.has(name), name)
      for (const { here, there } of rows) {
        if (there.kind === "variable") assert.strictEqual(seen.has(there.text), here === "the same", there.text)
        if (typeof here !== "string" && here.kind === "variable") assert.isTrue(seen.has(here.text), here.text)
      }
    }).pipe(Effect.provide(NodeContext.layer), Effect.scoped))
})
