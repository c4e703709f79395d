/**
 * MCP servers as they are configured.
 *
 * @since 0.1.0
 */

/**
 * A usable MCP server. `timeout` is in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export type McpServer = LocalMcpServer | RemoteMcpServer

/**
 * A server that runs as a command on this machine.
 *
 * @since 0.1.0
 * @category models
 */
export interface LocalMcpServer {
  readonly type: "local"
  /** The program and its arguments; never empty. */
  readonly command: ReadonlyArray<string>
  readonly environment?: { readonly [name: string]: string }
  readonly enabled?: boolean
  readonly timeout?: number
}

/**
 * A server that is reached over HTTP.
 *
 * @since 0.1.0
 * @category models
 */
export interface RemoteMcpServer {
  readonly type: "remote"
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  /** Prints all headers, or by header name a command that prints its value: a shell command line, or a program and its arguments. */
  readonly headersCommand?: string | ReadonlyArray<string> | {
    readonly [name: string]: string | ReadonlyArray<string>
  }
  readonly enabled?: boolean
  readonly timeout?: number
}
