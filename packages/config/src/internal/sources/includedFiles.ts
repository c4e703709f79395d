/** What a project's configuration brings in from the project: whoever trusts the configuration trusts these files with it. */
import { isBelow, realPath } from "@altimate-code/system/Paths"
import { readText } from "@altimate-code/system/ReadText"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { createHash } from "node:crypto"
import { options } from "../../ConfigFile.ts"
import { Directories } from "../../Directories.ts"
import * as Project from "../../Project.ts"
import type { Source } from "../file/parse.ts"
import { type Branch, find, leaves } from "../file/tree.ts"
import { expandPath, type Files, fillIn, isRelative, namedFiles, pathSettings } from "./substitute.ts"

export interface Included {
  /** By absolute path the SHA-256 of what is in the file, in hexadecimal digits. */
  readonly hashes: ReadonlyMap<string, string>
  /** Reads nothing twice: what is in `hashes` is what is filled in and used. */
  readonly files: Files
}

/** A larger script is told apart by its size and its date: hashing it would delay every start. */
const maxScriptSize = 32 * 1024 * 1024

const hash = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")

/** The files below the project that `{file:…}`, `caFile`, `clientCert`, `clientKey` and the words of commands name. */
export const includeFiles = Effect.fn("includeFiles")(function*(tree: Branch, source: Source) {
  // Nothing but a regular file: a pipe of a stranger's could keep the program waiting.
  const read = yield* Effect.cachedFunction((path: string) => readText(path))
  const isInside = yield* makeIsInside(source.directory)
  const hashes = new Map<string, string>()
  const kept = new Map<string, string>()
  const files: Files = { read, kept }

  for (const { path, written } of yield* namedFiles(tree, source)) {
    if (!isRelative(written) && !(yield* isInside(path))) continue
    hashes.set(path, Either.match(yield* Effect.either(read(path)), { onLeft: () => "unreadable", onRight: hash }))
  }
  for (const { path, written } of yield* pathSettings(tree, source, files)) {
    if (!isRelative(written) && !(yield* isInside(path))) continue
    const text = yield* Effect.either(read(path))
    hashes.set(path, Either.match(text, { onLeft: () => "unreadable", onRight: hash }))
    if (Either.isRight(text)) kept.set(path, text.right)
  }
  for (const named of yield* scripts(tree, source, files)) {
    if (hashes.has(named.path) || !(yield* isInside(named.path))) continue
    const script = yield* hashScript(named)
    if (Option.isSome(script)) hashes.set(named.path, script.value)
  }
  return { hashes, files } satisfies Included
})

const code = /\.([cm]?[jt]sx?|py|rb|pl|php|lua|sh|bash|zsh|ps1|awk|mk|jar|wasm)$/i

/** Of a file that a command names. What it may only read or write, such as a database, is none of it. */
const hashScript = Effect.fn("hashScript")(
  function*({ isCommand, path }: Named) {
    const fs = yield* FileSystem.FileSystem
    const { mode, mtime, size, type } = yield* fs.stat(path)
    if (type !== "File" || !(isCommand || (mode & 0o111) !== 0 || code.test(path))) return Option.none()
    if (size <= maxScriptSize) return Option.some(hash(yield* fs.readFile(path)))
    return Option.some(
      `${size} bytes of ${Option.match(mtime, { onNone: () => "", onSome: (at) => at.toISOString() })}`
    )
  },
  Effect.orElseSucceed(() => Option.none<string>())
)

/** Is a path below the project, or below the configuration file's own directory, by its name or by where its links lead? */
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
  /** Is it run, as the program or as the first argument of one? */
  readonly isCommand: boolean
}

/**
 * Every path that the words of `tokenCommand` and of the MCP servers can mean, from the file's directory, from the working directory,
 * where commands run, and from where a `cd` leads. What a command runs beyond what it names can't be known.
 */
const scripts = Effect.fn("scripts")(function*(tree: Branch, source: Source, files: Files) {
  const path = yield* Path.Path
  const { cwd } = yield* Directories
  const servers = find(tree, ["mcp"])
  const command = find(tree, options("tokenCommand"))
  const commands = [
    ...(command?._tag === "Leaf" ? [command] : []),
    ...(servers?._tag === "Branch" ? leaves(servers) : []).flatMap(([[, key], leaf]) =>
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
    const whole = words(texts.join(" "))
    const pieces = [
      ...texts.flatMap((text, index) => words(text).map((word) => ({ word, isCommand: index < 2 }))),
      ...whole.map((word) => ({ word, isCommand: false }))
    ]
    const bases = [source.directory, cwd]
    for (const [, directory = ""] of texts.join(" ").matchAll(/\bcd\s+["']?([^\s"';&|)]+)/g)) {
      for (const base of bases.slice(0, 2)) bases.push(yield* expandPath(inShell(directory), base))
    }
    for (const { isCommand, word } of pieces) {
      for (const base of bases) found.push({ path: path.normalize(yield* expandPath(inShell(word), base)), isCommand })
    }
  }
  return found
})

/** The path that a shell makes of it, as far as that is known. */
const inShell = (word: string): string =>
  word.replace(/^\$(HOME|\{HOME\})(?=\/|$)/, "~").replace(/^\$(PWD|\{PWD\})(?=\/|$)/, ".")

/** The text, its words, what is in quotes, and the pieces of all that: one too many is not a file, or does no harm. */
const words = (text: string): ReadonlyArray<string> =>
  [
    text,
    ...(text.match(/(?:[^\s\\]|\\.)+/g) ?? []).map((word) => word.replaceAll(/\\(.)/g, "$1")),
    ...Array.from(text.matchAll(/"([^"]*)"|'([^']*)'/g), ([, double, single]) => double ?? single ?? ""),
    ...text.split(/[\s"'`\\;|&()<>{}$=,:]+/)
  ].filter((word) => word !== "" && word.length < 4096 && !word.includes("\0"))
