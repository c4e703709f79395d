/** The network of a machine whose settings and environment the test chooses. */
import { Directories } from "@altimate-code/config/Directories"
import * as RegionFallback from "@altimate-code/config/RegionFallback"
import * as Settings from "@altimate-code/config/Settings"
import * as TrustPolicy from "@altimate-code/config/trust/TrustPolicy"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Readable } from "node:stream"
import * as StreamConsumers from "node:stream/consumers"
import { inspect } from "node:util"
import * as Network from "../src/Network.ts"
import { NetworkError } from "../src/NetworkError.ts"

type Environment = Readonly<Record<string, string>>

const environment = (env: Environment) => Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env))))

export type Machine = Partial<typeof Settings.defaults.gateway> & { readonly env?: Environment }

export const makeNetwork = ({ env = {}, ...gateway }: Machine = {}) =>
  Effect.map(
    Layer.build(
      Network.layerSettings.pipe(
        Layer.provide(Secrets.layer),
        Layer.provide(Layer.succeed(Settings.Settings, {
          ...Settings.defaults,
          gateway: { ...Settings.defaults.gateway, ...gateway }
        })),
        Layer.provide(NodeContext.layer),
        Layer.provide(environment(env))
      )
    ),
    (context) => Context.get(context, Network.Network)
  )

export const makeFetch = (machine: Machine = {}) => Effect.map(makeNetwork(machine), ({ fetch }) => fetch)

export const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "network-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

export const file = (directory: string, name: string, content: string) => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return Option.some({ value: path, origin: { _tag: "Default" as const } })
}

export const text = (response: Promise<Response>) => Effect.promise(async () => (await response).text())

export interface Failure extends Error {
  readonly reason?: string
  readonly hint?: string
  readonly code?: string
}

export const failure = (response: Promise<unknown>) =>
  Effect.promise(() =>
    response.then(() => Promise.reject(new Error("there was an answer")), (error: unknown) => error as Failure)
  )

/** `options` of the provider in the configuration file. */
export interface Configuration {
  readonly [option: string]: unknown
  readonly env?: Environment
}

export const token = "canary-gateway-token-123"

/** A home directory with a configuration file. No error and no line of the log may contain the token or one of `secrets`. */
export const makeHome = (...secrets: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const home = yield* temporary
    const config = join(home, ".config/altimate-code")
    mkdirSync(config, { recursive: true })
    const write = (path: string, content: string) => {
      writeFileSync(join(home, path), content)
      return join(home, path)
    }

    const log: Array<string> = []
    const logger = Logger.make(({ annotations, logLevel, message }) =>
      void log.push(inspect([logLevel.label, message, [...annotations]], { depth: null }))
    )
    const assertNoSecrets = (...shown: ReadonlyArray<unknown>) => {
      for (const secret of [token, ...secrets]) assert.notInclude(inspect([log, ...shown], { depth: null }), secret)
    }

    /** Sends requests as the AWS SDK does, over a handler that stays open as long as the scope. */
    const connect = ({ env = {}, ...options }: Configuration = {}) =>
      Effect.gen(function*() {
        write(
          ".config/altimate-code/altimate-code.json",
          JSON.stringify({ provider: { "amazon-bedrock": { options } } }, null, 2)
        )
        const context = yield* Layer.build(
          Network.layerSettings.pipe(
            Layer.provideMerge(Settings.layer()),
            Layer.provide([
              RegionFallback.layer,
              TrustPolicy.off,
              Secrets.layer,
              Layer.succeed(Directories, {
                home,
                config,
                data: join(home, ".local/share/altimate-code"),
                cache: join(home, ".cache/altimate-code"),
                cwd: home
              })
            ]),
            Layer.provide(NodeContext.layer),
            Layer.provide([
              environment(env),
              Logger.replace(Logger.defaultLogger, logger),
              Logger.minimumLogLevel(LogLevel.All)
            ])
          )
        )
        const { gateway } = Context.get(context, Settings.Settings)
        const http = yield* Context.get(context, Network.Network).handler({ http2: gateway.http2 })
        return (url: string) =>
          Effect.tryPromise({
            try: async (abortSignal) => {
              const { HttpRequest } = await import("@smithy/core/protocols")
              const { host, hostname, pathname, port, protocol, searchParams } = new URL(url)
              const request = new HttpRequest({
                method: "POST",
                protocol,
                hostname,
                ...(port === "" ? {} : { port: Number(port) }),
                path: pathname,
                query: Object.fromEntries(searchParams),
                headers: { host, authorization: `Bearer ${token}`, "content-type": "application/json" },
                body: "{}"
              })
              const { response } = await http.handle(request, { abortSignal })
              return { status: response.statusCode, body: await StreamConsumers.text(response.body as Readable) }
            },
            catch: (error) => error
          }).pipe(
            Effect.tapBoth({
              onSuccess: () => Effect.sync(() => assertNoSecrets()),
              onFailure: (error) => Effect.sync(() => assertNoSecrets(error))
            })
          )
      })

    /** Sends one request. */
    const post = (url: string, configuration: Configuration = {}) =>
      Effect.scoped(Effect.flatMap(connect(configuration), (send) => send(url)))

    return {
      home,
      log,
      write,
      connect,
      /** Sends one request, which must be answered. */
      assertAnswered: (url: string, configuration?: Configuration) =>
        Effect.map(post(url, configuration), ({ body, status }) =>
          assert.deepStrictEqual([status, body], [200, "hello"])),
      /** Sends one request, which must fail with these words in the message or the hint. */
      assertFailed: (
        url: string,
        configuration: Configuration,
        reason: NetworkError["reason"],
        ...words: ReadonlyArray<string | RegExp>
      ) =>
        Effect.map(Effect.flip(post(url, configuration)), (error) => {
          assert.instanceOf(error, NetworkError)
          const { hint, message } = error
          assert.strictEqual(error.reason, reason, message)
          for (const word of words) {
            if (typeof word === "string") {
              assert.include(`${message}\n${hint}`, word)
            } else assert.match(`${message}\n${hint}`, word)
          }
          assert.notStrictEqual(hint, "")
          assert.notMatch(`${message}${hint}`, /\n|reject.?unauthorized|NODE_TLS|insecure|turn.{1,20}off|disable/i)
        })
    }
  })
