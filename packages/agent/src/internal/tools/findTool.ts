import type * as Tool from "@effect/ai/Tool"
import type { AnyToolkit } from "../../tools/AnyToolkit.ts"
import * as ToolTitle from "../../tools/ToolTitle.ts"

/** Finds a tool by the name that a model has written, which can be that of a property of every object. */
export const findTool = (toolkit: AnyToolkit | undefined, name: string): Tool.Any | undefined =>
  toolkit !== undefined && Object.hasOwn(toolkit.tools, name) ? toolkit.tools[name] : undefined

/** The title of a call of one of these tools. */
export const titleOf = (
  toolkit: AnyToolkit | undefined,
  { name, params }: { readonly name: string; readonly params: unknown }
): string => ToolTitle.of(name, params, findTool(toolkit, name))
