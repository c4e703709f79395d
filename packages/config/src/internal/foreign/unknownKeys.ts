/** Keys that have no meaning in a configuration file. */
import * as Suggest from "@altimate-code/system/Suggest"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { ConfigFile, paths, Theme } from "../../ConfigFile.ts"
import type { Names } from "../../given/ProgramNames.ts"
import type { Origin } from "../../Origin.ts"
import { type Branch, formatPath, type Tree } from "../file/tree.ts"
import { isBedrock, isOtherProvider } from "./providerNames.ts"
import { findNote, type Note } from "./settingNotes.ts"

export interface UnknownKey {
  readonly path: ReadonlyArray<string>
  readonly origin: Origin
  /** The setting that was probably meant. */
  readonly suggestion: string | undefined
  /** What to know about it if it is another tool's setting. */
  readonly note?: Note
}

/**
 * The keys that the schema does not know. Where it allows any key, only probable typos are reported; under `provider`, everything except
 * the entries of other providers.
 */
export const findUnknownKeys = (
  tree: Branch,
  names: Names,
  ast: AST.AST = ConfigFile.ast,
  path: ReadonlyArray<string> = []
): ReadonlyArray<UnknownKey> => {
  if (AST.isSuspend(ast)) return findUnknownKeys(tree, names, ast.f(), path)
  if (AST.isUnion(ast)) return ast.types.flatMap((type) => findUnknownKeys(tree, names, type, path))
  if (!AST.isTypeLiteral(ast)) return []
  const known = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]))
  const [anyKey] = ast.indexSignatures
  return Array.from(tree.children).flatMap(([key, child]) => {
    const within = (type: AST.AST) => child._tag === "Branch" ? findUnknownKeys(child, names, type, [...path, key]) : []
    const type = known.get(key)
    if (type !== undefined && !(path.length === 0 && isOtherTheme(key, child))) return within(type)
    if (path.length === 1 && path[0] === "provider") {
      return isOtherProvider(key, child)
        ? []
        : [{ path: [...path, key], origin: child.origin, suggestion: isBedrock(key) ? "amazon-bedrock" : undefined }]
    }
    const note = findNote([...path, key], names)
    if (note !== undefined) return [{ path: [...path, key], origin: child.origin, suggestion: undefined, note }]
    const suggestion = Suggest.closest(key, Array.from(known.keys()))[0] ?? suggestApiKey(key, path)
    return anyKey !== undefined && (suggestion === undefined || key.startsWith(suggestion))
      ? within(anyKey.type)
      : [{ path: [...path, key], origin: child.origin, suggestion }]
  })
}

/** Other tools' themes are no error, but have no effect. */
const isOtherTheme = (key: string, child: Tree): boolean =>
  key === "theme" && child._tag === "Leaf" && typeof child.value === "string" && !Schema.is(Theme)(child.value)

/** Other names for a token, without separators. */
const tokenNames = new Set(
  "accesstoken apikey apitoken authtoken awsbearertokenbedrock bearertoken key token".split(" ")
)

/** How to write `apiKey` from here, if `key` is another tool's name for it. */
const suggestApiKey = (key: string, path: ReadonlyArray<string>): string | undefined => {
  const name = Suggest.fold(key)
  if (!tokenNames.has(name)) return undefined
  switch (path.join(".")) {
    case "provider.amazon-bedrock.options":
      return "apiKey"
    case "provider.amazon-bedrock":
      return formatPath(paths.apiKey)
    case "":
      return name === "key" || name === "token" ? undefined : formatPath(paths.apiKey)
    default:
      return undefined
  }
}
