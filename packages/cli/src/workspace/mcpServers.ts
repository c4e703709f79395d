/** The MCP servers of the configuration, as this program reaches and shows them. */
import { AttachmentLimits } from "@altimate-code/agent/AttachmentLimits"
import * as McpServers from "@altimate-code/agent/McpServers"
import { isSecretName } from "@altimate-code/config/SecretName"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Network from "@altimate-code/network/Network"
import { NetworkError } from "@altimate-code/network/NetworkError"
import { attachmentLimits } from "@altimate-code/provider/AttachmentLimits"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { version } from "../Version.ts"

/** A shorter value under a name that does not sound like a secret may be an everyday word. */
const shortestSecret = 16

/** They are started at once and run until the scope closes; remote ones are reached as the gateway is. */
export const servers = Effect.gen(function*() {
  const { mcp } = yield* Settings
  const { fetch } = Context.get(yield* Layer.build(Network.layer), Network.Network)
  const { register } = yield* Secrets
  return yield* McpServers.make({
    servers: mcp,
    fetch: explained(fetch),
    registerHeader: (name, value) =>
      isSecretName(name) || value.length >= shortestSecret
        ? Effect.forEach([value, value.split(" ").at(-1)!], (secret) => register(Redacted.make(secret)), {
          discard: true
        })
        : Effect.void,
    client: { name: "altimate-code", version }
  })
}).pipe(Effect.provideService(AttachmentLimits, attachmentLimits))

/** With what to do about it: whoever reads of a server's failure sees nothing but the error's message. */
const explained = (fetch: Network.Fetch): Network.Fetch => (url, init) =>
  fetch(url, init).catch((error: unknown) => {
    if (!(error instanceof NetworkError)) throw error
    throw Object.assign(new Error(`${error.message}. ${error.hint}`), { code: error.code })
  })

/** A start that takes longer is shown. */
const shownAfter = "2 seconds"

/** Waits until all have started or failed; answers what is wrong with which. `say` is told of each that is slow to start. */
export const started = <R>(
  { notices, status }: McpServers.Servers,
  say: (server: string) => Effect.Effect<unknown, never, R>
) =>
  Effect.flatMap(status, (servers) =>
    Effect.forEach(
      servers.filter(({ state }) => state === "starting"),
      ({ name }) => say(printable(JSON.stringify(name))),
      { discard: true }
    )).pipe(
      Effect.delay(shownAfter),
      Effect.forkScoped,
      Effect.zipRight(notices),
      Effect.scoped
    )

/** For the user, in lines. */
export const lines = (servers: ReadonlyArray<McpServers.Status>): ReadonlyArray<string> => {
  if (servers.length === 0) return ["No MCP servers are configured: add one under \"mcp\" in altimate-code.json."]
  const width = Math.max(...servers.map(({ name }) => printable(name).length))
  return servers.flatMap(({ error, name, state, tools, transport }) => [
    `${printable(name).padEnd(width)}  ${state.padEnd("connected".length)}  ${transport}`,
    ...(tools.length === 0 ? [] : [`  tools: ${tools.map(printable).join(", ")}`]),
    ...(error === undefined ? [] : [`  last error: ${printable(error)}`])
  ])
}
