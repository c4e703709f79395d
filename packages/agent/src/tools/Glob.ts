/**
 * The tool that finds files by their names.
 *
 * @since 0.1.0
 */
import * as Tool from "@effect/ai/Tool"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Files from "../Files.ts"
import { failed, refused } from "../internal/failures.ts"
import { locate } from "../internal/files/paths.ts"
import { maybe, plural, says, text, tool } from "../internal/tool.ts"
import { ToolCall } from "../ToolCall.ts"

const most = 200

/**
 * Finds files by a pattern.
 *
 * @since 0.1.0
 * @category tools
 */
export const Glob = tool(
  "glob",
  `Finds files by a pattern such as **/*.test.ts, the newest first, at most ${most}. What .gitignore leaves out is left out.`,
  {
    pattern: text("A glob pattern, relative to path: *, **, ?, [a-z], {a,b}."),
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
  const { permit } = yield* ToolCall
  const target = yield* locate(params.path ?? ".")
  if (path.isAbsolute(params.pattern) || params.pattern.split("/").includes("..")) {
    return yield* failed("The pattern must stay below path: give the directory as path.")
  }
  yield* permit({ judged: target.judged("glob"), title: params.pattern })
  const { type } = yield* Effect.mapError(fs.stat(target.path), refused(target.shown))
  if (type !== "Directory") return yield* failed(`${target.shown} is not a directory.`)
  const files = yield* Effect.mapError(Files.matching(target.path, params.pattern), ({ message }) => failed(message))
  const dated = yield* Effect.forEach(files, (file) =>
    fs.stat(path.join(target.path, file)).pipe(
      Effect.map(({ mtime }) => Option.match(mtime, { onNone: () => 0, onSome: (date) => date.getTime() })),
      Effect.orElseSucceed(() => 0),
      Effect.map((time) => ({ file, time }))
    ), { concurrency: 16 })
  const names = dated.toSorted((a, b) => b.time - a.time || a.file.localeCompare(b.file)).map(({ file }) => file)
  const more = names.length > most ? `\n(${names.length - most} more: use a narrower pattern.)` : ""
  return says(
    names.length === 0 ? "No file fits." : names.slice(0, most).join("\n") + more,
    plural(names.length, "file")
  )
})
