import { printable } from "@altimate-code/log/Printable"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { paths } from "../ConfigFile.ts"
import { Directories } from "../Directories.ts"
import * as Environment from "../Environment.ts"
import type { Origin } from "../Origin.ts"
import type { Source } from "./parse.ts"
import { failure } from "./place.ts"
import { readText } from "./readText.ts"
import { type Branch, find, replace } from "./tree.ts"

const pattern = /\{(env|file):([^{}]*)\}/g

/**
 * The tree with `{env:NAME}` and `{file:path}` filled in, in the known settings only and once: what is put in is not
 * looked at again. A setting that is blank then is taken out, as though it had never been written; `emptied` are those
 * that became so by what was put in.
 */
export const substitute = Effect.fn("substitute")(function*(tree: Branch, source: Source) {
  const emptied: Array<{ readonly path: ReadonlyArray<string>; readonly origin: Origin }> = []
  let result = tree
  for (const path of Object.values(paths)) {
    const leaf = find(tree, path)
    if (leaf?._tag !== "Leaf" || typeof leaf.value !== "string") continue
    const text = yield* fillIn(leaf.value, source, leaf.origin)
    const blank = text.trim() === ""
    if (blank && leaf.value.trim() !== "") emptied.push({ path, origin: leaf.origin })
    result = replace(result, path, blank ? undefined : { ...leaf, filled: text })
  }
  return { tree: result, emptied }
})

const fillIn = Effect.fn("fillIn")(function*(written: string, source: Source, origin: Origin) {
  const values = yield* Effect.forEach(
    written.matchAll(pattern),
    ([, kind, name = ""]) =>
      kind === "env" ? fromEnvironment(name.trim(), origin) : fromFile(name.trim(), source, origin)
  )
  const next = values.values()
  return written.replaceAll(pattern, () => next.next().value ?? "")
})

const fromEnvironment = (name: string, origin: Origin) =>
  Effect.flatMap(
    Environment.raw(name),
    Option.match({
      onSome: Effect.succeed,
      onNone: () =>
        failure(origin, {
          reason: "Substitution",
          message: `{env:${printable(name)}}: this environment variable is not set`,
          hint: `Set ${printable(name)} before starting, or write the value itself in the file.`
        })
    })
  )

const fromFile = Effect.fn("fromFile")(function*(name: string, source: Source, origin: Origin) {
  const path = yield* expandPath(name, source.directory)
  const text = yield* Effect.mapError(readText(path), (error) =>
    failure(origin, {
      reason: "Substitution",
      message: `{file:${printable(name)}}: ${printable(path)} cannot be read: ${error.message}`,
      hint: "Put a readable file there, or correct the path."
    }))
  let end = text.length
  while (text[end - 1] === "\n" || text[end - 1] === "\r") end -= 1
  return text.slice(0, end)
})

/** The absolute path: `~` is the home directory, anything relative starts from `base`. */
export const expandPath = Effect.fn("expandPath")(function*(written: string, base: string) {
  const path = yield* Path.Path
  const { home } = yield* Directories
  return /^~(?=$|[/\\])/.test(written) ? path.join(home, written.slice(1)) : path.resolve(base, written)
})
