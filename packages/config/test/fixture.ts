import * as Secrets from "@altimate-code/log/Secrets"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { Directories } from "../src/Directories.ts"
import * as RegionFallback from "../src/RegionFallback.ts"
import * as Settings from "../src/Settings.ts"
import * as TrustPolicy from "../src/TrustPolicy.ts"

interface Start {
  readonly env?: Record<string, string> | ConfigProvider.ConfigProvider
  readonly cwd?: string
  readonly home?: string
  readonly model?: string
  readonly trustProject?: boolean
  readonly yolo?: boolean
  readonly trust?: Layer.Layer<TrustPolicy.TrustPolicy>
  readonly crossRegion?: string
}

/** A home directory of its own in a temporary directory, with a project in it, and a start of the program there. */
export const makeFixture = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
  const home = path.join(root, "home")
  const project = path.join(home, "work", "project")
  yield* fs.makeDirectory(path.join(project, ".git"), { recursive: true })

  /** Writes the file, and the directories above it; anything but a text is written as the JSON of editors. */
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
      trustProject: start.trustProject === true,
      yolo: start.yolo === true
    }
    return Settings.layer(overrides).pipe(
      Layer.provideMerge(RegionFallback.layer),
      // Most tests are about files that somebody trusts.
      Layer.provideMerge(start.trust ?? TrustPolicy.off),
      Layer.provideMerge(Secrets.layer),
      Layer.provideMerge(Layer.succeed(Directories, {
        home: at,
        config: path.join(at, ".config", "altimate-code"),
        data: path.join(at, ".local", "share", "altimate-code"),
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
    /** What was logged, one entry an event: level, annotations, message. */
    log,
    services,
    /** The settings of a start in the project. */
    load: (start: Start = {}) => Effect.provide(Settings.Settings, services(start)),
    /** How a start fails. */
    failure: (start: Start = {}) =>
      Effect.matchEffect(Effect.provide(Settings.Settings, services(start)), {
        onFailure: Effect.succeed,
        onSuccess: () => Effect.dieMessage("expected the start to fail")
      })
  }
})

/** `options` of the provider in a file's content. */
export const bedrock = (options: Record<string, unknown>) => ({ provider: { "amazon-bedrock": { options } } })
