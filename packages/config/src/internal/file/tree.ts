import { printable } from "@altimate-code/log/Printable"
import type { ConfigError } from "../../ConfigError.ts"
import type { Origin } from "../../Origin.ts"

/**
 * A file's values with their places. Keys live in a `Map`, so that no name (`__proto__`, `constructor`) means anything.
 * Everything that is not an object is a leaf, arrays too.
 */
export type Tree = Branch | Leaf

export interface Branch {
  readonly _tag: "Branch"
  /** Where the key is. */
  readonly origin: Origin
  /** Where the value begins. */
  readonly start: Origin
  readonly children: ReadonlyMap<string, Tree>
  /** What was written under a name that is written again further down. */
  readonly replaced?: ReadonlyArray<readonly [name: string, tree: Tree]>
}

export interface Leaf {
  readonly _tag: "Leaf"
  readonly origin: Origin
  readonly start: Origin
  /** As written. */
  readonly value: unknown
  /** An array's items, for their places. */
  readonly items?: ReadonlyArray<Tree>
  /** What a setting comes to, once `{env:…}` and `{file:…}` are filled in. */
  readonly filled?: unknown
  /** Of a setting that is a path: what is used in place of the file there. */
  readonly content?: string
  /** Why it cannot be filled in, where that need not be the end of the program. */
  readonly unfilled?: ConfigError
}

export const empty: Branch = {
  _tag: "Branch",
  origin: { _tag: "Default" },
  start: { _tag: "Default" },
  children: new Map()
}

const plain = /^[\p{L}\p{N}_$@/:+-]+$/u

/** The dotted path: names that would be ambiguous in it are quoted. */
export const dotted = (path: ReadonlyArray<string>): string =>
  path.map((name) => plain.test(name) ? name : printable(JSON.stringify(name))).join(".")

/** Objects merge key by key; anything else of `over` replaces what `under` has. */
export const merge = (under: Branch, over: Branch): Branch => {
  const children = new Map(under.children)
  for (const [key, child] of over.children) {
    const present = children.get(key)
    children.set(key, present?._tag === "Branch" && child._tag === "Branch" ? merge(present, child) : child)
  }
  return { ...over, children }
}

export const find = (tree: Tree, path: ReadonlyArray<string>): Tree | undefined => {
  let found: Tree | undefined = tree
  for (const key of path) found = found?._tag === "Branch" ? found.children.get(key) : undefined
  return found
}

/** The tree with the leaf at `path`, which is there, replaced, or removed when there is nothing to put in its place. */
export const replace = (tree: Branch, path: ReadonlyArray<string>, leaf: Leaf | undefined): Branch => {
  const [key, ...rest] = path
  if (key === undefined) return tree
  const children = new Map(tree.children)
  const child = children.get(key)
  if (child?._tag === "Branch") children.set(key, replace(child, rest, leaf))
  else if (leaf === undefined) children.delete(key)
  else children.set(key, leaf)
  return { ...tree, children }
}

/** The tree with `value` at `path`. Branches that are missing on the way begin where it is. */
export const set = (tree: Branch, path: ReadonlyArray<string>, value: Tree): Branch => {
  const [key, ...rest] = path
  if (key === undefined) return tree
  const child = tree.children.get(key)
  const { origin, start } = value
  const branch: Branch = child?._tag === "Branch" ? child : { _tag: "Branch", origin, start, children: new Map() }
  return {
    ...tree,
    children: new Map(tree.children).set(key, rest.length === 0 ? value : set(branch, rest, value))
  }
}

/** The tree without what stands at `path`, be it a leaf or a branch. */
export const remove = (tree: Branch, path: ReadonlyArray<string>): Branch => {
  const [key, ...rest] = path
  if (key === undefined) return tree
  const children = new Map(tree.children)
  const child = children.get(key)
  if (child?._tag === "Branch" && rest.length > 0) children.set(key, remove(child, rest))
  else children.delete(key)
  return { ...tree, children }
}

/** Every leaf with its path, in the order of the tree. */
export const leaves = (
  tree: Branch,
  path: ReadonlyArray<string> = []
): ReadonlyArray<readonly [path: ReadonlyArray<string>, leaf: Leaf]> =>
  Array.from(tree.children).flatMap(([key, child]) =>
    child._tag === "Branch" ? leaves(child, [...path, key]) : [[[...path, key], child] as const]
  )

/** The plain value, in objects without a prototype; of each leaf what is written, or what `pick` takes instead. */
export const toValue = (tree: Tree, pick: (leaf: Leaf) => unknown = ({ value }) => value): unknown => {
  if (tree._tag === "Leaf") return pick(tree)
  const object = Object.create(null)
  for (const [key, child] of tree.children) object[key] = toValue(child, pick)
  return object
}
