import { printable } from "@altimate-code/log/Printable"
import { urlSecrets } from "@altimate-code/log/PublicUrl"
import { isSecretName } from "@altimate-code/log/SecretName"
import * as PastedToken from "@altimate-code/system/PastedToken"
import { readText, type Unreadable } from "@altimate-code/system/ReadText"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ConfigError } from "../../ConfigError.ts"
import { options, paths } from "../../ConfigFile.ts"
import type { Directories } from "../../Directories.ts"
import * as Environment from "../../Environment.ts"
import type { Origin } from "../../Origin.ts"
import { errorAt } from "../file/errorAt.ts"
import type { Source } from "../file/parse.ts"
import { type Branch, find, type Leaf, listLeaves, replace, type Tree } from "../file/tree.ts"
import { expandPath } from "./expandPath.ts"
import { isProgram, placeholders, split } from "./placeholders.ts"

/** Where the texts of files come from. */
export interface Files {
  readonly read: (path: string) => Effect.Effect<string, Unreadable, FileSystem.FileSystem>
  /** For settings that are paths: by path, the content to use instead of the file's. */
  readonly trustedContents: ReadonlyMap<string, string>
}

/** The files as they are on the disk. */
export const onDisk: Files = { read: (path) => readText(path, { acceptsPipe: true }), trustedContents: new Map() }

/**
 * Replaces the placeholders in known settings, once: placeholders in inserted texts stay. Settings that are blank afterwards are removed;
 * `blanks` lists them and says whether a placeholder made them blank. `secrets` are the values to mask.
 */
export const substitute = Effect.fn("substitute")(function*(tree: Branch, source: Source, files: Files) {
  const blanks: Array<
    { readonly path: ReadonlyArray<string>; readonly origin: Origin; readonly hadPlaceholder: boolean }
  > = []
  const secrets: Array<string> = []
  let result = tree
  for (const [path, leaf] of findSettingTexts(tree)) {
    const { parts, text } = yield* fillIn(String(leaf.value), source, leaf.origin, files, isShellLine(path))
    const isBlank = text.trim() === ""
    if (isBlank) blanks.push({ path, origin: leaf.origin, hadPlaceholder: String(leaf.value).trim() !== "" })
    const filled = isPath(path) && !isBlank ? yield* expandPath(text, source.directory) : text
    const content = isPath(path) ? files.trustedContents.get(filled) : undefined
    result = replace(
      result,
      path,
      isBlank ? undefined : { ...leaf, filled, ...(content === undefined ? {} : { content }) }
    )
    if (isSecret(path) && (parts.length > 0 || isSecretName(path.at(-1) ?? ""))) secrets.push(text, ...parts)
  }
  const command = find(tree, options("tokenCommand"))
  if (command?._tag === "Leaf" && Array.isArray(command.value)) {
    const words = yield* fillWords(command.value, source, command.origin, files)
    result = replace(result, options("tokenCommand"), { ...command, filled: words.map(({ text }) => text) })
    secrets.push(...words.flatMap(({ parts }) => parts))
  }
  for (const [path, leaf] of findServerTexts(tree)) {
    const filled = yield* Effect.either(
      Array.isArray(leaf.value)
        ? fillWords(leaf.value, source, leaf.origin, files)
        : Effect.map(fillIn(String(leaf.value), source, leaf.origin, files, path[2] === "headersCommand"), Arr.of)
    )
    if (Either.isLeft(filled)) {
      result = replace(result, path, { ...leaf, unfilled: filled.left })
      continue
    }
    const texts = filled.right.map(({ text }) => text)
    result = replace(result, path, { ...leaf, filled: Array.isArray(leaf.value) ? texts : texts[0] })
    if (path[2] === "headersCommand") secrets.push(...filled.right.flatMap(({ parts }) => parts))
    if (path[2] === "url") secrets.push(...texts.flatMap((text) => Array.from(urlSecrets(text))))
    if (path[2] === "environment" || path[2] === "headers") {
      // A credential without a placeholder is a secret too, with and without its scheme.
      const isSecret = isSecretName(path.at(-1) ?? "")
      secrets.push(
        ...filled.right.flatMap(({ parts, text }) =>
          parts.length === 0 && !isSecret ? [] : [text, ...parts, ...(isSecret ? [text.split(" ").at(-1)!] : [])]
        )
      )
    }
  }
  // Quotation marks or a scheme around a secret may be removed before it is sent.
  return { tree: result, blanks, secrets: secrets.flatMap((secret) => [secret, PastedToken.unwrap(secret).value]) }
})

/** Whether the setting may be a secret. */
const isSecret = (path: ReadonlyArray<string>): boolean =>
  path.at(-2) === "headers" || path.join() === paths.apiKey.join()

/** Whether the setting is a shell command line, which can have variables of its own. */
const isShellLine = (path: ReadonlyArray<string>): boolean => path.join() === options("tokenCommand").join()

/** Whether the setting is a path. */
const isPath = (path: ReadonlyArray<string>): boolean =>
  [paths.caFile, paths.clientCert, paths.clientKey].some((known) => known.join() === path.join())

/** A file as written in a setting, and its absolute path. */
interface NamedFile {
  readonly written: string
  readonly path: string
}

/** The files of all `{file:…}` placeholders that would be replaced. */
export const findNamedFiles = (tree: Branch, source: Source) => {
  const command = find(tree, options("tokenCommand"))
  const texts = [
    ...findSettingTexts(tree).map(([, leaf]) => leaf),
    ...(command?._tag === "Leaf" ? [command] : []),
    ...findServerTexts(tree).map(([, leaf]) => leaf)
  ].flatMap(({ value }) => [value].flat().map(String))
  const names = texts.flatMap((text) =>
    placeholders(text).flatMap((placeholder) => placeholder._tag === "File" ? [placeholder.name] : [])
  )
  return Effect.forEach(
    names,
    (written) => Effect.map(expandPath(written, source.directory), (path): NamedFile => ({ written, path }))
  )
}

/** The files of the settings that are paths, as far as their placeholders can be replaced. */
export const findPathSettings = (tree: Branch, source: Source, files: Files) =>
  Effect.forEach(
    findSettingTexts(tree).filter(([path]) => isPath(path)),
    ([, leaf]) =>
      fillIn(String(leaf.value), source, leaf.origin, files).pipe(
        Effect.filterOrFail(({ text }) => text.trim() !== ""),
        Effect.flatMap(({ text }) =>
          Effect.map(expandPath(text, source.directory), (path): NamedFile => ({ written: text, path }))
        ),
        Effect.option
      )
  ).pipe(Effect.map((found) => found.flatMap(Option.toArray)))

/** Whether the path is relative to the configuration file, and so is meant to be in the project. */
export const isRelative = (written: string): boolean => !/^([/\\~]|[a-z]:)/i.test(written)

/** The texts of the settings in which placeholders are replaced, except for commands and MCP servers. */
const findSettingTexts = (tree: Branch) =>
  [
    ...Object.values(paths).map((path) => [path, find(tree, path)] as const),
    [options("tokenCommand"), find(tree, options("tokenCommand"))] as const,
    ...listLeavesBelow(tree, ["provider", "amazon-bedrock"]).filter(([path]) => isRequestText(path))
  ].flatMap(([path, leaf]) => leaf?._tag === "Leaf" && typeof leaf.value === "string" ? [[path, leaf] as const] : [])

/** Whether the setting, or the group of settings, contains a placeholder that would be replaced. */
export const hasPlaceholder = (path: ReadonlyArray<string>, tree: Tree): boolean =>
  tree._tag === "Branch"
    ? listLeaves(tree, path).some(([path, leaf]) => isFilled(path, leaf))
    : isFilled(path, tree)

const isFilled = (path: ReadonlyArray<string>, leaf: Leaf): boolean => {
  const isExpanded = Object.values(paths).some((known) => known.join() === path.join()) ||
    path.join() === options("tokenCommand").join() ||
    isRequestText(path)
  return isExpanded &&
    [leaf.value].flat().some((text) => placeholders(String(text), isShellLine(path)).length > 0)
}

/** Whether the setting is a model's ID, or one of the texts that are sent with requests, for all models or for one? */
const isRequestText = (path: ReadonlyArray<string>): boolean => {
  if (path[0] !== "provider" || path[1] !== "amazon-bedrock") return false
  const [first, ...rest] = path[2] === "models" ? path.slice(4) : path.slice(2)
  if (first === "id") return path[2] === "models" && rest.length === 0
  const [group, name, ...inner] = rest
  if (first !== "options" || name === undefined || inner.length > 0) return false
  return group === "headers" || group === "requestMetadata" ||
    group === "guardrail" && (name === "id" || name === "version")
}

const listLeavesBelow = (tree: Branch, path: ReadonlyArray<string>) => {
  const branch = find(tree, path)
  return branch?._tag === "Branch" ? listLeaves(branch, path) : []
}

/** The texts of the MCP servers in which placeholders are replaced. */
const findServerTexts = (tree: Branch) =>
  listLeavesBelow(tree, ["mcp"]).filter(([path]) =>
    path[2] === "headersCommand" ||
    path.length === 3 && (path[2] === "command" || path[2] === "args" || path[2] === "url") ||
    path.length === 4 && (path[2] === "environment" || path[2] === "headers")
  )

interface Filled {
  readonly text: string
  /** The inserted texts alone. */
  readonly parts: ReadonlyArray<string>
}

/** Replaces the placeholders in a text. */
export const fillIn = (
  written: string,
  source: Source,
  origin: Origin,
  files: Files,
  isForShell = false
): Effect.Effect<Filled, ConfigError, Directories | FileSystem.FileSystem | Path.Path> =>
  Effect.forEach(split(written, isForShell), (piece): ReturnType<typeof fillIn> => {
    if (typeof piece === "string") return Effect.succeed({ text: piece, parts: [] })
    const whole = (text: string): Filled => ({ text, parts: [text] })
    if (piece._tag === "File") return Effect.map(readPlaceholderFile(piece.name, source, origin, files), whole)
    const { fallback } = piece
    if (fallback === undefined) return Effect.map(readVariable(piece, origin), whole)
    return Effect.flatMap(
      Environment.readRaw(piece.name),
      (value) =>
        Option.match(Option.filter(value, (text) => text !== ""), {
          onSome: (text) => Effect.succeed(whole(text)),
          onNone: () => fillIn(fallback, source, origin, files)
        })
    )
  }).pipe(
    Effect.map((filled) => ({
      text: filled.map(({ text }) => text).join(""),
      parts: filled.flatMap(({ parts }) => parts)
    }))
  )

/** Replaces the placeholders in each word of a command. */
const fillWords = (words: ReadonlyArray<unknown>, source: Source, origin: Origin, files: Files) => {
  const texts = words.map(String)
  return Effect.forEach(texts, (text, index) => fillIn(text, source, origin, files, isProgram(texts, index)))
}

const readVariable = (
  { name, written }: { readonly name: string; readonly written: string },
  origin: Origin
) =>
  Effect.flatMap(
    Environment.readRaw(name),
    Option.match({
      onSome: Effect.succeed,
      onNone: () =>
        errorAt(origin, {
          reason: "Substitution",
          message: `${printable(written)}: the environment variable is not set`,
          hint: `Set ${printable(name)}, or write the value in the file instead.`
        })
    })
  )

const readPlaceholderFile = Effect.fn("readPlaceholderFile")(
  function*(name: string, source: Source, origin: Origin, files: Files) {
    const path = yield* expandPath(name, source.directory)
    const text = yield* Effect.mapError(files.read(path), (error) =>
      errorAt(origin, {
        reason: "Substitution",
        message: `{file:${printable(name)}}: ${printable(path)} cannot be read: ${error.message}`,
        hint: "Make sure the file exists and is readable, or correct the path."
      }))
    let end = text.length
    while (text[end - 1] === "\n" || text[end - 1] === "\r") end -= 1
    return text.slice(0, end)
  }
)
