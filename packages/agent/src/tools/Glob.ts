/**
 * The tool that finds files by their names.
 *
 * @since 0.1.0
 */
import * as Tool from "@effect/ai/Tool"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { locate } from "../internal/files/paths.ts"
import { list } from "../internal/search/listFiles.ts"
import { newestFirst } from "../internal/search/newestFirst.ts"
import * as LeftOut from "../internal/search/skippedFiles.ts"
import { maybe, plural, says, text, tool } from "../internal/tools/defineTool.ts"
import { failed, refused } from "../internal/tools/toolFailure.ts"
import { ToolCall } from "../ToolCall.ts"

const maxFiles = 200

/** More files are not looked at one by one: they come in the order of their names. */
const maxDated = 5000

const timeLimit = "30 seconds"

/**
 * Finds files by a pattern.
 *
 * @since 0.1.0
 * @category tools
 */
export const Glob = tool(
  "glob",
  `Finds files by a pattern such as **/*.test.ts, the newest first, at most ${maxFiles}. What .gitignore ignores is left out, unless \
the pattern or path begins with it.`,
  {
    pattern: text("A glob pattern, relative to path: *, **, ?, [a-z], {a,b}. A path that exists is that path."),
    path: maybe(text("The directory to look in (default: the working directory)."))
  }
).annotate(Tool.Readonly, true)

/**
 * Needs no more than to look at the directory.
 *
 * @since 0.1.0
 * @category handlers
 */
export const glob = Effect.fn("Glob.glob")(function*(params: typeof Glob.parametersSchema.Type) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { permit, touch } = yield* ToolCall
  const target = yield* locate(params.path ?? ".")
  if (path.isAbsolute(params.pattern) || params.pattern.split("/").includes("..")) {
    return yield* failed("The pattern must stay below path: give the directory as path.")
  }
  yield* permit({ judged: target.judged("glob"), title: params.pattern })
  // What the pattern begins with is a path as well.
  const parts = params.pattern.split("/")
  const named = parts.slice(0, parts.findIndex((part) => /[*?[\]{}!()]/.test(part)))
  yield* touch(path.join(target.path, ...named))
  const { type } = yield* Effect.mapError(fs.stat(target.path), refused(target.shown))
  if (type !== "Directory") return yield* failed(`${target.shown} is not a directory.`)
  const { files, isComplete, leftOut } = yield* Effect.mapError(
    list(target.path, params.pattern, { within: timeLimit }),
    ({ message }) => failed(`${target.shown}: ${message}`)
  )
  const isDated = files.length <= maxDated
  const names = isDated ? yield* newestFirst(target.path, files) : files
  const order = isDated ? "" : ", by name since there are so many"
  const more = names.length > maxFiles ? `\n(${names.length - maxFiles} more${order}: use a narrower pattern.)` : ""
  return says(
    (names.length === 0 ? "No files match." : names.slice(0, maxFiles).join("\n") + more) +
      LeftOut.stopped(isComplete, timeLimit) + LeftOut.describe(leftOut),
    plural(names.length, "file")
  )
})
