import * as Secrets from "@altimate-code/log/Secrets"
import * as Network from "@altimate-code/network/Network"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as AwsCredentials from "../src/AwsCredentials.ts"
import { temporary } from "./fixture.ts"
import { settings } from "./settings.ts"

/** Replaces the AWS variables of this process, which the SDK reads, until the scope closes. */
const environment = (env: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = { ...process.env }
      for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name]
      Object.assign(process.env, env)
      return before
    }),
    (before) =>
      Effect.sync(() => {
        for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
        Object.assign(process.env, before)
      })
  )

/** The chain on a machine with these AWS files (`config`, `credentials`, `sso/cache/…`) and variables. */
export const machine = (given: {
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const home = yield* temporary
    for (const [name, text] of Object.entries(given.files ?? {})) {
      yield* fs.makeDirectory(`${home}/.aws/${name}`.replace(/\/[^/]*$/, ""), { recursive: true })
      yield* fs.writeFileString(`${home}/.aws/${name}`, text, { mode: 0o700 })
    }
    const env = { HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...given.env }
    yield* environment(env)

    const log: Array<string> = []
    const logger = Logger.make(({ annotations, logLevel, message }) => {
      const service = Option.getOrElse(HashMap.get(annotations, "service"), () => "no service")
      log.push(`${logLevel.label} ${String(service)} ${[message].flat().join(" ")}`)
    })
    const logging = Layer.merge(
      Logger.replace(Logger.defaultLogger, logger),
      Logger.minimumLogLevel(LogLevel.All)
    )
    const profile = given.env?.AWS_PROFILE
    const context = yield* Layer.build(
      AwsCredentials.layer.pipe(
        Layer.provide(Network.layerSettings),
        Layer.provide(settings(profile === undefined ? {} : { awsProfile: profile })),
        Layer.provideMerge(Secrets.layer)
      )
    )
    const { resolve } = yield* Effect.provide(AwsCredentials.AwsCredentials, context)
    const { mask } = yield* Effect.provide(Secrets.Secrets, context)
    return {
      home,
      log,
      mask,
      /** `profile` is the configured profile. */
      resolve: ({ profile, refresh = false }: { readonly profile?: string; readonly refresh?: boolean } = {}) =>
        resolve({
          profile: Option.map(
            Option.fromNullable(profile),
            (value) => ({
              value,
              origin: { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 1, column: 2, key: "profile" }
            })
          ),
          region: "eu-central-1",
          refresh
        }).pipe(Effect.provide(logging))
    }
  })

/** A local server that responds with JSON or text and records its requests. */
export const server = (answer: (request: IncomingMessage, response: ServerResponse) => unknown) =>
  Effect.gen(function*() {
    const requests: Array<
      { readonly path: string; readonly headers: IncomingMessage["headers"]; readonly body: string }
    > = []
    const listening = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const server = createServer(async (request, response) => {
          let body = ""
          for await (const chunk of request) body += String(chunk)
          requests.push({ path: `${request.method} ${request.url}`, headers: request.headers, body })
          const result = await answer(request, response)
          response.end(typeof result === "string" ? result : JSON.stringify(result))
        }).listen(0, "127.0.0.1")
        await once(server, "listening")
        return server
      }),
      (server) =>
        Effect.promise(() => {
          server.closeAllConnections()
          return new Promise((resolve) => server.close(resolve))
        })
    )
    return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, requests }
  })

/** Keys in the format of ECS and EC2. */
export const temporaryKeys = (n: number | string, expiration = "1970-01-01T01:00:00Z") => ({
  AccessKeyId: `ASIA-${n}`,
  SecretAccessKey: `temporary-secret-${n}`,
  Token: `temporary-token-${n}`,
  Expiration: expiration
})
