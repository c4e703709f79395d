/** Connects to a configured server and lists its tools. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ServerConfig } from "../../mcp/McpConfig.ts"
import type { McpHost } from "../../mcp/McpHost.ts"
import type { Workspace } from "../../Workspace.ts"
import { type Connection, openConnection } from "./connection/connection.ts"
import { withHeaders } from "./connection/headersCommand.ts"
import { printable } from "./describe.ts"
import { watchList } from "./listChanges.ts"
import { listTools } from "./listTools.ts"
import { StartError } from "./mcpError.ts"
import type { Sdk } from "./sdk.ts"
import type { UsableTools } from "./usableTools.ts"

interface Options {
  readonly host: McpHost
  readonly loadSdk: Effect.Effect<Sdk, StartError>
  /** In milliseconds. */
  readonly timeout: number
  readonly onList: (list: UsableTools) => void
  readonly onListFailure: (error: unknown) => void
}

export interface Connected {
  readonly connection: Connection
  /** Waits until the announced changes of the tool list have been read. */
  readonly settled: Effect.Effect<void>
}

/** The connection is open until the scope closes. */
export const connect = (
  name: string,
  config: ServerConfig,
  options: Options
): Effect.Effect<Connected, StartError, Scope.Scope | Workspace> =>
  Effect.flatMap(fetchWithHeaders(name, config, options), (fetch) => connectWith(fetch, config, options))

/** The headers command has its own time limit of the same length, because it may ask the user to log in. */
const fetchWithHeaders = (
  name: string,
  config: ServerConfig,
  { host, timeout }: Options
): Effect.Effect<McpHost["fetch"], StartError, Scope.Scope | Workspace> =>
  config.type === "local" || config.headersCommand === undefined
    ? Effect.succeed(host.fetch)
    : withHeaders(config, name, { host, timeout })

const connectWith = (
  fetch: McpHost["fetch"],
  config: ServerConfig,
  { host, loadSdk, onList, onListFailure, timeout }: Options
): Effect.Effect<Connected, StartError, Scope.Scope | Workspace> => {
  let explain = (message: string) => message
  return Effect.gen(function*() {
    const sdk = yield* loadSdk
    const opening = yield* openConnection(config, { sdk, client: host.client, fetch, timeout })
    explain = opening.explain
    const connection = yield* opening.connect
    onList(yield* listTools(sdk, connection.client, timeout))
    const settled = yield* watchList(sdk, connection, { timeout, onList, onFailure: onListFailure })
    return { connection, settled }
  }).pipe(
    Effect.timeoutFail({
      duration: timeout,
      onTimeout: () =>
        new StartError({
          reason: "Timeout",
          message: `it did not respond within ${Duration.format(Duration.millis(timeout))}`
        })
    }),
    Effect.mapError((error) =>
      new StartError({
        reason: error._tag === "StartError" ? error.reason : "Connection",
        message: printable(explain(error.message))
      })
    )
  )
}
