/** Finds the mode to start in. It is no rule, so it is neither merged with rules nor trusted like them. */
import type { Mode } from "../../ConfigFile.ts"
import type { Setting } from "../../Origin.ts"
import { type Branch, find, remove } from "../file/tree.ts"

/** The lower ones ask or deny more. */
const looseness: Readonly<Record<Mode, number>> = { plan: 0, ask: 1, "accept-edits": 2 }

/** Separates the mode from the rules. The types must have been checked. */
export const takeMode = (tree: Branch): { readonly tree: Branch; readonly mode: Setting<Mode> | undefined } => {
  const found = find(tree, ["permission", "mode"])
  if (found?._tag !== "Leaf") return { tree, mode: undefined }
  const rest = remove(tree, ["permission", "mode"])
  const rules = find(rest, ["permission"])
  return {
    // Without the mode, the file has no rules: an empty object would replace a single verdict.
    tree: rules?._tag === "Branch" && rules.children.size === 0 ? remove(rest, ["permission"]) : rest,
    mode: { value: found.value as Mode, origin: found.origin }
  }
}

/** Whether the model may do more without asking than in the current mode. */
export const isLooser = (mode: Mode, current: Mode): boolean => looseness[mode] > looseness[current]
