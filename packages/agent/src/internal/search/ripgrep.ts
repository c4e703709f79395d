/** Lines by a regular expression, found by `rg`. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { join } from "node:path"
import type { Environment } from "../../Workspace.ts"
import { failed } from "../tools/toolFailure.ts"
import type { Collector, Line, Outcome, Query } from "./found.ts"
import { makeParser } from "./ripgrepOutput.ts"
import { runWatched } from "./runWatched.ts"
import { isBinaryFile } from "./shownLine.ts"

export class NoRipgrep extends Schema.TaggedError<NoRipgrep>()("NoRipgrep", {}) {}

/**
 * Which files are searched, and which of them are text, is decided here: so nothing depends on the version of `rg`, or on where it is
 * told what to ignore. A line ends with \r\n too; UTF-16 is decoded by its byte order mark.
 */
const options = ({ context, ignoreCase, maxLines, pattern }: Query): ReadonlyArray<string> => [
  "--no-config",
  "--no-ignore",
  "--hidden",
  "--text",
  "--crlf",
  "--no-mmap",
  "--null",
  "--color=never",
  "--line-number",
  "--with-filename",
  "--no-heading",
  "--no-context-separator",
  `--max-count=${maxLines}`,
  `--context=${context}`,
  ...(ignoreCase ? ["--ignore-case"] : []),
  `--regexp=${pattern}`,
  "--"
]

/** The files by fewer names: a directory stands for the files in it when they are all. `rg` is faster so. */
const shortened = (files: ReadonlyArray<string>, whole: Query["whole"]): ReadonlyArray<string> => {
  const names: Array<string> = []
  /** The outermost directory whose files are exactly the next ones. */
  const directoryAt = (at: number): string | undefined => {
    const file = files[at]!
    for (let slash = 0; slash !== -1; slash = file.indexOf("/", slash + 1)) {
      const directory = file.slice(0, slash)
      const count = whole.get(directory)
      const last = count === undefined ? undefined : files[at + count - 1]
      if (last !== undefined && (slash === 0 || last.startsWith(`${directory}/`))) return directory
    }
    return undefined
  }
  for (let at = 0; at < files.length;) {
    const directory = directoryAt(at)
    names.push(`./${directory ?? files[at]!}`)
    at += directory === undefined ? 1 : whole.get(directory)!
  }
  return names
}

/** Searches regular files; their outcomes come in their order. */
export const search = (
  query: Query,
  files: ReadonlyArray<string>,
  collector: Collector,
  environment: Environment
) => {
  const order = new Map(files.map((file, index) => [file, index]))
  const outcomes = makeOutcomes(query, order)
  const parser = makeParser((file, line) => outcomes.add(file, line))
  return runWatched({
    program: "rg",
    // Without a file the pattern is looked at all the same.
    arguments: [...options(query), ...(files.length === 0 ? ["/dev/null"] : shortened(files, query.whole))],
    directory: query.directory,
    environment,
    onOutput: parser
  }).pipe(
    Effect.mapError(() => new NoRipgrep()),
    Effect.flatMap(({ code, complaint }) =>
      Effect.gen(function*() {
        if (code === 126 || code === 127) return yield* new NoRipgrep()
        const lines = complaint.split("\n").filter((line) => line !== "")
        const unreadable = lines.map((line) => /^(?:rg: )?\.\/(.*): [^:]*\(os error \d+\)$/.exec(line)?.[1])
        for (const file of unreadable) if (file !== undefined) outcomes.fail(file)
        // 2: something went wrong, which is the pattern unless it is one of the files.
        if (code === 2 && (unreadable.length === 0 || unreadable.includes(undefined)) && outcomes.isEmpty()) {
          return yield* failed(complaint.trim())
        }
      })
    ),
    // What was found until the time was over counts.
    Effect.ensuring(Effect.sync(() => outcomes.handOver(collector)))
  )
}

/** Files come in the order in which they are ready. No more of them are kept than can be wanted. */
const makeOutcomes = ({ directory, maxLines }: Query, order: ReadonlyMap<string, number>) => {
  const outcomes = new Map<string, Array<Line> | Exclude<Outcome, ReadonlyArray<Line>>>()
  let kept = 0
  /** What comes later than this file is not wanted any more. */
  let last = Infinity
  const sorted = () => [...outcomes].toSorted(([a], [b]) => order.get(a)! - order.get(b)!)
  const drop = () => {
    let lines = 0
    for (const [file, outcome] of sorted()) {
      if (lines >= maxLines) outcomes.delete(file)
      else {
        lines += typeof outcome === "string" ? 0 : outcome.length
        if (lines >= maxLines) last = order.get(file)!
      }
    }
    kept = lines
  }
  return {
    add: (file: string, line: Line) => {
      const index = order.get(file)
      if (index === undefined || index > last) return
      const outcome = outcomes.get(file)
      if (typeof outcome === "string") return
      if (outcome === undefined) {
        if (kept > 10 * maxLines) drop()
        if (isBinaryFile(join(directory, file))) outcomes.set(file, "binary")
        else outcomes.set(file, [line])
      } else if (outcome.length < maxLines) outcome.push(line)
      else return
      kept += 1
    },
    fail: (file: string) => {
      if (order.has(file) && !outcomes.has(file)) outcomes.set(file, "unreadable")
    },
    isEmpty: () => outcomes.size === 0,
    handOver: (collector: Collector) => {
      for (const [file, outcome] of sorted()) collector.add(file, outcome)
    }
  }
}
