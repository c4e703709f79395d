/**
 * The origin of a tool.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * Annotates a tool with its MCP server and its name there. Built-in tools do not have this annotation.
 *
 * @since 0.1.0
 * @category annotations
 */
export class ToolOrigin extends Context.Tag("@altimate-code/agent/ToolOrigin")<ToolOrigin, {
  readonly server: string
  readonly tool: string
}>() {}
