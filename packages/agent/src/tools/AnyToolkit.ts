/**
 * A toolkit whose tools are known only at run time.
 *
 * @since 0.1.0
 */
import type * as Toolkit from "@effect/ai/Toolkit"

/**
 * The tools of MCP servers are known only once the servers have listed them.
 *
 * @since 0.1.0
 * @category models
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyToolkit = Toolkit.WithHandler<any>
