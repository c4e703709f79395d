/** Starts the configured MCP servers and describes their state. */
import { AttachmentLimits } from "@altimate-code/agent/AttachmentLimits"
import * as McpServers from "@altimate-code/agent/mcp/McpServers"
import type { McpStatus } from "@altimate-code/agent/mcp/McpStatus"
import type { UntrustedFile } from "@altimate-code/config/ConfigReport"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { findHeaderSecrets } from "@altimate-code/log/SecretName"
import { Secrets } from "@altimate-code/log/Secrets"
import type { Fetch } from "@altimate-code/network/Fetch"
import * as Network from "@altimate-code/network/Network"
import { NetworkError } from "@altimate-code/network/NetworkError"
import { attachmentLimits } from "@altimate-code/provider/AttachmentLimits"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { version } from "../Version.ts"

/** Starts all servers; they run until the scope closes. Remote servers use the same network settings as the gateway. */
export const servers = Effect.gen(function*() {
  const { mcp } = yield* Settings
  const { fetch } = yield* Network.make
  const { register } = yield* Secrets
  return yield* McpServers.make({
    servers: mcp,
    fetch: withHints(fetch),
    registerHeader: (name, value) =>
      Effect.forEach(findHeaderSecrets(name, value), (secret) => register(Redacted.make(secret)), { discard: true }),
    headersCommandEnvironment: ({ name, url }) => ({
      ALTIMATE_CODE_MCP_SERVER_NAME: name,
      ALTIMATE_CODE_MCP_SERVER_URL: url,
      // Existing scripts for headers use these names.
      CLAUDE_CODE_MCP_SERVER_NAME: name,
      CLAUDE_CODE_MCP_SERVER_URL: url
    }),
    client: { name: "altimate-code", version }
  })
}).pipe(Effect.provideService(AttachmentLimits, attachmentLimits))

/** Adds the hint to the message, because only the message of a server's error is displayed. */
const withHints = (fetch: Fetch): Fetch => (url, init) =>
  fetch(url, init).catch((error: unknown) => {
    if (!(error instanceof NetworkError)) throw error
    throw Object.assign(new Error(`${error.message}. ${error.hint}`), { code: error.code })
  })

/** Servers that take longer to start are reported. */
const slowStartThreshold = "2 seconds"

/** Waits until all servers have started or failed, and returns their problems. `reportSlow` is called for each that is slow to start. */
export const waitForStart = <R>(
  { notices, status }: McpServers.Servers,
  reportSlow: (server: string) => Effect.Effect<unknown, never, R>
) =>
  Effect.flatMap(status, (servers) =>
    Effect.forEach(
      servers.filter(({ state }) => state === "starting"),
      ({ name }) => reportSlow(printable(JSON.stringify(name))),
      { discard: true }
    )).pipe(
      Effect.delay(slowStartThreshold),
      Effect.forkScoped,
      Effect.zipRight(notices),
      Effect.scoped
    )

/** Names the servers that do not run because the project is not trusted. */
const describeUntrusted = (untrusted: ReadonlyArray<UntrustedFile>): ReadonlyArray<string> => {
  const names = untrusted.flatMap(({ changes }) => changes).flatMap(({ key, value }) => {
    const [first, name] = key.split(".")
    if (first !== "mcp") return []
    return name === undefined ? Object.keys(Object(value)) : [name]
  })
  const all = [...new Set(names)].map(printable)
  if (all.length === 0) return []
  const many = all.length === 1 ? "1 MCP server is" : `${all.length} MCP servers are`
  return [
    `${many} off, because this project is not trusted: ${
      all.join(", ")
    }. To review and trust it: altimate-code trust, then restart.`
  ]
}

/** Describes the servers in lines for the user. */
export const describeServers = (
  servers: ReadonlyArray<McpStatus>,
  untrusted: ReadonlyArray<UntrustedFile>
): ReadonlyArray<string> => {
  const off = describeUntrusted(untrusted)
  return servers.length === 0 && off.length > 0 ? off : [...describeKnown(servers), ...off]
}

const describeKnown = (servers: ReadonlyArray<McpStatus>): ReadonlyArray<string> => {
  if (servers.length === 0) return ["No MCP servers are configured. Add one under \"mcp\" in altimate-code.json."]
  const width = Math.max(...servers.map(({ name }) => printable(name).length))
  return servers.flatMap(({ error, name, state, tools, transport }) => [
    `${printable(name).padEnd(width)}  ${state.padEnd("connected".length)}  ${transport}`,
    ...(tools.length === 0 ? [] : [`  tools: ${tools.map(printable).join(", ")}`]),
    ...(error === undefined ? [] : [`  last error: ${printable(error)}`])
  ])
}
