/**
 * The tool that finds text in files.
 *
 * @since 0.1.0
 */
import * as Tool from "@effect/ai/Tool"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { locate, type Target } from "../internal/files/paths.ts"
import { makeCollector, type Query } from "../internal/search/found.ts"
import { matcher } from "../internal/search/globPattern.ts"
import { list } from "../internal/search/listFiles.ts"
import { pause } from "../internal/search/pause.ts"
import { search } from "../internal/search/search.ts"
import * as LeftOut from "../internal/search/skippedFiles.ts"
import { maybe, plural, says, text, tool } from "../internal/tools/defineTool.ts"
import { failed, refused } from "../internal/tools/toolFailure.ts"
import { ToolCall } from "../ToolCall.ts"
import { Workspace } from "../Workspace.ts"

const maxLines = 200

const timeLimit = "30 seconds"

/**
 * Finds lines by a regular expression.
 *
 * @since 0.1.0
 * @category tools
 */
export const Grep = tool(
  "grep",
  `Finds lines by a regular expression, as path:line:text, at most ${maxLines} of them. In a directory what .gitignore ignores is left \
out, unless path or glob begins with it, and so is every file that needs permission to read.`,
  {
    pattern: text("A regular expression for a line."),
    path: maybe(text("The directory or file to look in (default: the working directory).")),
    glob: maybe(text("Only files that match this pattern, e.g. *.ts, src/** or !*.md.")),
    ignoreCase: maybe(Schema.Boolean),
    context: maybe(
      Schema.Int.pipe(Schema.between(0, 20)).annotations({ description: "How many lines around each to show as well." })
    )
  }
).annotate(Tool.Readonly, true)

/**
 * Uses ripgrep when it is on the PATH. Of a directory it searches only the files that `read` would show without a question.
 *
 * @since 0.1.0
 * @category handlers
 */
export const grep = Effect.fn("Grep.grep")(function*(params: typeof Grep.parametersSchema.Type) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { permit, touch } = yield* ToolCall
  const { programEnvironment } = yield* Workspace
  const target = yield* locate(params.path ?? ".")
  if (isAcrossLines(params.pattern)) {
    return yield* failed("The pattern contains a line end, but lines are searched one by one.")
  }
  // To search one file is to read it: a rule against reading it holds here too.
  const reading = params.path === undefined ? [] : target.judged("read").slice(-1)
  yield* permit({ judged: [...target.judged("grep"), ...reading], title: params.pattern })
  yield* touch(target.path)
  const started = yield* Clock.currentTimeMillis
  const { type } = yield* Effect.mapError(fs.stat(target.path), refused(target.shown))
  const isDirectory = type === "Directory"
  if (!isDirectory && type !== "File") {
    return yield* failed(`${target.shown} is not a regular file, but a pipe, socket or device: it can't be searched.`)
  }
  const { files, isComplete: isListed, leftOut, whole } = isDirectory
    ? yield* filesIn(target, params.glob)
    : { files: [path.basename(target.path)], isComplete: true, leftOut: { unreadable: 0 }, whole: new Map() }
  const query: Query = {
    directory: isDirectory ? target.path : path.dirname(target.path),
    whole,
    pattern: params.pattern,
    ignoreCase: params.ignoreCase ?? false,
    context: params.context ?? 0,
    // One more than is shown, to know whether there is more.
    maxLines: maxLines + 1
  }
  const collector = makeCollector(query)
  const allowed = (files: ReadonlyArray<string>) => isDirectory ? readable(target, files) : Effect.succeed(files)
  const elapsed = Duration.millis((yield* Clock.currentTimeMillis) - started)
  const { forbidden, isComplete } = yield* search(query, files, allowed, {
    collector,
    environment: programEnvironment,
    within: Duration.subtract(Duration.decode(timeLimit), elapsed)
  })
  const { lines, ...unsearched } = collector.found()
  const more = lines.length > maxLines ? "\n(There is more: use a narrower pattern, path or glob.)" : ""
  return says(
    (lines.length === 0 ? "No matches." : lines.slice(0, maxLines).join("\n") + more) +
      LeftOut.stopped(isListed && isComplete, timeLimit) +
      LeftOut.describe({
        ...leftOut,
        ...unsearched,
        unreadable: leftOut.unreadable + unsearched.unreadable,
        forbidden
      }),
    lines.length > maxLines ? `more than ${maxLines} lines` : plural(lines.length, "line")
  )
})

const isAcrossLines = (pattern: string): boolean =>
  /\n|(?<!\\)(?:\\\\)*\\n/.test(pattern.replace(/(?<!\\)((?:\\\\)*)\[\^?\]?(?:\\[^]|[^\]\\])*\]/g, "$1"))

/** Without a slash a pattern fits names in every directory, and `!` turns it around. */
const filesIn = ({ path, shown }: Target, glob = "**/*") =>
  Effect.gen(function*() {
    const isNegated = glob.startsWith("!")
    const own = (isNegated ? glob.slice(1) : glob).replace(/^\//, "")
    const pattern = glob.includes("/") ? own : `**/${own}`
    const found = yield* list(path, isNegated || own === "" ? "**/*" : yield* existing(path, own, pattern), {
      within: timeLimit
    })
    if (!isNegated) return found
    const fits = matcher(pattern)
    return { ...found, files: found.files.filter((file) => !fits(file)) }
  }).pipe(Effect.mapError(({ message }) => failed(`${shown}: ${message}`)))

/** The name of a directory means what is in it; one with brackets that is there means just that. */
const existing = (directory: string, name: string, pattern: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const type = yield* Effect.orElseSucceed(
      Effect.map(fs.stat(path.join(directory, name)), ({ type }) => type),
      () => undefined
    )
    return type === "Directory" || (type === "File" && /[[\]{}]/.test(name)) ? name : pattern
  })

/** How many files are judged before others get their turn. */
const judgedInARow = 1000

/** Of the files in a directory, those that `read` would show without a question. To search outside was asked for. */
const readable = (target: Target, files: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { verdicts } = yield* ToolCall
    const found: Array<string> = []
    for (let from = 0; from < files.length; from += judgedInARow) {
      const some = files.slice(from, from + judgedInARow)
      const judged = some.map(target.readWithin)
      const read = yield* verdicts(judged.map((parts) => parts.at(-1)!))
      // All of them are outside, or the project is somewhere in there.
      const outside = yield* verdicts(judged.flatMap((parts) => parts.length > 1 ? parts[0]! : []))
      let beyond = 0
      some.forEach((file, index) => {
        const isOutside = judged[index]!.length > 1
        if (read[index] === "allow" && !(isOutside && outside[beyond] === "deny")) found.push(file)
        if (isOutside) beyond += 1
      })
      yield* pause
    }
    return found
  })
