/**
 * The tool that finds files by their names.
 *
 * @since 0.1.0
 */
import * as Tool from "@effect/ai/Tool"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { Locate } from "../internal/files/paths.ts"
import { describeSkipped, describeStop } from "../internal/search/describeSkipped.ts"
import { list } from "../internal/search/listFiles.ts"
import { sortNewestFirst } from "../internal/search/newestFirst.ts"
import { optional, plural, string, textOutput, tool } from "../internal/tools/defineTool.ts"
import { failed, fileFailure } from "../internal/tools/toolFailure.ts"
import { ToolCall } from "./ToolCall.ts"

const maxFiles = 200

/** More files are sorted by name, because reading the time of each would take too long. */
const maxSortedByTime = 5000

const timeLimit = "30 seconds"

/**
 * Finds files with a glob pattern.
 *
 * @since 0.1.0
 * @category tools
 */
export const Glob = tool(
  "glob",
  `Finds files with a glob pattern such as **/*.test.ts, newest first, at most ${maxFiles}. Files that .gitignore ignores are left out \
unless the pattern or path starts with them.`,
  {
    pattern: string("A glob pattern relative to path: *, **, ?, [a-z], {a,b}. An existing path matches literally."),
    path: optional(string("The directory to search (default: the working directory)."))
  }
).annotate(Tool.Readonly, true)

/**
 * Asks for permission to list the directory, then lists the files.
 *
 * @since 0.1.0
 * @category handlers
 */
export const glob = Effect.fnUntraced(function*(params: typeof Glob.parametersSchema.Type) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { permit, touch } = yield* ToolCall
  const target = yield* (yield* Locate)(params.path ?? ".")
  if (path.isAbsolute(params.pattern) || params.pattern.split("/").includes("..")) {
    return yield* failed("The pattern must stay below path: pass the directory as path.")
  }
  yield* permit({ parts: target.partsFor("glob"), title: params.pattern })
  // The pattern may start with a path.
  const parts = params.pattern.split("/")
  const named = parts.slice(0, parts.findIndex((part) => /[*?[\]{}!()]/.test(part)))
  yield* touch(path.join(target.path, ...named))
  const { type } = yield* Effect.mapError(fs.stat(target.path), fileFailure(target.shown))
  if (type !== "Directory") return yield* failed(`${target.shown} is not a directory.`)
  const { files, isComplete, skipped } = yield* Effect.mapError(
    list(target.path, params.pattern, { within: timeLimit }),
    ({ message }) => failed(`${target.shown}: ${message}`)
  )
  const isDated = files.length <= maxSortedByTime
  const names = isDated ? yield* sortNewestFirst(target.path, files) : files
  const order = isDated ? "" : ", sorted by name"
  const more = names.length > maxFiles ? `\n(${names.length - maxFiles} more${order}: use a narrower pattern.)` : ""
  return textOutput(
    (names.length === 0 ? "No files match." : names.slice(0, maxFiles).join("\n") + more) +
      describeStop(isComplete, timeLimit) + describeSkipped(skipped),
    plural(names.length, "file")
  )
})
