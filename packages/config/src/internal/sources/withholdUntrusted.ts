/** What a project's file says that has to wait until the user trusts it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { options, paths } from "../../ConfigFile.ts"
import * as Environment from "../../Environment.ts"
import type { UntrustedFile } from "../../Settings.ts"
import * as TrustedFiles from "../../TrustedFiles.ts"
import { TrustPolicy } from "../../TrustPolicy.ts"
import type { Source } from "../file/parse.ts"
import { type Branch, dotted, find, remove, toValue, type Tree } from "../file/tree.ts"
import { maskValue } from "../values/masking.ts"
import { includeFiles } from "./includedFiles.ts"
import { fillsIn, onDisk } from "./substitute.ts"

/** The file, when it is a project's. */
export const projectFile = (source: Source): Option.Option<string> => {
  const origin = source.origin(1, 1, "")
  return origin._tag === "File" && origin.scope === "project" ? Option.some(origin.path) : Option.none()
}

/** The URLs that the user's own configuration (`trees`, filled in) and environment have requests sent to. */
export const ownEndpoints = Effect.fn("ownEndpoints")(function*(trees: ReadonlyArray<Branch>) {
  const written = trees.flatMap((tree) =>
    [paths.baseURL, paths.endpoint].flatMap((path) => {
      const leaf = find(tree, path)
      return leaf?._tag === "Leaf" && typeof leaf.filled === "string" ? [leaf.filled] : []
    })
  )
  const environment = yield* Effect.forEach(
    ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"],
    Environment.variable
  )
  return [...written, ...environment.flatMap(Option.toArray)]
})

/** These are judged as a whole: something empty in the place of something else changes as much. */
const isGroup = (path: ReadonlyArray<string>): boolean =>
  path.length === 1 && path[0] === "permission" ||
  path.length === 2 && path[0] === "mcp" ||
  path.join() === options("headers").join()

const wishes = (
  tree: Branch,
  path: ReadonlyArray<string> = []
): ReadonlyArray<readonly [ReadonlyArray<string>, Tree]> =>
  Array.from(tree.children).flatMap(([key, child]) => {
    const at = [...path, key]
    return child._tag === "Leaf" || isGroup(at) ? [[at, child] as const] : wishes(child, at)
  })

/** What has to be seen by whoever trusts it: a command, and the names of headers. A stranger's file has no secrets of theirs. */
const shown = (path: ReadonlyArray<string>, value: unknown): unknown => {
  if (path.at(-1) === "tokenCommand") return value
  return path.join() === options("headers").join() && Predicate.isRecord(value)
    ? maskValue(value, [])
    : maskValue(value, path)
}

/** The file's tree without what waits, what that is, and where the files that the rest names come from. */
export const withhold = Effect.fn("withhold")(
  function*(tree: Branch, source: Source, path: string, ownEndpoints: ReadonlyArray<string>) {
    const { waits } = yield* TrustPolicy
    const changes: Array<UntrustedFile["changes"][number]> = []
    let rest = tree
    for (const [path, wish] of wishes(tree)) {
      const value = toValue(wish)
      const why = waits({ path, value, fillsIn: fillsIn(path, wish), ownEndpoints })
      if (Option.isNone(why)) continue
      changes.push({ key: dotted(path), value: shown(path, value), why: why.value, origin: wish.origin })
      rest = remove(rest, path)
    }
    if (changes.length === 0) return { tree, untrusted: Option.none<UntrustedFile>(), files: onDisk }
    const { files, hashes } = yield* includeFiles(tree, source)
    const version = TrustedFiles.version(path, source.text, hashes)
    if (yield* TrustedFiles.has(version)) return { tree, untrusted: Option.none<UntrustedFile>(), files }
    return {
      tree: rest,
      untrusted: Option.some<UntrustedFile>({ ...version, changes, includes: [...hashes.keys()] }),
      files
    }
  }
)
