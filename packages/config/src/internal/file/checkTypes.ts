import * as Suggest from "@altimate-code/system/Suggest"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as AST from "effect/SchemaAST"
import { ConfigError } from "../../ConfigError.ts"
import { ConfigFile } from "../../ConfigFile.ts"
import { errorAt } from "./errorAt.ts"
import { type Branch, formatPath, toValue, type Tree } from "./tree.ts"

const decode = ParseResult.decodeUnknownEither(ConfigFile)

/** Only after a failure, because finding all errors takes longer. */
const decodeAll = ParseResult.decodeUnknownEither(ConfigFile, { errors: "all" })

const maxShownErrors = 10

/** Whether every known setting has the right type. Decoding changes nothing, and `Schema.is` would prepare the same checks again. */
export const isConfigFile = (value: unknown): value is ConfigFile => Either.isRight(decode(value))

/** The tree, if every known setting in it has the right type. */
export const checkTypes = (tree: Tree): Either.Either<Branch, ConfigError> => {
  if (tree._tag === "Leaf") return Either.left(mismatch(tree, ConfigFile.ast, []))
  const value = toValue(tree)
  if (Either.isRight(decode(value))) return Either.right(tree)
  return Either.mapBoth(decodeAll(value), {
    onLeft: (issue) =>
      combine(findInnermost(issue, []).map(({ ast, path }) => mismatch(findWithin(tree, path), ast, path))),
    onRight: () => tree
  })
}

/** All errors as one, which has the place of the first in the file. */
const combine = (found: ReadonlyArray<ConfigError>): ConfigError => {
  const all = found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
  const [first, ...others] = all
  if (first === undefined || others.length === 0) return first ?? found[0]!
  const more = all.length - maxShownErrors
  const { column, line, path, reason } = first
  return new ConfigError({
    reason,
    ...(path === undefined ? {} : { path }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    message: [
      ...all.slice(0, maxShownErrors).map(({ hint, message }) =>
        hint.startsWith("Did") ? `${message}. ${hint}` : message
      ),
      ...(more > 0 ? [`and ${more} more`] : [])
    ].join("\n"),
    hint: "Correct these settings, or remove them."
  })
}

/** Like `find`, but also looks into arrays. */
const findWithin = (tree: Tree, [key, ...rest]: ReadonlyArray<string>): Tree => {
  if (key === undefined) return tree
  const inner = tree._tag === "Branch" ? tree.children.get(key) : tree.items?.[Number(key)]
  return inner === undefined ? tree : findWithin(inner, rest)
}

const findInnermost = (
  issue: ParseResult.ParseIssue,
  path: ReadonlyArray<string>,
  ast: AST.AST = ConfigFile.ast
): ReadonlyArray<{ readonly ast: AST.AST; readonly path: ReadonlyArray<string> }> => {
  switch (issue._tag) {
    case "Pointer":
      return findInnermost(issue.issue, [...path, ...[issue.path].flat().map(String)], ast)
    case "Composite":
      // If a word, an array or an object is allowed and an array or an object was written, the error is inside it.
      if (AST.isUnion(issue.ast)) {
        const inner = [issue.issues].flat().find((each) =>
          each._tag === "Composite" && (AST.isTypeLiteral(each.ast) || AST.isTupleType(each.ast))
        )
        return inner === undefined ? [{ ast: issue.ast, path }] : findInnermost(inner, path)
      }
      return [issue.issues].flat().flatMap((each) => findInnermost(each, path, issue.ast))
    case "Refinement":
    case "Transformation":
      return findInnermost(issue.issue, path, issue.ast)
    case "Type":
      return [{ ast: issue.ast, path }]
    default:
      return [{ ast, path }]
  }
}

const mismatch = (tree: Tree, ast: AST.AST, path: ReadonlyArray<string>): ConfigError => {
  const expected = describeExpected(ast)
  const found = AST.isRefinement(ast) ? "another number" : describeFound(tree)
  // For what is given in code, the position is the name, and paths in a file mean nothing.
  const subject = path.length === 0 || tree.start._tag === "Given" ? "" : ` for ${formatPath(path)}`
  const meant = tree._tag === "Leaf" && typeof tree.value === "string"
    ? Suggest.closest(tree.value, listTexts(ast))[0]
    : undefined
  return errorAt(tree.start, {
    reason: "Type",
    message: `expected ${expected}${subject}, found ${found}`,
    expected,
    found,
    hint: path.length === 0
      ? "Put all settings of the file inside one pair of braces."
      : meant !== undefined
      ? `Did you mean "${meant}"?`
      : `Write ${expected} there, or remove the setting.`
  })
}

const describeExpected = (ast: AST.AST): string => {
  if (AST.isUnion(ast)) return joinOr(listMembers(ast).map(describeExpected))
  if (AST.isTypeLiteral(ast)) return "an object"
  if (AST.isTupleType(ast)) return "an array"
  if (AST.isStringKeyword(ast)) return "a string"
  if (AST.isNumberKeyword(ast)) return "a number"
  return AST.isBooleanKeyword(ast) ? "a boolean" : String(ast)
}

const listMembers = (union: AST.Union): ReadonlyArray<AST.AST> =>
  union.types.flatMap((type) => AST.isUnion(type) ? listMembers(type) : [type])

/** The texts that are allowed, if not every text is. */
const listTexts = (ast: AST.AST): ReadonlyArray<string> =>
  (AST.isUnion(ast) ? listMembers(ast) : [ast]).flatMap((type) =>
    AST.isLiteral(type) && typeof type.literal === "string" ? [type.literal] : []
  )

const joinOr = (names: ReadonlyArray<string>): string => `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`

const describeFound = (tree: Tree): string => {
  if (tree._tag === "Branch") return "an object"
  if (tree.value === null) return "null"
  return Array.isArray(tree.value) ? "an array" : `a ${typeof tree.value}`
}
