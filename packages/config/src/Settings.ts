/**
 * The effective settings, merged from all sources.
 *
 * @since 0.1.0
 */
import { Secrets } from "@altimate-code/log/Secrets"
import { logReported } from "@altimate-code/system/logging/DecisionLevel"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { ConfigError } from "./ConfigError.ts"
import { ConfigFile, type Mode, paths, Theme } from "./ConfigFile.ts"
import type { Leaf, SearchedFile, UnknownSetting, UntrustedFile } from "./ConfigReport.ts"
import type { Directories } from "./Directories.ts"
import * as Environment from "./Environment.ts"
import * as Gateway from "./Gateway.ts"
import type { GivenRequest, GivenSettings } from "./given/GivenSettings.ts"
import { flag, type OverrideName, ProgramNames, variable } from "./given/ProgramNames.ts"
import { find, formatPath, listLeaves, toValue } from "./internal/file/tree.ts"
import { mergeSources } from "./internal/sources/mergeSources.ts"
import { readProjectSwitch } from "./internal/sources/readProjectSwitch.ts"
import { readSources } from "./internal/sources/readSources.ts"
import { checkCrossRegion } from "./internal/values/checkCrossRegion.ts"
import { checkUrl } from "./internal/values/checkUrl.ts"
import { maskSetting } from "./internal/values/maskSetting.ts"
import { readGateway } from "./internal/values/readGateway.ts"
import { readGiven } from "./internal/values/readGiven.ts"
import { readModels } from "./internal/values/readModels.ts"
import type { McpServer } from "./McpServer.ts"
import { describe, type Setting } from "./Origin.ts"
import { RegionFallback } from "./RegionFallback.ts"

/**
 * Which tool calls may run, as written: a single verdict, or for each tool a verdict or patterns with verdicts.
 *
 * @since 0.1.0
 * @category models
 */
export type Permission = NonNullable<ConfigFile["permission"]>

/**
 * The effective settings, with their origins.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The model as written, including its `amazon-bedrock/` prefix. */
  readonly model: Option.Option<Setting<string>>
  /** The model for summaries and titles, as written. */
  readonly smallModel: Option.Option<Setting<string>>
  /** The model to use instead of an overloaded one, as written. */
  readonly fallback: Option.Option<Setting<string>>
  /** The gateway's absolute http(s) URL: `endpoint`, or else `baseURL`. It may contain a password; show it with `publicUrl`. */
  readonly baseURL: Option.Option<Setting<string>>
  /** The region chosen by `RegionFallback`. */
  readonly region: Setting<string>
  /** The AWS profile named in the configuration: an explicit choice. */
  readonly profile: Option.Option<Setting<string>>
  /** The value of `AWS_PROFILE`. */
  readonly awsProfile: Option.Option<Setting<string>>
  /** How the gateway is reached, and what is sent to it. */
  readonly gateway: Gateway.Gateway
  readonly permission: Option.Option<Permission>
  /** How much the model may do without asking when it starts. */
  readonly mode: Setting<Mode>
  /** If true, every tool call that no rule denies runs without asking. */
  readonly yolo: Setting<boolean>
  /** Whether the project's own configuration and instructions are read. */
  readonly readsProject: Setting<boolean>
  /** MCP servers by name, with `{env:…}` and `{file:…}` replaced. Unusable servers are left out and mentioned in `warnings`. */
  readonly mcp: { readonly [name: string]: McpServer }
  /** Paths and globs, as written in the nearest file that has any. */
  readonly instructions: ReadonlyArray<string>
  /** The screen's keys by action, as written. */
  readonly keybinds: NonNullable<ConfigFile["keybinds"]>
  readonly theme: Theme
  /** How the screen draws attention while its window does not have the focus. */
  readonly notification: NonNullable<ConfigFile["notification"]>
  /** Models by the ID they are configured with. */
  readonly models: { readonly [id: string]: Gateway.ModelSettings }
  /** Where files were looked for, in reading order; later files override earlier ones. */
  readonly files: ReadonlyArray<SearchedFile>
  /** Every leaf of the merged file, including unknown settings. */
  readonly leaves: ReadonlyArray<Leaf>
  /** Settings that have no effect, in the order of the files. */
  readonly unknown: ReadonlyArray<UnknownSetting>
  /** Project files with changes that do not apply because the user has not trusted them. */
  readonly untrusted: ReadonlyArray<UntrustedFile>
  /**
   * Set if a gateway's URL is in a place where it has no effect. `EndpointPolicy` fails with it instead of sending requests to AWS's own
   * host.
   */
  readonly misplacedUrl: Option.Option<ConfigError>
  /** Warnings for the user, in sentences. */
  readonly warnings: ReadonlyArray<string>
}

/**
 * The effective settings.
 *
 * @since 0.1.0
 * @category services
 */
export class Settings extends Context.Tag("@altimate-code/config/Settings")<Settings, Service>() {}

/**
 * The settings without any configuration, in `us-east-1`. To configure a program in code, use `make`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const defaults: Service = {
  model: Option.none(),
  smallModel: Option.none(),
  fallback: Option.none(),
  baseURL: Option.none(),
  region: { value: "us-east-1", origin: { _tag: "Default" } },
  profile: Option.none(),
  awsProfile: Option.none(),
  gateway: Gateway.defaults,
  permission: Option.none(),
  mode: { value: "ask", origin: { _tag: "Default" } },
  yolo: { value: false, origin: { _tag: "Default" } },
  readsProject: { value: true, origin: { _tag: "Default" } },
  mcp: {},
  instructions: [],
  keybinds: {},
  theme: "auto",
  notification: "bell",
  models: {},
  files: [],
  leaves: [],
  unknown: [],
  untrusted: [],
  misplacedUrl: Option.none(),
  warnings: []
}

/**
 * Settings that override the files, such as those from a command line. `ProgramNames` has the names of its options, for messages.
 *
 * @since 0.1.0
 * @category models
 */
export interface Overrides {
  /** Blank counts as not given. */
  readonly model?: string
  /** Blank counts as not given. */
  readonly fallback?: string
  readonly crossRegion?: string
  /** In US dollars. */
  readonly maxCost?: number
  readonly mode?: Mode
  /** False counts as not given. */
  readonly yolo?: boolean
  /** If true, trusts the project's files this time. */
  readonly trustProject?: boolean
}

/**
 * Reads the configuration once, when the layer is built. These sources are merged key by key, later ones over earlier ones:
 *
 * 1. the user's global file;
 * 2. the file named by `ALTIMATE_CLI_CONFIG`;
 * 3. the project's files, from the root of the repository (or the home directory) down to the working directory, unless
 *    `ALTIMATE_CLI_DISABLE_PROJECT_CONFIG` is on;
 * 4. the file in the directory named by `ALTIMATE_CLI_CONFIG_DIR`;
 * 5. the text of `ALTIMATE_CLI_CONFIG_CONTENT`;
 * 6. the rules in `ALTIMATE_CLI_PERMISSION`;
 * 7. `overrides`.
 *
 * A program can provide other names for files and variables: see `ProgramNames`.
 *
 * Changes in an untrusted project file that `TrustPolicy` withholds are removed before `{env:…}` and `{file:…}` are replaced. Secrets in the
 * gateway's URL are registered with `Secrets`. Each warning is also logged.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  overrides: Overrides = {}
): Layer.Layer<
  Settings,
  ConfigError,
  FileSystem.FileSystem | Path.Path | Directories
> => Layer.effect(Settings, Effect.annotateLogs(read(overrides), "service", "config"))

/**
 * Settings that a program gives in code, with defaults for all others; no file is read. The values are checked like those of a file: fails with
 * `Value` or `Type`, and names the parameter. Secrets are registered with `Secrets`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (given: GivenSettings): Effect.Effect<Service, ConfigError> =>
  Effect.gen(function*() {
    const { file, gateway, notices, tree } = yield* readGivenGateway(given)
    const setting = (path: ReadonlyArray<string>): Option.Option<Setting<string>> => {
      const leaf = find(tree, path)
      return leaf?._tag === "Leaf" && typeof leaf.value === "string"
        ? Option.some({ value: leaf.value, origin: leaf.origin })
        : Option.none()
    }
    const baseURL = setting(paths.baseURL)
    if (Option.isSome(baseURL)) yield* checkUrl(baseURL.value, "the URL")
    yield* checkCrossRegion(gateway.crossRegion)
    const { models, notices: modelNotices } = yield* readModels(file, tree, gateway.request)
    return Settings.of({
      ...defaults,
      baseURL,
      region: yield* (yield* RegionFallback).resolve(setting(paths.region)),
      profile: setting(paths.profile),
      awsProfile: yield* Environment.readSetting("AWS_PROFILE"),
      gateway,
      models,
      warnings: [...notices, ...modelNotices]
    })
  })

/**
 * The fields and headers of a single request, given in code and checked like those of `make`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeRequest = (
  given: Pick<GivenSettings, "headers" | keyof GivenRequest>
): Effect.Effect<Pick<Gateway.Gateway, "headers" | "request">, ConfigError> =>
  Effect.flatMap(Secrets, (secrets) =>
    // Otherwise the register would grow with every request that has a secret of its own.
    Effect.provideService(readGivenGateway(given), Secrets, { ...secrets, register: secrets.registerShortLived })).pipe(
      Effect.map(({ gateway: { headers, request } }) => ({ headers, request }))
    )

const readGivenGateway = Effect.fnUntraced(function*(given: GivenSettings) {
  const tree = yield* readGiven(given)
  const file = toValue(tree)
  // `readGiven` has checked it.
  if (!Schema.is(ConfigFile)(file)) return yield* Effect.dieMessage("the settings do not match their schema")
  return { file, tree, ...(yield* readGateway(file, tree)) }
})

const read = Effect.fn("Settings.read")(function*(overrides: Overrides) {
  const regions = yield* RegionFallback
  const names = yield* ProgramNames
  const yoloVariable = variable(names, "YOLO")
  const override = <A>(parameter: OverrideName, value: A): Setting<A> => ({
    value,
    origin: { _tag: "Flag", flag: flag(names, parameter) }
  })
  const overrideText = (parameter: OverrideName, value: string | undefined): Option.Option<Setting<string>> =>
    value === undefined || value.trim() === "" ? Option.none() : Option.some(override(parameter, value))
  const { files, sources } = yield* readSources
  const { file, merged, misplaced, mode, servers, unknown, untrusted, warnings: sourceWarnings } = yield* mergeSources(
    sources,
    overrides
  )
  yield* Effect.forEach(unknown, ({ key, origin }) => Effect.logDebug(`${key} has no effect (${describe(origin)})`), {
    discard: true
  })

  const setting = (path: ReadonlyArray<string>): Option.Option<Setting<string>> => {
    const leaf = find(merged, path)
    return leaf?._tag === "Leaf" && typeof leaf.filled === "string"
      ? Option.some({ value: leaf.filled, origin: leaf.origin })
      : Option.none()
  }
  const endpoint = setting(paths.endpoint)
  const baseURL = Option.orElse(endpoint, () => setting(paths.baseURL))
  if (Option.isSome(baseURL)) yield* checkUrl(baseURL.value, Option.isSome(endpoint) ? "endpoint" : "baseURL")
  const { gateway, notices } = yield* readGateway(file, merged)
  const crossRegion: Setting<string> = overrides.crossRegion === undefined
    ? gateway.crossRegion
    : override("crossRegion", overrides.crossRegion)
  yield* checkCrossRegion(crossRegion)
  const maxCost: Option.Option<Setting<number>> = overrides.maxCost === undefined
    ? gateway.maxCost
    : Option.some(override("maxCost", overrides.maxCost))
  const { models, notices: modelNotices } = yield* readModels(file, merged, gateway.request)
  const warnings = [...sourceWarnings, ...notices, ...modelNotices]
  yield* Effect.forEach(warnings, (warning) => logReported(LogLevel.Warning, warning), { discard: true })

  return Settings.of({
    model: Option.orElse(overrideText("model", overrides.model), () => setting(paths.model)),
    smallModel: setting(paths.smallModel),
    fallback: Option.orElse(overrideText("fallback", overrides.fallback), () => setting(paths.fallback)),
    baseURL,
    region: yield* regions.resolve(setting(paths.region)),
    profile: setting(paths.profile),
    awsProfile: yield* Environment.readSetting("AWS_PROFILE"),
    gateway: { ...gateway, crossRegion, maxCost },
    files,
    permission: Option.fromNullable(file.permission),
    mode: overrides.mode === undefined
      ? mode ?? defaults.mode
      : override("mode", overrides.mode),
    yolo: overrides.yolo === true
      ? override("yolo", true)
      : Option.match(yield* Environment.readFlag(yoloVariable), {
        onNone: () => defaults.yolo,
        onSome: (value): Setting<boolean> => ({ value, origin: { _tag: "Environment", variable: yoloVariable } })
      }),
    readsProject: yield* readProjectSwitch,
    mcp: servers,
    instructions: file.instructions ?? [],
    keybinds: file.keybinds ?? defaults.keybinds,
    theme: Schema.is(Theme)(file.theme) ? file.theme : defaults.theme,
    notification: file.notification ?? defaults.notification,
    models,
    leaves: [
      ...listLeaves(merged).map(([path, { origin, value }]) => ({
        key: formatPath(path),
        value: maskSetting(value, path),
        origin
      })),
      ...(mode === undefined ? [] : [{ key: "permission.mode", ...mode }])
    ],
    unknown,
    untrusted,
    misplacedUrl: Option.fromNullable(misplaced),
    warnings
  })
})
