import * as Secrets from "@altimate-code/log/Secrets"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import type { Mode } from "../src/ConfigFile.ts"
import { Directories } from "../src/Directories.ts"
import * as RegionFallback from "../src/RegionFallback.ts"
import * as Settings from "../src/Settings.ts"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"

interface Start {
  readonly env?: Record<string, string> | ConfigProvider.ConfigProvider
  readonly cwd?: string
  readonly home?: string
  readonly model?: string
  readonly trustProject?: boolean
  readonly yolo?: boolean
  readonly mode?: Mode
  readonly trust?: Layer.Layer<TrustPolicy.TrustPolicy>
  readonly crossRegion?: string
  readonly maxCost?: number
}

/** A temporary home directory with a project in it, and functions that read the settings there. */
export const makeFixture = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
  const home = path.join(root, "home")
  const project = path.join(home, "work", "project")
  yield* fs.makeDirectory(path.join(project, ".git"), { recursive: true })

  /** Writes the file and its directories. Values other than strings are written as indented JSON. */
  const write = (file: string, content: unknown) =>
    Effect.zipRight(
      fs.makeDirectory(path.dirname(file), { recursive: true }),
      fs.writeFileString(file, typeof content === "string" ? content : JSON.stringify(content, null, 2))
    )

  const log: Array<string> = []
  const logger = Logger.make(({ annotations, logLevel, message }) => {
    log.push(
      [
        logLevel.label,
        ...HashMap.toEntries(annotations).map(([key, value]) => `${key}=${value}`),
        [message].flat().join(" ")
      ]
        .join(" ")
    )
  })

  const services = ({ env = {}, ...start }: Start) => {
    const at = start.home ?? home
    const provider = ConfigProvider.ConfigProviderTypeId in env
      ? env as ConfigProvider.ConfigProvider
      : ConfigProvider.fromMap(new Map(Object.entries(env)))
    const overrides: Settings.Overrides = {
      ...(start.model === undefined ? {} : { model: start.model }),
      ...(start.crossRegion === undefined ? {} : { crossRegion: start.crossRegion }),
      ...(start.maxCost === undefined ? {} : { maxCost: start.maxCost }),
      ...(start.mode === undefined ? {} : { mode: start.mode }),
      trustProject: start.trustProject === true,
      yolo: start.yolo === true
    }
    return Settings.layer(overrides).pipe(
      Layer.provideMerge(RegionFallback.layer),
      // Most tests are about trusted files.
      Layer.provideMerge(start.trust ?? TrustPolicy.off),
      Layer.provideMerge(Secrets.layer),
      Layer.provideMerge(Layer.succeed(Directories, {
        home: at,
        config: path.join(at, ".config", "altimate-code"),
        data: path.join(at, ".local", "share", "altimate-code"),
        cache: path.join(at, ".local", "share", "altimate-code"),
        cwd: start.cwd ?? project
      })),
      Layer.provide(Layer.setConfigProvider(provider)),
      Layer.provide(Logger.replace(Logger.defaultLogger, logger)),
      Layer.provide(Logger.minimumLogLevel(LogLevel.All))
    )
  }

  return {
    root,
    home,
    project,
    globalFile: path.join(home, ".config", "altimate-code", "altimate-code.json"),
    projectFile: path.join(project, "altimate-code.json"),
    write,
    /** The logged events: level, annotations, message. */
    log,
    services,
    /** The settings in the project. */
    load: (start: Start = {}) => Effect.provide(Settings.Settings, services(start)),
    /** The error of reading the settings in the project. */
    failure: (start: Start = {}) =>
      Effect.matchEffect(Effect.provide(Settings.Settings, services(start)), {
        onFailure: Effect.succeed,
        onSuccess: () => Effect.dieMessage("expected the start to fail")
      })
  }
})

/** The content of a file with these `options`. */
export const bedrock = (options: Record<string, unknown>) => ({ provider: { "amazon-bedrock": { options } } })
