/**
 * Files that the user names in a prompt, as `@path`.
 *
 * @since 0.1.0
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { locate } from "./internal/files/paths.ts"
import * as Pattern from "./internal/permission/pattern.ts"

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
 * Finds the files that a typed prompt mentions, so that reading them needs no further permission. A mention ends at white space and must
 * name a regular file.
 *
 * @since 0.1.0
 * @category constructors
 */
export const resolve = Effect.fn("Mentions.resolve")(function*(prompt: string) {
  const fs = yield* FileSystem.FileSystem
  const words = new Set((prompt.match(/(?<=^|\s)@\S+/g) ?? []).map((word) => word.slice(1)))
  const isFile = (path: string) =>
    Effect.orElseSucceed(Effect.map(fs.stat(path), ({ type }) => type === "File"), () => false)
  const targets = yield* Effect.forEach(words, (word) =>
    Effect.gen(function*() {
      for (const name of new Set([word, word.replace(/[.,;:!?)]+$/, "")])) {
        const target = yield* locate(name)
        if (yield* isFile(target.path)) return [target]
      }
      return []
    }))
  const consent: Consent = {
    grants: targets.flat().map(({ partsFor }) => partsFor("read"))
      .filter((parts) => parts.length > 1 || parts[0]?.secret === true)
      .flatMap((parts) => parts.map(({ permission, subject }) => ({ permission, pattern: Pattern.escape(subject) }))),
    notices: targets.flat().filter(({ partsFor }) => partsFor("read").at(-1)?.secret === true)
      .map(({ shown }) =>
        `${shown} may contain secrets: the model may read it in this session, because your prompt mentions it`
      )
  }
  return consent
})
