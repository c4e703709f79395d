/** Converts settings in the form of other tools and earlier versions to the form of `ConfigFile`; they keep their origins. */
import { type Branch, find, type Leaf, remove, set, type Tree } from "../file/tree.ts"

const provider = ["provider", "amazon-bedrock"] as const

const leafAt = (tree: Tree, path: ReadonlyArray<string>): Leaf | undefined => {
  const found = find(tree, path)
  return found?._tag === "Leaf" ? found : undefined
}

/** Moves a setting unless the target exists: this program's own name takes precedence. */
const move = (tree: Branch, from: ReadonlyArray<string>, to: ReadonlyArray<string>): Branch => {
  const moved = find(tree, from)
  if (moved === undefined) return tree
  const without = remove(tree, from)
  const there = find(tree, to)
  if (there === undefined) return set(without, to, moved)
  if (there._tag === "Leaf" || moved._tag === "Leaf") return without
  return set(without, to, { ...there, children: new Map([...moved.children, ...there.children]) })
}

/** `mcpServers` of `.mcp.json`. */
const normalizeServers = (tree: Branch): Branch => {
  const moved = move(tree, ["mcpServers"], ["mcp"])
  const all = find(moved, ["mcp"])
  if (all?._tag !== "Branch") return moved
  return set(moved, ["mcp"], {
    ...all,
    children: new Map(
      Array.from(all.children, ([name, tree]) => [name, tree._tag === "Branch" ? normalizeServer(tree) : tree])
    )
  })
}

const types: Readonly<Record<string, string>> = {
  stdio: "local",
  http: "remote",
  sse: "remote",
  "streamable-http": "remote",
  streamableHttp: "remote"
}

const normalizeServer = (written: Branch): Branch => {
  let tree = move(move(written, ["env"], ["environment"]), ["headersHelper"], ["headersCommand"])
  const { command, disabled, type, url } = Object.fromEntries(tree.children)
  const args = leafAt(tree, ["args"])
  if (command?._tag === "Leaf") {
    const words = [command, ...(args === undefined ? [] : [args])]
    const items = words.flatMap((leaf): ReadonlyArray<Tree> => leaf.items ?? [leaf])
    tree = set(remove(tree, ["args"]), ["command"], { ...command, value: words.flatMap(({ value }) => value), items })
  }
  if (type === undefined && (command ?? url) !== undefined) {
    const { origin, start } = (command ?? url)!
    tree = set(tree, ["type"], { _tag: "Leaf", origin, start, value: command === undefined ? "remote" : "local" })
  } else if (type?._tag === "Leaf") {
    tree = set(tree, ["type"], { ...type, value: types[String(type.value)] ?? type.value })
  }
  if (disabled?._tag !== "Leaf") return tree
  const rest = remove(tree, ["disabled"])
  return tree.children.has("enabled") ? rest : set(rest, ["enabled"], { ...disabled, value: disabled.value !== true })
}

/** A number becomes `timeout.total`, so that it merges with other limits. Limits that other tools keep elsewhere move there too. */
const normalizeLimits = (tree: Branch): Branch => {
  const timeout = [...provider, "options", "timeout"]
  const whole = leafAt(tree, timeout)
  let result = whole === undefined ? tree : set(remove(tree, timeout), [...timeout, "total"], whole)
  for (const [name, limit] of [["chunkTimeout", "idle"], ["headerTimeout", "firstByte"]] as const) {
    const from = [...provider, "options", name]
    // These can't be turned off; the defaults are generous.
    const isOff = leafAt(result, from)?.value === false
    result = isOff ? remove(result, from) : move(result, from, [...timeout, limit])
  }
  return result
}

/** Other tools write 0 for an unknown limit. */
const removeUnknownLimits = (tree: Branch): Branch => {
  const models = find(tree, [...provider, "models"])
  if (models?._tag !== "Branch") return tree
  const paths = Array.from(models.children.keys()).flatMap((name) =>
    ["context", "output"].map((limit) => [...provider, "models", name, "limit", limit])
  )
  return paths.reduce((tree, path) => leafAt(tree, path)?.value === 0 ? remove(tree, path) : tree, tree)
}

/** The fields of a request, from Converse's own spellings. `at` is the path of the options. */
const normalizeRequest = (written: Branch, at: ReadonlyArray<string>): Branch => {
  const moves: ReadonlyArray<readonly [from: ReadonlyArray<string>, to: ReadonlyArray<string>]> = [
    [["guardrailConfig"], ["guardrail"]],
    [["guardrail", "guardrailIdentifier"], ["guardrail", "id"]],
    [["guardrail", "guardrailVersion"], ["guardrail", "version"]],
    [["inferenceConfig", "maxTokens"], ["maxTokens"]],
    [["inferenceConfig", "temperature"], ["temperature"]],
    [["inferenceConfig", "topP"], ["topP"]],
    [["inferenceConfig", "stopSequences"], ["stopSequences"]],
    [["cachePoint", "ttl"], ["cache", "ttl"]],
    [["thinking", "budgetTokens"], ["thinking", "budget_tokens"]],
    [["reasoningConfig", "type"], ["thinking", "type"]],
    [["reasoningConfig", "budgetTokens"], ["thinking", "budget_tokens"]],
    [["reasoningConfig", "maxReasoningEffort"], ["effort"]]
  ]
  let tree = moves.reduce((tree, [from, to]) => move(tree, [...at, ...from], [...at, ...to]), written)
  // A word and an object could not be merged: one would hide the other.
  for (const [name, key] of [["serviceTier", "type"], ["performanceConfig", "latency"]] as const) {
    const inner = leafAt(tree, [...at, name, key])
    if (inner !== undefined) tree = set(remove(tree, [...at, name]), [...at, name], inner)
  }
  // What is left has no meaning of its own: unknown settings stay, to be reported.
  for (const path of [[...at, "inferenceConfig"], [...at, "cachePoint"], [...at, "reasoningConfig"]]) {
    const branch = find(remove(tree, [...path, "type"]), path)
    if (branch?._tag === "Branch" && branch.children.size === 0) tree = remove(tree, path)
  }
  return tree
}

/** A model's `effort` and `headers` belong to its options. */
const normalizeRequests = (tree: Branch): Branch => {
  const models = find(tree, [...provider, "models"])
  const names = models?._tag === "Branch" ? Array.from(models.children.keys()) : []
  return names.reduce((tree, name) => {
    const model = [...provider, "models", name]
    const moved = move(
      move(tree, [...model, "effort"], [...model, "options", "effort"]),
      [...model, "headers"],
      [...model, "options", "headers"]
    )
    return normalizeRequest(moved, [...model, "options"])
  }, normalizeRequest(tree, [...provider, "options"]))
}

/** The same settings in the form of `ConfigFile`. The types must have been checked. */
export const normalizeSpellings = (tree: Branch): Branch =>
  normalizeRequests(removeUnknownLimits(normalizeLimits(normalizeServers(tree))))
