import { printable } from "@altimate-code/log/Printable"
import type { ConfigError } from "../../ConfigError.ts"
import type { Origin } from "../../Origin.ts"

/**
 * A file's values with their positions. Keys are in a `Map`, so that names like `__proto__` and `constructor` have no special meaning.
 * Everything that is not an object is a leaf, including arrays.
 */
export type Tree = Branch | Leaf

export interface Branch {
  readonly _tag: "Branch"
  /** The position of the key. */
  readonly origin: Origin
  /** The beginning of the value. */
  readonly start: Origin
  readonly children: ReadonlyMap<string, Tree>
  /** Earlier values of names that occur again later in the object. */
  readonly replaced?: ReadonlyArray<readonly [name: string, tree: Tree]>
}

export interface Leaf {
  readonly _tag: "Leaf"
  readonly origin: Origin
  readonly start: Origin
  /** As written. */
  readonly value: unknown
  /** An array's items, for their positions. */
  readonly items?: ReadonlyArray<Tree>
  /** The value after `{env:…}` and `{file:…}` were replaced. */
  readonly filled?: unknown
  /** For a setting that is a path: the content to use instead of the file's. */
  readonly content?: string
  /** Why the placeholders can't be replaced, where that is not fatal. */
  readonly unfilled?: ConfigError
}

export const empty: Branch = {
  _tag: "Branch",
  origin: { _tag: "Default" },
  start: { _tag: "Default" },
  children: new Map()
}

const plain = /^[\p{L}\p{N}_$@/:+-]+$/u

/** The path with dots; ambiguous names are quoted. */
export const formatPath = (path: ReadonlyArray<string>): string =>
  path.map((name) => plain.test(name) ? name : printable(JSON.stringify(name))).join(".")

/** Merges objects key by key; any other value of `over` replaces that of `under`. */
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

/** Replaces the existing leaf at `path`, or removes it if `leaf` is undefined. */
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

/** Puts `value` at `path`. Missing branches on the way get its position. */
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

/** Removes the leaf or branch at `path`. */
export const remove = (tree: Branch, path: ReadonlyArray<string>): Branch => {
  const [key, ...rest] = path
  if (key === undefined) return tree
  const children = new Map(tree.children)
  const child = children.get(key)
  if (child?._tag === "Branch" && rest.length > 0) children.set(key, remove(child, rest))
  else children.delete(key)
  return { ...tree, children }
}

/** Every leaf with its path, in tree order. */
export const listLeaves = (
  tree: Branch,
  path: ReadonlyArray<string> = []
): ReadonlyArray<readonly [path: ReadonlyArray<string>, leaf: Leaf]> =>
  Array.from(tree.children).flatMap(([key, child]) =>
    child._tag === "Branch" ? listLeaves(child, [...path, key]) : [[[...path, key], child] as const]
  )

/** The plain value, in objects without a prototype. A leaf's value is as written, or what `pick` returns for it. */
export const toValue = (tree: Tree, pick: (leaf: Leaf) => unknown = ({ value }) => value): unknown => {
  if (tree._tag === "Leaf") return pick(tree)
  const object = Object.create(null)
  for (const [key, child] of tree.children) object[key] = toValue(child, pick)
  return object
}
