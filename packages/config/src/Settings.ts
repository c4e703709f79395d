/**
 * The merged, effective settings.
 *
 * @since 0.1.0
 */
import type { Secrets } from "@altimate-code/log/Secrets"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ConfigError } from "./ConfigError.ts"
import { paths } from "./ConfigFile.ts"
import { Directories } from "./Directories.ts"
import * as Environment from "./Environment.ts"
import { checkTypes, unknownKeys } from "./internal/check.ts"
import { maskValue } from "./internal/masking.ts"
import { parse, type Source } from "./internal/parse.ts"
import { failure, place } from "./internal/place.ts"
import { readSources } from "./internal/sources.ts"
import { substitute } from "./internal/substitute.ts"
import { dotted, empty, find, leaves, merge } from "./internal/tree.ts"
import type { Origin, Scope, Setting } from "./Origin.ts"
import { registerSecrets } from "./PublicUrl.ts"
import { RegionFallback } from "./RegionFallback.ts"

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
  /** Where files were looked for, in the order of reading: a later one wins over those before it. */
  readonly files: ReadonlyArray<SearchedFile>
  /** Every leaf of the merged file, unknown ones too. */
  readonly leaves: ReadonlyArray<Leaf>
  /** What a person should know though nothing failed, in sentences. */
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
 * Reads the configuration once, when it is built: the user's own file, the project's files from the repository's root
 * (or the home directory) down to the working directory, the file that `ALTIMATE_CLI_CONFIG` names, and the text of
 * `ALTIMATE_CLI_CONFIG_CONTENT`; a later one wins, key by key. `overrides` are the command line's and win over all.
 * Secrets in the gateway's URL are registered with `Secrets`. Each warning is logged as well.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  overrides: { readonly model?: string } = {}
): Layer.Layer<
  Settings,
  ConfigError,
  FileSystem.FileSystem | Path.Path | Directories | RegionFallback | Secrets
> => Layer.effect(Settings, Effect.annotateLogs(make(overrides), "service", "config"))

const make = Effect.fn("Settings.make")(function*(overrides: { readonly model?: string }) {
  const regions = yield* RegionFallback
  const { files, sources } = yield* readSources
  const { merged, warnings } = yield* mergeSources(sources)
  yield* Effect.forEach(warnings, (warning) => Effect.logWarning(warning), { discard: true })

  const setting = (path: ReadonlyArray<string>): Option.Option<Setting<string>> => {
    const leaf = find(merged, path)
    return leaf?._tag === "Leaf" && leaf.filled !== undefined
      ? Option.some({ value: leaf.filled, origin: leaf.origin })
      : Option.none()
  }
  const baseURL = Option.orElse(setting(paths.endpoint), () => setting(paths.baseURL))
  if (Option.isSome(baseURL)) yield* acceptUrl(baseURL.value)

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
    files,
    leaves: leaves(merged).map(([path, { origin, value }]) => ({
      key: dotted(path),
      value: maskValue(value, path),
      origin
    })),
    warnings
  })
})

const mergeSources = Effect.fn("mergeSources")(function*(sources: ReadonlyArray<Source>) {
  const { home } = yield* Directories
  const where = (origin: Origin) => place(origin).replace(`${home}/`, (prefix, at) => at === 0 ? "~/" : prefix)
  const warnings: Array<string> = []
  let merged = empty
  for (const source of sources) {
    const checked = yield* checkTypes(yield* parse(source))
    for (const { path, origin, near } of unknownKeys(checked)) {
      const meant = near === undefined ? "." : `; did you mean ${near}?`
      warnings.push(`${dotted(path)} is not a known setting (${where(origin)})${meant} It is kept and ignored.`)
    }
    const { tree, emptied } = yield* substitute(checked, source)
    for (const { path, origin } of emptied) {
      warnings.push(`${dotted(path)} is blank when it is filled in (${where(origin)}). It counts as not set.`)
    }
    merged = merge(merged, tree)
  }
  return { merged, warnings }
})

/** The SDK would take other texts too, and fail much later with much less to say. */
const acceptUrl = Effect.fn("acceptUrl")(function*({ value, origin }: Setting<string>) {
  yield* registerSecrets(value)
  if (/^https?:\/\/[^/\\?#]\S*$/i.test(value) && URL.canParse(value)) return
  return yield* failure(origin, {
    reason: "Value",
    message: "expected an absolute http or https URL, found something else",
    expected: "an absolute http or https URL",
    found: "something else",
    hint: "Write the gateway's whole URL, for example https://gateway.example.com/bedrock/v1."
  })
})
