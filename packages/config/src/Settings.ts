/**
 * The merged, effective settings.
 *
 * @since 0.1.0
 */
import { Secrets } from "@altimate-code/log/Secrets"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { ConfigError } from "./ConfigError.ts"
import { ConfigFile, paths } from "./ConfigFile.ts"
import { Directories } from "./Directories.ts"
import * as Environment from "./Environment.ts"
import * as Gateway from "./Gateway.ts"
import { checkTypes, unknownKeys } from "./internal/file/check.ts"
import { parse, type Source } from "./internal/file/parse.ts"
import { place } from "./internal/file/place.ts"
import { type Branch, dotted, empty, find, leaves, merge, toValue } from "./internal/file/tree.ts"
import { lostRuleWarnings } from "./internal/foreign/lostRules.ts"
import { misplacedUrl, otherProvidersUrls } from "./internal/foreign/misplacedUrl.ts"
import { inOwnForm } from "./internal/foreign/otherSpellings.ts"
import { projectIsRead, readSources } from "./internal/sources/readSources.ts"
import { type Files, onDisk, substitute } from "./internal/sources/substitute.ts"
import { ownEndpoints, projectFile, withhold } from "./internal/sources/withholdUntrusted.ts"
import { acceptCrossRegion } from "./internal/values/crossRegion.ts"
import { gatewayOf } from "./internal/values/gatewaySettings.ts"
import { maskValue } from "./internal/values/masking.ts"
import { modelsOf } from "./internal/values/models.ts"
import { usableServers } from "./internal/values/servers.ts"
import { acceptUrl } from "./internal/values/url.ts"
import { describe, type Origin, type Scope, type Setting } from "./Origin.ts"
import { RegionFallback } from "./RegionFallback.ts"
import type * as TrustedFiles from "./TrustedFiles.ts"
import type { TrustPolicy } from "./TrustPolicy.ts"

/**
 * A place where a configuration file was looked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface SearchedFile {
  readonly path: string
  readonly scope: Scope
  readonly found: boolean
}

/**
 * One leaf of the merged file: a value that is not an object. `value` is as written, `{env:…}` and `{file:…}` too, and
 * ready to be shown: secret-looking values are masked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Leaf {
  readonly key: string
  readonly value: unknown
  readonly origin: Origin
}

/**
 * A setting of a file that has no effect here. `note` is what to know about it when another tool has it, and `isMissed` is false when
 * nothing is lost without it; `near` is the setting that was perhaps meant.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownSetting {
  readonly key: string
  readonly origin: Origin
  readonly note: Option.Option<string>
  readonly isMissed: boolean
  readonly near: Option.Option<string>
}

/**
 * Which tool calls may run, as it is written: one verdict, or by tool a verdict or patterns with theirs.
 *
 * @since 0.1.0
 * @category models
 */
export type Permission = NonNullable<ConfigFile["permission"]>

/**
 * An MCP server that can be started or asked. `timeout` is in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export type McpServer = LocalMcpServer | RemoteMcpServer

/**
 * @since 0.1.0
 * @category models
 */
export interface LocalMcpServer {
  readonly type: "local"
  /** Never empty. */
  readonly command: ReadonlyArray<string>
  readonly environment?: { readonly [name: string]: string }
  readonly enabled?: boolean
  readonly timeout?: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface RemoteMcpServer {
  readonly type: "remote"
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  /** Prints headers, or for each header its value: a line for the shell, or a program and its arguments. */
  readonly headersCommand?: string | ReadonlyArray<string> | {
    readonly [name: string]: string | ReadonlyArray<string>
  }
  readonly enabled?: boolean
  readonly timeout?: number
}

/**
 * What the configuration says of a model, which `id` makes a name of the user's own. Limits are in tokens, costs in US dollars per million tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelSettings {
  readonly name?: string
  /** What is sent for it. */
  readonly id?: Setting<string>
  /** The ID of the model behind it. */
  readonly baseModel?: Setting<string>
  /** As `crossRegion` of the options, for this model alone. */
  readonly crossRegion?: Setting<string>
  readonly limit?: { readonly context?: number; readonly output?: number }
  readonly cost?: {
    readonly input?: number
    readonly output?: number
    readonly cache_read?: number
    readonly cache_write?: number
  }
}

/**
 * A project's file that says something which `TrustPolicy` has wait, in the version that was read. `changes` are what waits,
 * ready to be shown: `why` is what a stranger could do with it. `includes` are the project's other files that it brings in, which are
 * part of the version.
 *
 * @since 0.1.0
 * @category models
 */
export interface UntrustedFile extends TrustedFiles.Version {
  readonly changes: ReadonlyArray<Leaf & { readonly why: string }>
  /** Absolute paths. */
  readonly includes: ReadonlyArray<string>
}

/**
 * The settings that apply, each with where it came from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The model as written, with its `amazon-bedrock/` prefix. */
  readonly model: Option.Option<Setting<string>>
  /** The gateway's absolute http(s) URL: `endpoint`, or else `baseURL`. May hold a password: show it by `publicUrl`. */
  readonly baseURL: Option.Option<Setting<string>>
  /** The region that `RegionFallback` decided. */
  readonly region: Setting<string>
  /** The AWS profile that the configuration names: an explicit choice. */
  readonly profile: Option.Option<Setting<string>>
  /** `AWS_PROFILE`. */
  readonly awsProfile: Option.Option<Setting<string>>
  /** How the gateway is reached, and what it is told. */
  readonly gateway: Gateway.Gateway
  readonly permission: Option.Option<Permission>
  /** Is every tool call allowed that is not denied, so that nobody is asked? */
  readonly yolo: Setting<boolean>
  /** Do the project's own files count: its configuration, and its instructions? */
  readonly readsProject: Setting<boolean>
  /** By name, `{env:…}` and `{file:…}` filled in. Those that cannot be used are left out, and warned of. */
  readonly mcp: { readonly [name: string]: McpServer }
  /** Paths and globs, as written in the nearest file that has any. */
  readonly instructions: ReadonlyArray<string>
  /** By the ID that a model is configured with. */
  readonly models: { readonly [id: string]: ModelSettings }
  /** Where files were looked for, in the order of reading: a later one wins over those before it. */
  readonly files: ReadonlyArray<SearchedFile>
  /** Every leaf of the merged file, unknown ones too. */
  readonly leaves: ReadonlyArray<Leaf>
  /** What has no effect here, in the order of the files. */
  readonly unknown: ReadonlyArray<UnknownSetting>
  /** Project files of which something does not apply, because nobody has said that they are trusted. */
  readonly untrusted: ReadonlyArray<UntrustedFile>
  /**
   * Set when a gateway's URL is written in a place that is not read. Requests that would go to AWS's own host fail with it
   * (`EndpointPolicy`).
   */
  readonly misplacedUrl: Option.Option<ConfigError>
  /** What the user should know although nothing failed, in sentences. */
  readonly warnings: ReadonlyArray<string>
}

/**
 * The merged, effective settings.
 *
 * @since 0.1.0
 * @category services
 */
export class Settings extends Context.Tag("@altimate-code/config/Settings")<Settings, Service>() {}

/**
 * The settings of a start without any configuration, in `us-east-1`. Tests and programs that configure themselves change
 * what they need of it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const defaults: Service = {
  model: Option.none(),
  baseURL: Option.none(),
  region: { value: "us-east-1", origin: { _tag: "Default" } },
  profile: Option.none(),
  awsProfile: Option.none(),
  gateway: Gateway.defaults,
  permission: Option.none(),
  yolo: { value: false, origin: { _tag: "Default" } },
  readsProject: { value: true, origin: { _tag: "Default" } },
  mcp: {},
  instructions: [],
  models: {},
  files: [],
  leaves: [],
  unknown: [],
  untrusted: [],
  misplacedUrl: Option.none(),
  warnings: []
}

/**
 * What the command line says instead of the files.
 *
 * @since 0.1.0
 * @category models
 */
export interface Overrides {
  /** `--model`; blank counts as not given. */
  readonly model?: string
  /** `--cross-region` */
  readonly crossRegion?: string
  /** `--yolo`; false counts as not given. */
  readonly yolo?: boolean
  /** The project's files are trusted, this time. */
  readonly trustProject?: boolean
}

/**
 * Reads the configuration once, when it is built: the user's own file, the file that `ALTIMATE_CLI_CONFIG` names, the project's files from
 * the repository's root (or the home directory) down to the working directory, unless `ALTIMATE_CLI_DISABLE_PROJECT_CONFIG` is on, the file in
 * the directory that `ALTIMATE_CLI_CONFIG_DIR` names, the text of
 * `ALTIMATE_CLI_CONFIG_CONTENT`, and the rules in `ALTIMATE_CLI_PERMISSION`; a later one wins, key by key. `overrides` are the command line's and win over all. Of a project's
 * file that the person does not trust, what `TrustPolicy` has wait is left out and never filled in; `trustProject` trusts it.
 * Secrets in the gateway's URL are registered with `Secrets`. Each warning is logged as well.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  overrides: Overrides = {}
): Layer.Layer<
  Settings,
  ConfigError,
  FileSystem.FileSystem | Path.Path | Directories | RegionFallback | TrustPolicy | Secrets
> => Layer.effect(Settings, Effect.annotateLogs(make(overrides), "service", "config"))

const make = Effect.fn("Settings.make")(function*(overrides: Overrides) {
  const regions = yield* RegionFallback
  const { files, sources } = yield* readSources
  const { file, merged, misplaced, servers, unknown, untrusted, warnings: ofSources } = yield* mergeSources(
    sources,
    overrides.trustProject === true
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
  const baseURL = Option.orElse(setting(paths.endpoint), () => setting(paths.baseURL))
  if (Option.isSome(baseURL)) yield* acceptUrl(baseURL.value)
  const { gateway, notices } = yield* gatewayOf(file, merged)
  const crossRegion: Setting<string> = overrides.crossRegion === undefined
    ? gateway.crossRegion
    : { value: overrides.crossRegion, origin: { _tag: "Flag", flag: "--cross-region" } }
  yield* acceptCrossRegion(crossRegion)
  const warnings = [...ofSources, ...notices]
  yield* Effect.forEach(warnings, (warning) => Effect.logWarning(warning), { discard: true })

  return Settings.of({
    model: Option.fromNullable(overrides.model).pipe(
      Option.filter((model) => model.trim() !== ""),
      Option.map((value): Setting<string> => ({ value, origin: { _tag: "Flag", flag: "--model" } })),
      Option.orElse(() => setting(paths.model))
    ),
    baseURL,
    region: yield* regions.resolve(setting(paths.region)),
    profile: setting(paths.profile),
    awsProfile: Option.map(yield* Environment.variable("AWS_PROFILE"), (value) => ({
      value,
      origin: { _tag: "Environment", variable: "AWS_PROFILE" }
    })),
    gateway: { ...gateway, crossRegion },
    files,
    permission: Option.fromNullable(file.permission),
    yolo: overrides.yolo === true
      ? { value: true, origin: { _tag: "Flag", flag: "--yolo" } }
      : Option.match(yield* Environment.flag("ALTIMATE_CLI_YOLO"), {
        onNone: () => defaults.yolo,
        onSome: (value): Setting<boolean> => ({ value, origin: { _tag: "Environment", variable: "ALTIMATE_CLI_YOLO" } })
      }),
    readsProject: yield* projectIsRead,
    mcp: servers,
    instructions: file.instructions ?? [],
    models: yield* modelsOf(file, merged),
    leaves: leaves(merged).map(([path, { origin, value }]) => ({
      key: dotted(path),
      value: maskValue(value, path),
      origin
    })),
    unknown,
    untrusted,
    misplacedUrl: Option.fromNullable(misplaced),
    warnings
  })
})

/** A single verdict stays the one for everything else when another file adds rules. */
const keepVerdict = (under: Branch, over: Branch): Branch => {
  const verdict = under.children.get("permission")
  if (verdict?._tag !== "Leaf" || over.children.get("permission")?._tag !== "Branch") return under
  const { origin, start } = verdict
  const rules: Branch = { _tag: "Branch", origin, start, children: new Map([["*", verdict]]) }
  return { ...under, children: new Map(under.children).set("permission", rules) }
}

const isProjects = (origin: Origin): boolean => origin._tag === "File" && origin.scope === "project"

const mergeSources = Effect.fn("mergeSources")(function*(sources: ReadonlyArray<Source>, trustProject: boolean) {
  const { cwd, home } = yield* Directories
  const { register } = yield* Secrets
  // A name in the directories' own paths, {env:HOME} or {env:USER}, is no secret, and no path could be read without it.
  const notOfPath = (secret: string) => !home.includes(secret) && !cwd.includes(secret)
  const where = (origin: Origin) => place(origin).replace(`${home}/`, (prefix, at) => at === 0 ? "~/" : prefix)
  const fill = (tree: Branch, source: Source, files: Files) =>
    Effect.tap(
      substitute(tree, source, files),
      ({ secrets }) =>
        Effect.forEach(secrets.filter(notOfPath), (secret) => register(Redacted.make(secret)), { discard: true })
    )

  const checked = yield* Effect.forEach(sources, (source) =>
    Effect.gen(function*() {
      const tree = inOwnForm(yield* checkTypes(yield* parse(source)))
      const path = trustProject ? Option.none() : projectFile(source)
      return { source, tree, path, filled: Option.isSome(path) ? undefined : yield* fill(tree, source, onDisk) }
    }))
  const endpoints = yield* ownEndpoints(checked.flatMap(({ filled }) => filled === undefined ? [] : [filled.tree]))

  const warnings: Array<string> = []
  const unknown: Array<UnknownSetting> = []
  const untrusted: Array<UntrustedFile> = []
  let merged = empty
  for (const { filled, path, source, tree } of checked) {
    for (const { near, note, origin, path } of unknownKeys(tree)) {
      const key = dotted(path)
      unknown.push({
        key,
        origin,
        note: Option.map(Option.fromNullable(note), ({ text }) => text),
        isMissed: note?.isMissed ?? true,
        near: Option.fromNullable(near)
      })
      // A typo is worth a line of its own, each time.
      if (near !== undefined) {
        warnings.push(`${key} is not a known setting (${where(origin)}); did you mean ${near}? It is kept and ignored.`)
      }
    }
    warnings.push(...lostRuleWarnings(tree, where))
    const judged = Option.isSome(path)
      ? yield* withhold(tree, source, path.value, endpoints)
      : { tree, untrusted: Option.none(), files: onDisk }
    untrusted.push(...Option.toArray(judged.untrusted))
    const { tree: own, blanks } = filled ?? (yield* fill(judged.tree, source, judged.files))
    for (const { path, origin, filled } of blanks) {
      warnings.push(
        `${dotted(path)} is blank${filled ? " when it is filled in" : ""} (${where(origin)}). It counts as not set.`
      )
    }
    merged = merge(keepVerdict(merged, own), own)
  }
  const file = toValue(merged, ({ filled, value }) => filled ?? value)
  // Each source has its types, and merging takes whole values.
  if (!Schema.is(ConfigFile)(file)) return yield* Effect.dieMessage("the merged configuration lost its types")
  const { leftOut, notices, servers } = usableServers(file.mcp ?? {}, merged)
  for (const { key, origin, why } of leftOut) warnings.push(`${key} is left out (${where(origin)}): ${why}.`)
  for (const { key, origin, why } of notices) warnings.push(`${key} ${why} (${where(origin)}).`)
  const key = find(merged, paths.apiKey)
  if (key?._tag === "Leaf" && isProjects(key.origin) && key.value === key.filled) {
    warnings.push(
      `${dotted(paths.apiKey)} is a token in a project's file (${
        where(key.origin)
      }), which others may read. Write {env:NAME} or `
        + "{file:~/path} there, and replace the token if the file was shared."
    )
  }
  const others = checked.flatMap(({ tree }) => otherProvidersUrls(tree))
  if (others.length > 0) {
    const keys = others.map(({ origin, path }) => `${dotted(path)} (${where(origin)})`).join(", ")
    warnings.push(`${keys}: not used. Requests go to Amazon Bedrock only, and these settings are another provider's.`)
  }
  // The file that would win is the one to correct.
  const misplaced = checked.toReversed().flatMap(({ tree }) => misplacedUrl(tree) ?? [])[0]
  return { file, merged, misplaced, servers, unknown, untrusted, warnings }
})
