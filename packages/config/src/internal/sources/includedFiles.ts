/** Finds the project's files that its configuration uses. Trusting the configuration includes trusting these files. */
import * as Digest from "@altimate-code/system/Digest"
import { isBelow, realPath } from "@altimate-code/system/Paths"
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { options } from "../../ConfigFile.ts"
import { Directories } from "../../Directories.ts"
import * as Project from "../../Project.ts"
import type { Source } from "../file/parse.ts"
import { type Branch, find, listLeaves } from "../file/tree.ts"
import { expandPath } from "./expandPath.ts"
import { type Files, fillIn, findNamedFiles, findPathSettings, isRelative } from "./substitute.ts"

export interface Included {
  /** By absolute path, the SHA-256 of the file's content in hexadecimal. */
  readonly hashes: ReadonlyMap<string, string>
  /** Reads each file once, so that the hashed content is the content that is used. */
  readonly files: Files
}

/** In bytes. Larger scripts are identified by size and modification time, since hashing them would delay every start. */
const maxScriptSize = 32 * 1024 * 1024

/** The files in the project that are named by `{file:…}`, `caFile`, `clientCert`, `clientKey` and the words of commands. */
export const includeFiles = Effect.fn("includeFiles")(function*(tree: Branch, source: Source) {
  // Regular files only: a stranger's pipe could make the program wait forever.
  const read = yield* Effect.cachedFunction((path: string) => readText(path))
  const isInside = yield* makeIsInside(source.directory)
  const hashes = new Map<string, string>()
  const trustedContents = new Map<string, string>()
  const files: Files = { read, trustedContents }

  for (const { path, written } of yield* findNamedFiles(tree, source)) {
    if (!isRelative(written) && !(yield* isInside(path))) continue
    hashes.set(path, Either.match(yield* Effect.either(read(path)), { onLeft: () => "unreadable", onRight: Digest.of }))
  }
  for (const { path, written } of yield* findPathSettings(tree, source, files)) {
    if (!isRelative(written) && !(yield* isInside(path))) continue
    const text = yield* Effect.either(read(path))
    hashes.set(path, Either.match(text, { onLeft: () => "unreadable", onRight: Digest.of }))
    if (Either.isRight(text)) trustedContents.set(path, text.right)
  }
  for (const named of yield* findScripts(tree, source, files)) {
    if (hashes.has(named.path) || !(yield* isInside(named.path))) continue
    const script = yield* hashScript(named)
    if (Option.isSome(script)) hashes.set(named.path, script.value)
  }
  return { hashes, files } satisfies Included
})

const scriptName = /\.([cm]?[jt]sx?|py|rb|pl|php|lua|sh|bash|zsh|ps1|awk|mk|jar|wasm)$/i

/** The hash of a script that a command names; none for data files, such as a database. */
const hashScript = Effect.fn("hashScript")(
  function*({ isCommand, path }: Named) {
    const fs = yield* FileSystem.FileSystem
    const { mode, mtime, size, type } = yield* fs.stat(path)
    if (type !== "File" || !(isCommand || (mode & 0o111) !== 0 || scriptName.test(path))) return Option.none()
    if (size <= maxScriptSize) return Option.some(Digest.of(yield* fs.readFile(path)))
    return Option.some(
      `${size} bytes of ${Option.match(mtime, { onNone: () => "", onSome: (at) => at.toISOString() })}`
    )
  },
  Effect.orElseSucceed(() => Option.none<string>())
)

/** Checks whether a path is in the project or in the configuration file's directory, as written or after resolving symbolic links. */
const makeIsInside = Effect.fn("makeIsInside")(function*(directory: string) {
  const real = (file: string) => Effect.orElseSucceed(realPath(file), () => file)
  const project = yield* Project.find
  const roots = [directory, ...Option.match(project, { onNone: () => [], onSome: ({ root }) => [root] })]
  const realRoots = yield* Effect.forEach(roots, real)
  return (file: string) =>
    roots.some((root) => isBelow(file, root))
      ? Effect.succeed(true)
      : Effect.map(real(file), (target) => realRoots.some((root) => isBelow(target, root)))
})

interface Named {
  readonly path: string
  /** Whether it is the program or its first argument. */
  readonly isCommand: boolean
}

/**
 * Every path that a word of `tokenCommand` or of an MCP server can mean: relative to the file's directory, to the working directory (where
 * commands run), or to the target of a `cd`. Files that a command runs without naming them can't be known.
 */
const findScripts = Effect.fn("findScripts")(function*(tree: Branch, source: Source, files: Files) {
  const path = yield* Path.Path
  const { cwd } = yield* Directories
  const servers = find(tree, ["mcp"])
  const command = find(tree, options("tokenCommand"))
  const commands = [
    ...(command?._tag === "Leaf" ? [command] : []),
    ...(servers?._tag === "Branch" ? listLeaves(servers) : []).flatMap(([[, key], leaf]) =>
      key === "command" || key === "args" || key === "headersCommand"
        ? [leaf]
        : key === "environment"
        ? [{ ...leaf, value: ["", "", leaf.value] }]
        : []
    )
  ]
  const found: Array<Named> = []
  for (const { origin, value } of commands) {
    const written = Array.isArray(value) ? value.map(String) : String(value).trim().split(/\s+/)
    const texts = yield* Effect.forEach(written, (text) =>
      fillIn(text, source, origin, files).pipe(
        Effect.match({ onFailure: () => text, onSuccess: (filled) => filled.text })
      ))
    const whole = splitWords(texts.join(" "))
    const pieces = [
      ...texts.flatMap((text, index) => splitWords(text).map((word) => ({ word, isCommand: index < 2 }))),
      ...whole.map((word) => ({ word, isCommand: false }))
    ]
    const bases = [source.directory, cwd]
    for (const [, directory = ""] of texts.join(" ").matchAll(/\bcd\s+["']?([^\s"';&|)]+)/g)) {
      for (const base of bases.slice(0, 2)) bases.push(yield* expandPath(expandVariables(directory), base))
    }
    for (const { isCommand, word } of pieces) {
      for (const base of bases) {
        found.push({ path: path.normalize(yield* expandPath(expandVariables(word), base)), isCommand })
      }
    }
  }
  return found
})

/** Expands `$HOME` and `$PWD` as a shell does. */
const expandVariables = (word: string): string =>
  word.replace(/^\$(HOME|\{HOME\})(?=\/|$)/, "~").replace(/^\$(PWD|\{PWD\})(?=\/|$)/, ".")

/** The text, its words, quoted parts, and pieces of these. Extra candidates are not files, or do no harm. */
const splitWords = (text: string): ReadonlyArray<string> =>
  [
    text,
    ...(text.match(/(?:[^\s\\]|\\.)+/g) ?? []).map((word) => word.replaceAll(/\\(.)/g, "$1")),
    ...Array.from(text.matchAll(/"([^"]*)"|'([^']*)'/g), ([, double, single]) => double ?? single ?? ""),
    ...text.split(/[\s"'`\\;|&()<>{}$=,:]+/)
  ].filter((word) => word !== "" && word.length < 4096 && !word.includes("\0"))
