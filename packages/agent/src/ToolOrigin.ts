/**
 * Where a tool comes from.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * The MCP server of a tool, and the tool's name there; an annotation of the tool. Tools without it are this program's own.
 *
 * @since 0.1.0
 * @category annotations
 */
export class ToolOrigin extends Context.Tag("@altimate-code/agent/ToolOrigin")<ToolOrigin, {
  readonly server: string
  readonly tool: string
}>() {}
