/**
 * The tool that finds text in files.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as Tool from "@effect/ai/Tool"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { refused } from "../internal/failures.ts"
import * as ownSearch from "../internal/search/ownSearch.ts"
import { locate } from "../internal/files/paths.ts"
import * as ripgrep from "../internal/search/ripgrep.ts"
import { maybe, plural, says, text, tool } from "../internal/tool.ts"
import { ToolCall } from "../ToolCall.ts"

const most = 200
const longestLine = 500

/**
 * Finds lines by a regular expression.
 *
 * @since 0.1.0
 * @category tools
 */
export const Grep = tool(
  "grep",
  `Finds lines by a regular expression, as path:line:text, at most ${most} of them. What .gitignore leaves out is left out, and in a \
directory every file that would have to be asked for.`,
  {
    pattern: text("A regular expression."),
    path: maybe(text("The directory or file to look in (default: the working directory).")),
    glob: maybe(text("Only files that fit this pattern, e.g. *.ts.")),
    ignoreCase: maybe(Schema.Boolean),
    context: maybe(
      Schema.Int.pipe(Schema.between(0, 20)).annotations({ description: "How many lines around each to show as well." })
    )
  }
).annotate(Tool.Readonly, true)

/**
 * Uses ripgrep when it is on the PATH. Of a directory it shows only the files that `read` would show without a question.
 *
 * @since 0.1.0
 * @category handlers
 */
export const grep = Effect.fn("Grep.grep")(function*(params: typeof Grep.parametersSchema.Type) {
  const fs = yield* FileSystem.FileSystem
  const { permit, verdicts } = yield* ToolCall
  const target = yield* locate(params.path ?? ".")
  // To search one file is to read it: a rule against reading it holds here too.
  const reading = params.path === undefined ? [] : target.judged("read").slice(-1)
  yield* permit({ judged: [...target.judged("grep"), ...reading], title: params.pattern })
  const { type } = yield* Effect.mapError(fs.stat(target.path), refused(target.shown))
  // Of the files in a directory, those that `read` would show without a question. To search outside was asked for above.
  const readable = (files: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      const judged = files.map((file) => target.within(file).judged("read"))
      const read = yield* verdicts(judged.map((parts) => parts.at(-1)!))
      const outside = yield* verdicts(judged.flatMap((parts) => parts.slice(0, -1)))
      return new Set(files.filter((_, index) => read[index] === "allow" && outside[index] !== "deny"))
    })
  const query = {
    pattern: params.pattern,
    target: target.path,
    isDirectory: type === "Directory",
    glob: params.glob,
    ignoreCase: params.ignoreCase ?? false,
    context: params.context ?? 0,
    // One more than is shown, to know whether there is more.
    most: most + 1,
    readable
  }
  const { leftOut, lines: found } = yield* Effect.catchTag(
    ripgrep.search(query),
    "NoRipgrep",
    () => ownSearch.search(query)
  )
  const lines = found.slice(0, most).map((line) =>
    line.length > longestLine ? `${Cut.head(line, longestLine)}… (${line.length} characters)` : line
  )
  const more = found.length > most ? "\n(There is more: use a narrower pattern, path or glob.)" : ""
  const unread = leftOut === 0
    ? ""
    : `\n(${
      plural(leftOut, "file is", "files are")
    } left out: reading them has to be allowed; grep each by its path to ask.)`
  return says(
    (lines.length === 0 ? "No line fits." : lines.join("\n") + more) + unread,
    found.length > most ? `more than ${most} lines` : plural(lines.length, "line")
  )
})
