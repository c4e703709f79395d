/** Restrictions in another tool's form. They have no effect here, so the user is warned not to rely on them. */
import * as Arr from "effect/Array"
import type { Origin } from "../../Origin.ts"
import { type Branch, find, formatPath, listLeaves, type Tree } from "../file/tree.ts"

/** A restriction that has no effect here. */
export interface UnenforcedRule {
  readonly path: ReadonlyArray<string>
  readonly origin: Origin
  /** A sentence that says what to use instead. */
  readonly instead: string
}

/** Tools of opencode that do not exist here and need no rule. */
const missingTools = new Set(
  ("batch codesearch doom_loop invalid lsp plan_enter plan_exit question task todoread todowrite webfetch websearch")
    .split(" ")
)

const listValues = (tree: Tree | undefined): ReadonlyArray<unknown> =>
  tree?._tag === "Branch" ? listLeaves(tree).map(([, { value }]) => value) : tree === undefined ? [] : [tree.value]

const listChildren = (tree: Tree | undefined): ReadonlyArray<readonly [string, Tree]> =>
  tree?._tag === "Branch" ? Array.from(tree.children) : []

/** Finds `{"bash": false}`, which hides the tool from the model. */
const findDisabledTools = (tree: Tree | undefined, path: ReadonlyArray<string>) =>
  listChildren(tree).flatMap(([name, tool]) =>
    tool._tag === "Leaf" && tool.value === false && !missingTools.has(name)
      ? [{ path: [...path, name], origin: tool.origin, name }]
      : []
  )

const isRestrictive = (rules: Tree | undefined): boolean =>
  listValues(rules).some((verdict) => verdict === "deny" || verdict === "ask")

const findInTools = (tree: Branch): ReadonlyArray<UnenforcedRule> => {
  const tools = findDisabledTools(find(tree, ["tools"]), ["tools"])
  const rules = tools.map(({ name }) => `${JSON.stringify(name)}: "deny"`).join(", ")
  return tools.map(({ origin, path }) => ({ path, origin, instead: `Write "permission": {${rules}}.` }))
}

const findInAgents = (tree: Branch): ReadonlyArray<UnenforcedRule> =>
  ["agent", "mode"].flatMap((kind) =>
    listChildren(find(tree, [kind])).flatMap(([name, agent]) => {
      const rules = find(agent, ["permission"])
      const tools = findDisabledTools(find(agent, ["tools"]), [kind, name, "tools"])
      return [
        ...(rules !== undefined && isRestrictive(rules)
          ? [{ path: [kind, name, "permission"], origin: rules.origin }]
          : []),
        ...tools
      ].map(({ origin, path }) => ({
        path,
        origin,
        instead: "There are no separate agents here: put the rules under \"permission\" at the top of the file."
      }))
    })
  )

/** Restrictions in Claude Code's settings. */
const findInClaudeSettings = (tree: Branch): ReadonlyArray<UnenforcedRule> => {
  const at = (
    path: ReadonlyArray<string>,
    instead: string,
    isUnenforced = (found: Tree) => listValues(found).length > 0
  ) => {
    const found = find(tree, path)
    return found !== undefined && isUnenforced(found) ? [{ path, origin: found.origin, instead }] : []
  }
  const rules = "Use rules such as \"permission\": {\"bash\": {\"rm *\": \"deny\"}}."
  const isTrue = (found: Tree) => listValues(found).includes(true)
  return [
    ...["deny", "ask"].flatMap((verdict) =>
      at(["permissions", verdict], rules, (found) => listValues(found).flat().length > 0)
    ),
    ...at(["permissions", "disableBypassPermissionsMode"], "Users can still allow every call."),
    ...at(["hooks"], "Hooks do not run. Put restrictions under \"permission\"."),
    ...at(["sandbox"], "Commands run without a sandbox. Put restrictions under \"permission\".", isTrue)
  ]
}

const findInProviders = (tree: Branch): ReadonlyArray<UnenforcedRule> => {
  const findList = (key: string) => {
    const found = find(tree, [key])
    return found === undefined ? [] : [{ path: [key], origin: found.origin, ids: listValues(found).flat() }]
  }
  return [
    ...findList("disabled_providers").filter(({ ids }) => ids.includes("amazon-bedrock")),
    ...findList("enabled_providers").filter(({ ids }) => !ids.includes("amazon-bedrock"))
  ].map(({ origin, path }) => ({ path, origin, instead: "Amazon Bedrock is the only provider and is always used." }))
}

/** Warnings about restrictions in the file that have no effect here. Rules under `permission` are enforced and not listed. */
export const describeUnenforcedRules = (tree: Branch, locate: (origin: Origin) => string): ReadonlyArray<string> => {
  const rules = [...findInTools(tree), ...findInAgents(tree), ...findInClaudeSettings(tree), ...findInProviders(tree)]
  return Object.entries(Arr.groupBy(rules, ({ instead }) => instead)).map(([instead, rules]) => {
    const keys = rules.map(({ origin, path }) => `${formatPath(path)} (${locate(origin)})`).join(", ")
    return `${keys}: ${rules.length === 1 ? "this restriction is" : "these restrictions are"} not enforced. ${instead}`
  })
}
