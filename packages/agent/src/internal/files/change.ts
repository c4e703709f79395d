/** Changes of a file: shown before they are made, and made in one step. */
import { checkWritable, replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ToolCall, type ToolFailure, type ToolOutput } from "../../ToolCall.ts"
import { failed, refused } from "../tools/toolFailure.ts"
import { decode, type Decoded, encode, utf8 } from "./encoding.ts"
import { Readings } from "./fileVersions.ts"
import type { Target } from "./paths.ts"

const diffOf = (shown: string, before: string, after: string): string =>
  createTwoFilesPatch(`a/${shown}`, `b/${shown}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY
  })

/** The file as it is, which the model must have seen; none when it does not exist yet. */
const current = Effect.fn("change.current")(function*(target: Target) {
  const fs = yield* FileSystem.FileSystem
  const { state } = yield* Readings
  if (!(yield* Effect.mapError(fs.exists(target.path), refused(target.shown)))) return Option.none<Decoded>()
  const { mode, type } = yield* Effect.mapError(fs.stat(target.path), refused(target.shown))
  if (type !== "File") return yield* failed(`${target.shown} is not a regular file.`)
  yield* Effect.mapError(checkWritable(target.path), (error) =>
    (mode & 0o200) === 0
      ? failed(`${target.shown} is read-only. If it is meant to be changed: chmod u+w ${target.shown}`)
      : refused(target.shown)(error))
  const bytes = yield* Effect.mapError(fs.readFile(target.path), refused(target.shown))
  switch (state(target.path, bytes)) {
    case "never":
      return yield* failed(`Read ${target.shown} before you change it.`)
    case "changed":
      return yield* failed(`${target.shown} was changed on disk since you read it. Read it again first.`)
    case "seen": {
      const decoded = decode(bytes)
      return typeof decoded === "string"
        ? yield* failed(`${target.shown} is ${decoded}`)
        : Option.some(decoded)
    }
  }
})

const textOf = Option.match({ onNone: () => undefined, onSome: ({ text }: Decoded) => text })

/**
 * Asks for the change that `next` makes of the file's text, and makes it if the file is still the same by then. Its encoding stays,
 * and so does what `replaceFile` keeps.
 */
export const change = (
  target: Target,
  next: (before: Option.Option<string>) => Effect.Effect<string, ToolFailure>
) =>
  Effect.gen(function*() {
    const { permit, touch } = yield* ToolCall
    const { alone, saw } = yield* Readings
    return yield* alone(target.path)(Effect.gen(function*() {
      const before = yield* current(target)
      const after = yield* next(Option.map(before, ({ text }) => text))
      const encoding = Option.match(before, { onNone: () => utf8, onSome: ({ encoding }) => encoding })
      const bytes = encode(after, encoding)
      if (typeof bytes === "string") {
        return yield* failed(
          `${target.shown} is in ${encoding.name}, which has no “${bytes}”. Do without it, or convert the file to UTF-8 first (iconv).`
        )
      }
      const diff = diffOf(target.shown, textOf(before) ?? "", after)
      yield* permit({ judged: target.judged("edit"), title: target.shown, preview: { type: "diff", text: diff } })
      yield* touch(target.path)
      // The user may have taken their time.
      const now = yield* current(target)
      if (textOf(now) !== textOf(before)) {
        return yield* failed(`${target.shown} was changed on disk in the meantime. Read it again first.`)
      }
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
