/** Restrictions in the form of another tool: nobody may take them for granted when they restrict nothing here. */
import * as Arr from "effect/Array"
import type { Origin } from "../../Origin.ts"
import { type Branch, dotted, find, leaves, type Tree } from "../file/tree.ts"

/** A setting that restricts nothing here, and what does. */
export interface LostRule {
  readonly path: ReadonlyArray<string>
  readonly origin: Origin
  /** A sentence. */
  readonly instead: string
}

/** Tools of opencode that are not here: they need no rule. */
const absent = new Set(
  ("batch codesearch doom_loop invalid lsp plan_enter plan_exit question skill task todoread todowrite webfetch websearch")
    .split(" ")
)

const values = (tree: Tree | undefined): ReadonlyArray<unknown> =>
  tree?._tag === "Branch" ? leaves(tree).map(([, { value }]) => value) : tree === undefined ? [] : [tree.value]

const children = (tree: Tree | undefined): ReadonlyArray<readonly [string, Tree]> =>
  tree?._tag === "Branch" ? Array.from(tree.children) : []

/** `{"bash": false}`: the tool is not offered to the model. */
const switchedOff = (tree: Tree | undefined, path: ReadonlyArray<string>) =>
  children(tree).flatMap(([name, tool]) =>
    tool._tag === "Leaf" && tool.value === false && !absent.has(name)
      ? [{ path: [...path, name], origin: tool.origin, name }]
      : []
  )

const restricts = (rules: Tree | undefined): boolean =>
  values(rules).some((verdict) => verdict === "deny" || verdict === "ask")

const ofTools = (tree: Branch): ReadonlyArray<LostRule> => {
  const tools = switchedOff(find(tree, ["tools"]), ["tools"])
  const rules = tools.map(({ name }) => `${JSON.stringify(name)}: "deny"`).join(", ")
  return tools.map(({ origin, path }) => ({ path, origin, instead: `Write "permission": {${rules}}.` }))
}

const ofAgents = (tree: Branch): ReadonlyArray<LostRule> =>
  ["agent", "mode"].flatMap((kind) =>
    children(find(tree, [kind])).flatMap(([name, agent]) => {
      const rules = find(agent, ["permission"])
      const tools = switchedOff(find(agent, ["tools"]), [kind, name, "tools"])
      return [
        ...(rules !== undefined && restricts(rules)
          ? [{ path: [kind, name, "permission"], origin: rules.origin }]
          : []),
        ...tools
      ].map(({ origin, path }) => ({
        path,
        origin,
        instead: "There are no separate agents here: write the rules under \"permission\" at the top of the file."
      }))
    })
  )

/** Those of Claude Code's settings. */
const ofClaude = (tree: Branch): ReadonlyArray<LostRule> => {
  const at = (path: ReadonlyArray<string>, instead: string, isLost = (found: Tree) => values(found).length > 0) => {
    const found = find(tree, path)
    return found !== undefined && isLost(found) ? [{ path, origin: found.origin, instead }] : []
  }
  const rules = "Write rules such as \"permission\": {\"bash\": {\"rm *\": \"deny\"}}."
  const isTrue = (found: Tree) => values(found).includes(true)
  return [
    ...["deny", "ask"].flatMap((verdict) =>
      at(["permissions", verdict], rules, (found) => values(found).flat().length > 0)
    ),
    ...at(["permissions", "disableBypassPermissionsMode"], "It keeps nobody from allowing every call."),
    ...at(["hooks"], "No hooks run here, so they stop nothing. What must not happen belongs under \"permission\"."),
    ...at(["sandbox"], "Commands run without a sandbox. What must not run belongs under \"permission\".", isTrue)
  ]
}

/** Amazon Bedrock is what all requests go to. */
const ofProviders = (tree: Branch): ReadonlyArray<LostRule> => {
  const listed = (key: string) => {
    const found = find(tree, [key])
    return found === undefined ? [] : [{ path: [key], origin: found.origin, ids: values(found).flat() }]
  }
  return [
    ...listed("disabled_providers").filter(({ ids }) => ids.includes("amazon-bedrock")),
    ...listed("enabled_providers").filter(({ ids }) => !ids.includes("amazon-bedrock"))
  ].map(({ origin, path }) => ({ path, origin, instead: "Amazon Bedrock is the only provider, and it is used." }))
}

/**
 * Sentences about all restrictions of the file that restrict nothing here. Those under `permission` are another matter: they are read.
 */
export const lostRuleWarnings = (tree: Branch, where: (origin: Origin) => string): ReadonlyArray<string> => {
  const rules = [...ofTools(tree), ...ofAgents(tree), ...ofClaude(tree), ...ofProviders(tree)]
  return Object.entries(Arr.groupBy(rules, ({ instead }) => instead)).map(([instead, rules]) => {
    const keys = rules.map(({ origin, path }) => `${dotted(path)} (${where(origin)})`).join(", ")
    return `${keys}: ${rules.length === 1 ? "this restriction is" : "these restrictions are"} not in force. ${instead}`
  })
}
