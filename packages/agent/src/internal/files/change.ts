/** Changes a file atomically after the user has seen the diff. */
import { checkWritable, replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ToolCall, type ToolFailure, type ToolOutput } from "../../tools/ToolCall.ts"
import { failed, fileFailure } from "../tools/toolFailure.ts"
import { decode, encode, utf8 } from "./encoding.ts"
import * as FileCopies from "./fileCopies.ts"
import { FileVersions } from "./fileVersions.ts"
import type { Target } from "./paths.ts"

const makeDiff = (shown: string, before: string, after: string): string =>
  createTwoFilesPatch(`a/${shown}`, `b/${shown}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY
  })

/** Reads the current content; none if the file does not exist. Fails unless the model has read this version. */
const readCurrent = Effect.fn("change.readCurrent")(function*(target: Target) {
  const fs = yield* FileSystem.FileSystem
  const { state } = yield* FileVersions
  if (!(yield* Effect.mapError(fs.exists(target.path), fileFailure(target.shown)))) return Option.none()
  const { mode, type } = yield* Effect.mapError(fs.stat(target.path), fileFailure(target.shown))
  if (type !== "File") return yield* failed(`${target.shown} is not a regular file.`)
  yield* Effect.mapError(checkWritable(target.path), (error) =>
    (mode & 0o200) === 0
      ? failed(`${target.shown} is read-only. To make it writable: chmod u+w ${target.shown}`)
      : fileFailure(target.shown)(error))
  const bytes = yield* Effect.mapError(fs.readFile(target.path), fileFailure(target.shown))
  switch (state(target.path, bytes)) {
    case "unread":
      return yield* failed(`Read ${target.shown} before you change it.`)
    case "changed":
      return yield* failed(`${target.shown} was changed on disk since you read it. Read it again first.`)
    case "read": {
      const decoded = decode(bytes)
      return typeof decoded === "string"
        ? yield* failed(`${target.shown} is ${decoded}`)
        : Option.some({ ...decoded, bytes })
    }
  }
})

const textOf = Option.match({ onNone: () => undefined, onSome: ({ text }: { readonly text: string }) => text })

/**
 * Asks for permission to replace the file's text with the result of `next`, then writes it if the file has not changed in the
 * meantime. The encoding and everything that `replaceFile` preserves stay the same.
 */
export const change = (
  target: Target,
  next: (before: Option.Option<string>) => Effect.Effect<string, ToolFailure>
) =>
  Effect.gen(function*() {
    const { changeLog, permit, touch } = yield* ToolCall
    const { exclusive, remember } = yield* FileVersions
    return yield* exclusive(target.path)(Effect.gen(function*() {
      const before = yield* readCurrent(target)
      const after = yield* next(Option.map(before, ({ text }) => text))
      const encoding = Option.match(before, { onNone: () => utf8, onSome: ({ encoding }) => encoding })
      const bytes = encode(after, encoding)
      if (typeof bytes === "string") {
        return yield* failed(
          `${target.shown} is encoded in ${encoding.name}, which can't represent “${bytes}”. Avoid that character, or convert the file to UTF-8 first (iconv).`
        )
      }
      const diff = makeDiff(target.shown, textOf(before) ?? "", after)
      yield* permit({ parts: target.partsFor("edit"), title: target.shown, preview: { type: "diff", text: diff } })
      yield* touch(target.path)
      // The file may have changed while the user decided.
      const now = yield* readCurrent(target)
      if (textOf(now) !== textOf(before)) {
        return yield* failed(`${target.shown} was changed on disk in the meantime. Read it again first.`)
      }
      const isSecret = target.partsFor("read").some(({ secret }) => secret === true)
      yield* FileCopies.store(changeLog, { path: target.path, before: now, after: bytes, isSecret })
      yield* Effect.mapError(replaceFile(target.path, bytes, { mode: 0o666 }), fileFailure(target.shown))
      remember(target.path, bytes)
      const output: ToolOutput = {
        content: [{ type: "text", text: `${Option.isNone(before) ? "Created" : "Changed"} ${target.shown}.` }],
        summary: countChangedLines(diff),
        diff
      }
      return output
    }))
  })

/** Counts the lines that a change adds and removes: `+2 −1`. */
const countChangedLines = (diff: string): string => {
  const lines = diff.split("\n").slice(3)
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length
  return `+${count("+")} −${count("-")}`
}
