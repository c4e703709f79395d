/**
 * The MCP server of a tool.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * Annotates a tool with the MCP server that offers it and its name on that server. Built-in tools do not have this annotation.
 *
 * @since 0.1.0
 * @category annotations
 */
export class ToolOrigin extends Context.Tag("@altimate-code/agent/ToolOrigin")<ToolOrigin, {
  readonly server: string
  readonly tool: string
}>() {}
