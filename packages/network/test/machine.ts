/** The network of a machine with its own variables and options, and what tests ask of it. */
import { defaults, Settings } from "@altimate-code/config/Settings"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Network from "../src/Network.ts"

export type Machine = Partial<typeof defaults.gateway> & { readonly env?: Readonly<Record<string, string>> }

export const makeNetwork = ({ env = {}, ...gateway }: Machine = {}) =>
  Effect.map(
    Layer.build(
      Network.layer.pipe(
        Layer.provide(Secrets.layer),
        Layer.provide(Layer.succeed(Settings, { ...defaults, gateway: { ...defaults.gateway, ...gateway } })),
        Layer.provide(NodeContext.layer),
        Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env)))))
      )
    ),
    (context) => Context.get(context, Network.Network)
  )

export const makeFetch = (machine: Machine = {}) => Effect.map(makeNetwork(machine), ({ fetch }) => fetch)

export const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "fetch-"))),
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
