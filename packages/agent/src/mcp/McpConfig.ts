/**
 * The configuration of an MCP server.
 *
 * @since 0.1.0
 */

/**
 * A command: a command line for the shell, or a program and its arguments.
 *
 * @since 0.1.0
 * @category models
 */
export type Command = string | ReadonlyArray<string>

/**
 * A local process that speaks MCP on stdin and stdout.
 *
 * @since 0.1.0
 * @category models
 */
export interface LocalServer {
  readonly type: "local"
  /** The program and its arguments; never empty. */
  readonly command: ReadonlyArray<string>
  /** Added to the workspace's `programEnvironment`. */
  readonly environment?: { readonly [name: string]: string }
  readonly enabled?: boolean
  /** Time limit for the start, in milliseconds. */
  readonly timeout?: number
}

/**
 * A server that is called over HTTP.
 *
 * @since 0.1.0
 * @category models
 */
export interface RemoteServer {
  readonly type: "remote"
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  /** A command that prints all headers, or for each header a command that prints its value. */
  readonly headersCommand?: Command | { readonly [name: string]: Command }
  readonly enabled?: boolean
  /** Time limit for connecting, in milliseconds. */
  readonly timeout?: number
}

/**
 * @since 0.1.0
 * @category models
 */
export type ServerConfig = LocalServer | RemoteServer
