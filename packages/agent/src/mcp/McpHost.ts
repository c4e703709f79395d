/**
 * What MCP servers need from the program that uses them.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { Environment } from "../Workspace.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface McpHost {
  /** Sends requests to remote servers. It must not follow a redirect if `init` forbids it. */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** Called with each header that a `headersCommand` printed, before it is sent, because its value may be a secret. */
  readonly registerHeader?: (name: string, value: string) => Effect.Effect<void>
  /** Variables that tell a `headersCommand` which server needs the headers. */
  readonly headersCommandEnvironment?: (server: { readonly name: string; readonly url: string }) => Environment
  /** The name and version that this program reports to servers. */
  readonly client: { readonly name: string; readonly version: string }
}
