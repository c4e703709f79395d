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
import { Locate, type Target } from "../internal/files/paths.ts"
import { makeCollector, type Query } from "../internal/search/collector.ts"
import { describeSkipped, describeStop } from "../internal/search/describeSkipped.ts"
import { matcher } from "../internal/search/globPattern.ts"
import { list } from "../internal/search/listFiles.ts"
import { search } from "../internal/search/search.ts"
import { yieldToEventLoop } from "../internal/search/yieldToEventLoop.ts"
import { optional, plural, string, textOutput, tool } from "../internal/tools/defineTool.ts"
import { failed, fileFailure } from "../internal/tools/toolFailure.ts"
import { Workspace } from "../Workspace.ts"
import { ToolCall } from "./ToolCall.ts"

const maxLines = 200

const timeLimit = "30 seconds"

/**
 * Finds lines with a regular expression.
 *
 * @since 0.1.0
 * @category tools
 */
export const Grep = tool(
  "grep",
  `Finds lines with a regular expression and shows them as path:line:text, at most ${maxLines}. In a directory, files that .gitignore \
ignores are left out unless path or glob starts with them, and so are files that need permission to read.`,
  {
    pattern: string("A regular expression that is matched against each line."),
    path: optional(string("The directory or file to search (default: the working directory).")),
    glob: optional(string("Only files that match this pattern, e.g. *.ts, src/** or !*.md.")),
    ignoreCase: optional(Schema.Boolean),
    context: optional(
      Schema.Int.pipe(Schema.between(0, 20)).annotations({
        description: "How many lines to show before and after each match."
      })
    )
  }
).annotate(Tool.Readonly, true)

/**
 * Asks for permission, then searches, with ripgrep if it is on the PATH. In a directory it searches only the files that `read` may show
 * without asking the user.
 *
 * @since 0.1.0
 * @category handlers
 */
export const grep = Effect.fnUntraced(function*(params: typeof Grep.parametersSchema.Type) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { permit, touch } = yield* ToolCall
  const { programEnvironment } = yield* Workspace
  const target = yield* (yield* Locate)(params.path ?? ".")
  if (isAcrossLines(params.pattern)) {
    return yield* failed("The pattern contains a line break, but each line is searched separately.")
  }
  // Searching a single file reveals its content, so the rules for reading apply.
  const reading = params.path === undefined ? [] : target.partsFor("read").slice(-1)
  yield* permit({ parts: [...target.partsFor("grep"), ...reading], title: params.pattern })
  yield* touch(target.path)
  const started = yield* Clock.currentTimeMillis
  const { type } = yield* Effect.mapError(fs.stat(target.path), fileFailure(target.shown))
  const isDirectory = type === "Directory"
  if (!isDirectory && type !== "File") {
    return yield* failed(`${target.shown} is a pipe, socket or device, which can't be searched.`)
  }
  const { completeDirectories, files, isComplete: isListed, skipped } = isDirectory
    ? yield* listFilesToSearch(target, params.glob)
    : {
      files: [path.basename(target.path)],
      isComplete: true,
      skipped: { unreadable: 0 },
      completeDirectories: new Map()
    }
  const query: Query = {
    directory: isDirectory ? target.path : path.dirname(target.path),
    completeDirectories,
    pattern: params.pattern,
    ignoreCase: params.ignoreCase ?? false,
    context: params.context ?? 0,
    // One more than the limit, to detect whether there are more.
    maxLines: maxLines + 1
  }
  const collector = makeCollector(query)
  const allowed = (files: ReadonlyArray<string>) => isDirectory ? selectReadable(target, files) : Effect.succeed(files)
  const elapsed = Duration.millis((yield* Clock.currentTimeMillis) - started)
  const { forbidden, isComplete } = yield* search(query, files, allowed, {
    collector,
    environment: programEnvironment,
    within: Duration.subtract(Duration.decode(timeLimit), elapsed)
  })
  const { lines, ...unsearched } = collector.result()
  const more = lines.length > maxLines ? "\n(More lines match: use a narrower pattern, path or glob.)" : ""
  return textOutput(
    (lines.length === 0 ? "No matches." : lines.slice(0, maxLines).join("\n") + more) +
      describeStop(isListed && isComplete, timeLimit) +
      describeSkipped({
        ...skipped,
        ...unsearched,
        unreadable: skipped.unreadable + unsearched.unreadable,
        forbidden
      }),
    lines.length > maxLines ? `more than ${maxLines} lines` : plural(lines.length, "line")
  )
})

const isAcrossLines = (pattern: string): boolean =>
  /\n|(?<!\\)(?:\\\\)*\\n/.test(pattern.replace(/(?<!\\)((?:\\\\)*)\[\^?\]?(?:\\[^]|[^\]\\])*\]/g, "$1"))

/** Lists the files to search. A pattern without a slash matches names in every directory; `!` negates it. */
const listFilesToSearch = ({ path, shown }: Target, glob = "**/*") =>
  Effect.gen(function*() {
    const isNegated = glob.startsWith("!")
    const own = (isNegated ? glob.slice(1) : glob).replace(/^\//, "")
    const pattern = glob.includes("/") ? own : `**/${own}`
    const found = yield* list(path, isNegated || own === "" ? "**/*" : yield* literalIfExists(path, own, pattern), {
      within: timeLimit
    })
    if (!isNegated) return found
    const matches = matcher(pattern)
    return { ...found, files: found.files.filter((file) => !matches(file)) }
  }).pipe(Effect.mapError(({ message }) => failed(`${shown}: ${message}`)))

/** Makes the name of an existing directory match its files, and an existing name with brackets match literally. */
const literalIfExists = (directory: string, name: string, pattern: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const type = yield* Effect.orElseSucceed(
      Effect.map(fs.stat(path.join(directory, name)), ({ type }) => type),
      () => undefined
    )
    return type === "Directory" || (type === "File" && /[[\]{}]/.test(name)) ? name : pattern
  })

/** How many files are checked before yielding to other fibers. */
const batchSize = 1000

/** Selects the files that `read` may show without asking. Searching outside the project has been permitted already. */
const selectReadable = (target: Target, files: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { verdicts } = yield* ToolCall
    const found: Array<string> = []
    for (let from = 0; from < files.length; from += batchSize) {
      const some = files.slice(from, from + batchSize)
      const needed = some.map(target.partsToRead)
      const read = yield* verdicts(needed.map((parts) => parts.at(-1)!))
      // The project may be inside the searched directory, so some files may be outside it.
      const outside = yield* verdicts(needed.flatMap((parts) => parts.length > 1 ? parts[0]! : []))
      let beyond = 0
      some.forEach((file, index) => {
        const isOutside = needed[index]!.length > 1
        if (read[index] === "allow" && !(isOutside && outside[beyond] === "deny")) found.push(file)
        if (isOutside) beyond += 1
      })
      yield* yieldToEventLoop
    }
    return found
  })
