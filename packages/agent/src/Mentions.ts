/**
 * Files that the user names in a prompt, as `@path` or `@"path with spaces"`.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { makeLocate } from "./internal/files/paths.ts"
import * as Pattern from "./internal/permission/pattern.ts"
import { Workspace } from "./Workspace.ts"

/**
 * What the model may read because the user's prompt mentions it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Consent {
  /** Session grants for exactly those files that need permission to read. */
  readonly grants: ReadonlyArray<{ readonly permission: string; readonly pattern: string }>
  /** Tells the user which of them may contain secrets. */
  readonly notices: ReadonlyArray<string>
}

/**
 * Writes a mention of the path, in quotes if it has white space or quotes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const format = (path: string): string => /[\s"]/.test(path) ? `@"${path.replace(/["\\]/g, "\\$&")}"` : `@${path}`

/** In quotes with backslashes, or up to white space. */
const pattern = /(?<=^|\s)@(?:"((?:[^"\\]|\\.)+)"|(\S+))/g

const unescape = (quoted: string): string => quoted.replace(/\\(.)/g, "$1")

/**
 * The prompt with other paths in its mentions. Punctuation at the end of a mention counts as a part of the path.
 *
 * @since 0.1.0
 * @category rendering
 */
export const mapPaths = (prompt: string, f: (path: string) => string): string =>
  prompt.replace(
    pattern,
    (_, quoted: string | undefined, word = "") => format(f(quoted === undefined ? word : unescape(quoted)))
  )

/**
 * The mentions in a prompt, each once. Each is a list of the paths that it may mean, the most likely first: punctuation at its end may belong to
 * the sentence.
 *
 * @since 0.1.0
 * @category queries
 */
export const find = (prompt: string): ReadonlyArray<ReadonlyArray<string>> => {
  const found = new Map<string, ReadonlyArray<string>>()
  for (const [, quoted, word] of prompt.matchAll(pattern)) {
    if (quoted !== undefined) {
      const path = unescape(quoted)
      found.set(path, [path])
    } else if (word !== undefined) found.set(word, [...new Set([word, word.replace(/[.,;:!?)]+$/, "")])])
  }
  return [...found.values()]
}

/**
 * Finds the files that a typed prompt mentions, so that reading them needs no further permission. A mention must name a regular file.
 *
 * @since 0.1.0
 * @category constructors
 */
export const resolve = Effect.fn("Mentions.resolve")(function*(prompt: string) {
  const fs = yield* FileSystem.FileSystem
  const { outputs } = yield* Workspace
  const locate = yield* makeLocate
  const realOutputs = yield* Paths.resolveLinks(outputs)
  const isFile = (path: string) =>
    Effect.orElseSucceed(Effect.map(fs.stat(path), ({ type }) => type === "File"), () => false)
  const targets = yield* Effect.forEach(find(prompt), (names) =>
    Effect.gen(function*() {
      for (const name of names) {
        const target = yield* locate(name)
        if (yield* isFile(target.path)) return [target]
      }
      return []
    }))
  const consent: Consent = {
    grants: targets.flat().map(({ partsFor }) => partsFor("read"))
      .filter((parts) => parts.length > 1 || parts[0]?.secret === true)
      .flatMap((parts) => parts.map(({ permission, subject }) => ({ permission, pattern: Pattern.escape(subject) }))),
    notices: targets.flat()
      // A picture from the clipboard is among the outputs: the user has just attached it.
      .filter(({ partsFor, path }) => partsFor("read").at(-1)?.secret === true && !Paths.isBelow(path, realOutputs))
      .map(({ shown }) =>
        `${shown} may contain secrets: the model may read it in this session, because your prompt mentions it`
      )
  }
  return consent
})
