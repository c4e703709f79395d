/** Changes of a file: shown before they are made, and made in one step. */
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ToolCall, type ToolFailure, type ToolOutput } from "../ToolCall.ts"
import { failed, refused } from "./failures.ts"
import type { Target } from "./paths.ts"
import { Readings } from "./readings.ts"

const diffOf = (shown: string, before: string, after: string): string =>
  createTwoFilesPatch(`a/${shown}`, `b/${shown}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY
  })

/** The file as it is, which the model must have seen; none when it does not exist yet. */
const current = Effect.fn("change.current")(function*(target: Target) {
  const fs = yield* FileSystem.FileSystem
  const { state } = yield* Readings
  if (!(yield* Effect.mapError(fs.exists(target.path), refused(target.shown)))) return Option.none<string>()
  const stat = yield* Effect.mapError(fs.stat(target.path), refused(target.shown))
  if (stat.type !== "File") return yield* failed(`${target.shown} is not a regular file.`)
  const bytes = yield* Effect.mapError(fs.readFile(target.path), refused(target.shown))
  switch (state(target.path, bytes)) {
    case "never":
      return yield* failed(`Read ${target.shown} before you change it.`)
    case "changed":
      return yield* failed(`${target.shown} was changed on disk since you read it. Read it again first.`)
    case "seen":
      return Option.some(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes))
  }
})

/**
 * Asks for the change that `next` makes of the file's content, and makes it if the file is still the same by then. Its mode stays,
 * and so does a symbolic link to it; what it has besides (owner, extended attributes, hard links) is a new file's.
 */
export const change = (
  target: Target,
  next: (before: Option.Option<string>) => Effect.Effect<string, ToolFailure>
) =>
  Effect.gen(function*() {
    const { permit } = yield* ToolCall
    const { alone, saw } = yield* Readings
    return yield* alone(target.path)(Effect.gen(function*() {
      const before = yield* current(target)
      const after = yield* next(before)
      const diff = diffOf(target.shown, Option.getOrElse(before, () => ""), after)
      yield* permit({ judged: target.judged("edit"), title: target.shown, preview: { type: "diff", text: diff } })
      // The person may have taken their time.
      const now = yield* current(target)
      if (Option.getOrNull(now) !== Option.getOrNull(before)) {
        return yield* failed(`${target.shown} was changed on disk in the meantime. Read it again first.`)
      }
      const bytes = new TextEncoder().encode(after)
      yield* Effect.mapError(replaceFile(target.path, bytes, { mode: 0o666 }), refused(target.shown))
      saw(target.path, bytes)
      const output: ToolOutput = {
        content: [{ type: "text", text: `${Option.isNone(before) ? "Created" : "Changed"} ${target.shown}.` }],
        summary: lineCounts(diff),
        diff
      }
      return output
    }))
  })

/** How many lines a change adds and removes, e.g. `+2 −1`. */
const lineCounts = (diff: string): string => {
  const lines = diff.split("\n").slice(3)
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length
  return `+${count("+")} −${count("-")}`
}
