import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as AST from "effect/SchemaAST"
import { distance } from "fastest-levenshtein"
import type { ConfigError } from "../../ConfigError.ts"
import { ConfigFile, paths } from "../../ConfigFile.ts"
import type { Origin } from "../../Origin.ts"
import { type Note, noteOn } from "../foreign/otherTools.ts"
import { bare, isBedrock, isOtherProvider } from "../foreign/providers.ts"
import { failure } from "./place.ts"
import { type Branch, dotted, toValue, type Tree } from "./tree.ts"

const decode = ParseResult.decodeUnknownEither(ConfigFile)

/** The tree, if every known setting in it has its type. */
export const checkTypes = (tree: Tree): Either.Either<Branch, ConfigError> => {
  if (tree._tag === "Leaf") return Either.left(mismatch(tree, ConfigFile.ast, []))
  return Either.mapBoth(decode(toValue(tree)), {
    onLeft: (issue) => {
      const { ast, path } = innermost(issue, [])
      return mismatch(at(tree, path), ast, path)
    },
    onRight: () => tree
  })
}

/** Like `find`, also into arrays. */
const at = (tree: Tree, [key, ...rest]: ReadonlyArray<string>): Tree => {
  if (key === undefined) return tree
  const inner = tree._tag === "Branch" ? tree.children.get(key) : tree.items?.[Number(key)]
  return inner === undefined ? tree : at(inner, rest)
}

const innermost = (
  issue: ParseResult.ParseIssue,
  path: ReadonlyArray<string>,
  ast: AST.AST = ConfigFile.ast
): { readonly ast: AST.AST; readonly path: ReadonlyArray<string> } => {
  switch (issue._tag) {
    case "Pointer":
      return innermost(issue.issue, [...path, ...[issue.path].flat().map(String)], ast)
    case "Composite":
      // Of what may be one of several words, an array or an object, the array or object that is there was meant.
      if (AST.isUnion(issue.ast)) {
        const inner = [issue.issues].flat().find((each) =>
          each._tag === "Composite" && (AST.isTypeLiteral(each.ast) || AST.isTupleType(each.ast))
        )
        return inner === undefined ? { ast: issue.ast, path } : innermost(inner, path)
      }
      return innermost("_tag" in issue.issues ? issue.issues : issue.issues[0], path, issue.ast)
    case "Refinement":
    case "Transformation":
      return innermost(issue.issue, path, issue.ast)
    case "Type":
      return { ast: issue.ast, path }
    default:
      return { ast, path }
  }
}

const mismatch = (tree: Tree, ast: AST.AST, path: ReadonlyArray<string>): ConfigError => {
  const expected = expectedType(ast)
  const found = AST.isRefinement(ast) ? "another number" : foundType(tree)
  const subject = path.length === 0 ? "" : ` for ${dotted(path)}`
  return failure(tree.start, {
    reason: "Type",
    message: `expected ${expected}${subject}, found ${found}`,
    expected,
    found,
    hint: path.length === 0
      ? "The file's settings stand in one pair of braces."
      : `Write ${expected} there, or leave it out.`
  })
}

const expectedType = (ast: AST.AST): string => {
  if (AST.isUnion(ast)) return either(members(ast).map(expectedType))
  if (AST.isTypeLiteral(ast)) return "an object"
  if (AST.isTupleType(ast)) return "an array"
  if (AST.isStringKeyword(ast)) return "a string"
  if (AST.isNumberKeyword(ast)) return "a number"
  return AST.isBooleanKeyword(ast) ? "a boolean" : String(ast)
}

const members = (union: AST.Union): ReadonlyArray<AST.AST> =>
  union.types.flatMap((type) => AST.isUnion(type) ? members(type) : [type])

const either = (names: ReadonlyArray<string>): string => `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`

const foundType = (tree: Tree): string => {
  if (tree._tag === "Branch") return "an object"
  if (tree.value === null) return "null"
  return Array.isArray(tree.value) ? "an array" : `a ${typeof tree.value}`
}

/** A key that means nothing here, and the one that was perhaps meant. */
export interface UnknownKey {
  readonly path: ReadonlyArray<string>
  readonly origin: Origin
  readonly near: string | undefined
  /** What is known of it when it is another tool's. */
  readonly note?: Note
}

/**
 * The keys that the Schema does not know. Where it allows any key, only those that look like a typo; under `provider`, all but the
 * entries of other providers.
 */
export const unknownKeys = (
  tree: Branch,
  ast: AST.AST = ConfigFile.ast,
  path: ReadonlyArray<string> = []
): ReadonlyArray<UnknownKey> => {
  if (AST.isUnion(ast)) return ast.types.flatMap((type) => unknownKeys(tree, type, path))
  if (!AST.isTypeLiteral(ast)) return []
  const known = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]))
  const [anyKey] = ast.indexSignatures
  return Array.from(tree.children).flatMap(([key, child]) => {
    const within = (type: AST.AST) => child._tag === "Branch" ? unknownKeys(child, type, [...path, key]) : []
    const type = known.get(key)
    if (type !== undefined) return within(type)
    if (path.length === 1 && path[0] === "provider") {
      return isOtherProvider(key, child)
        ? []
        : [{ path: [...path, key], origin: child.origin, near: isBedrock(key) ? "amazon-bedrock" : undefined }]
    }
    const note = noteOn([...path, key])
    if (note !== undefined) return [{ path: [...path, key], origin: child.origin, near: undefined, note }]
    const near = nearest(key, Array.from(known.keys())) ?? meantAsApiKey(key, path)
    return anyKey !== undefined && (near === undefined || key.startsWith(near))
      ? within(anyKey.type)
      : [{ path: [...path, key], origin: child.origin, near }]
  })
}

/** Other names of a token, without separators. */
const tokenNames = new Set(
  "accesstoken apikey apitoken authtoken awsbearertokenbedrock bearertoken key token".split(" ")
)

/** The place of the token, as it is written from here, for a key that other tools have for it. */
const meantAsApiKey = (key: string, path: ReadonlyArray<string>): string | undefined => {
  const name = bare(key)
  if (!tokenNames.has(name)) return undefined
  switch (path.join(".")) {
    case "provider.amazon-bedrock.options":
      return "apiKey"
    case "provider.amazon-bedrock":
      return dotted(paths.apiKey)
    case "":
      return name === "key" || name === "token" ? undefined : dotted(paths.apiKey)
    default:
      return undefined
  }
}

/** Case and separators don't count; beyond that a third of the letters may differ, but never more than three. */
export const nearest = (key: string, known: ReadonlyArray<string>): string | undefined =>
  known
    .map((name) => ({ name, off: distance(bare(key), bare(name)) }))
    .filter(({ name, off }) => off <= Math.min(3, Math.floor(bare(name).length / 3)))
    .toSorted((a, b) => a.off - b.off)[0]?.name
