/**
 * The state of an MCP server.
 *
 * @since 0.1.0
 */

/**
 * No field contains a secret of the configuration, but `error` may contain output of the server.
 *
 * - `starting`: it is starting or connecting, for the first time or again
 * - `connected`: its tools can be called
 * - `failed`: it could not be started, or it has ended; the next call of one of its tools starts it again
 * - `disabled`: the configuration disables it
 *
 * @since 0.1.0
 * @category models
 */
export interface McpStatus {
  readonly name: string
  readonly state: "starting" | "connected" | "failed" | "disabled"
  /** `http` is streamable HTTP, also assumed until a remote server has responded; `sse` is the older transport. */
  readonly transport: "stdio" | "http" | "sse"
  /** The tool names that the model and the permission rules use. */
  readonly tools: ReadonlyArray<string>
  /** The last error on one line, for a local server with the end of its stderr. */
  readonly error?: string
}
