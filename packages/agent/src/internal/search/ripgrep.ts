/** Finds lines with a regular expression by running `rg`. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { join } from "node:path"
import type { Environment } from "../../Workspace.ts"
import { failed } from "../tools/toolFailure.ts"
import type { Collector, Line, Outcome, Query } from "./collector.ts"
import { isBinaryFile } from "./displayLine.ts"
import { makeParser } from "./ripgrepOutput.ts"
import { runTethered } from "./runTethered.ts"

export class NoRipgrep extends Schema.TaggedError<NoRipgrep>()("NoRipgrep", {}) {}

/**
 * This program decides which files are searched and which are text, so the result does not depend on the version or the configuration
 * of `rg`. Lines may end with \r\n; UTF-16 is detected by its byte order mark.
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

/** Replaces the files of each complete directory with the directory's name, which makes `rg` faster. */
const mergeNames = (
  files: ReadonlyArray<string>,
  completeDirectories: Query["completeDirectories"]
): ReadonlyArray<string> => {
  const names: Array<string> = []
  /** The outermost directory that contains exactly the next files. */
  const directoryAt = (at: number): string | undefined => {
    const file = files[at]!
    for (let slash = 0; slash !== -1; slash = file.indexOf("/", slash + 1)) {
      const directory = file.slice(0, slash)
      const count = completeDirectories.get(directory)
      const last = count === undefined ? undefined : files[at + count - 1]
      if (last !== undefined && (slash === 0 || last.startsWith(`${directory}/`))) return directory
    }
    return undefined
  }
  for (let at = 0; at < files.length;) {
    const directory = directoryAt(at)
    names.push(`./${directory ?? files[at]!}`)
    at += directory === undefined ? 1 : completeDirectories.get(directory)!
  }
  return names
}

/** Searches regular files and adds their outcomes to the collector in order. */
export const search = (
  query: Query,
  files: ReadonlyArray<string>,
  collector: Collector,
  environment: Environment
) => {
  const order = new Map(files.map((file, index) => [file, index]))
  const outcomes = makeOutcomes(query, order)
  const parser = makeParser((file, line) => outcomes.add(file, line))
  return runTethered({
    program: "rg",
    // `/dev/null`, so that the pattern is checked even without files.
    arguments: [
      ...options(query),
      ...(files.length === 0 ? ["/dev/null"] : mergeNames(files, query.completeDirectories))
    ],
    directory: query.directory,
    environment,
    onOutput: parser
  }).pipe(
    Effect.mapError(() => new NoRipgrep()),
    Effect.flatMap(({ code, stderr }) =>
      Effect.gen(function*() {
        if (code === 126 || code === 127) return yield* new NoRipgrep()
        const lines = stderr.split("\n").filter((line) => line !== "")
        const unreadable = lines.map((line) => /^(?:rg: )?\.\/(.*): [^:]*\(os error \d+\)$/.exec(line)?.[1])
        for (const file of unreadable) if (file !== undefined) outcomes.fail(file)
        // Exit code 2 means an error: in the pattern, unless a file could not be read.
        if (code === 2 && (unreadable.length === 0 || unreadable.includes(undefined)) && outcomes.isEmpty()) {
          return yield* failed(stderr.trim())
        }
      })
    ),
    // After a timeout, the lines found so far are returned.
    Effect.ensuring(Effect.sync(() => outcomes.addTo(collector)))
  )
}

/** Collects lines of files that finish in any order, and drops those beyond the limit. */
const makeOutcomes = ({ directory, maxLines }: Query, order: ReadonlyMap<string, number>) => {
  const outcomes = new Map<string, Array<Line> | Exclude<Outcome, ReadonlyArray<Line>>>()
  let count = 0
  /** Files after this index are beyond the limit. */
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
    count = lines
  }
  return {
    add: (file: string, line: Line) => {
      const index = order.get(file)
      if (index === undefined || index > last) return
      const outcome = outcomes.get(file)
      if (typeof outcome === "string") return
      if (outcome === undefined) {
        if (count > 10 * maxLines) drop()
        if (isBinaryFile(join(directory, file))) outcomes.set(file, "binary")
        else outcomes.set(file, [line])
      } else if (outcome.length < maxLines) outcome.push(line)
      else return
      count += 1
    },
    fail: (file: string) => {
      if (order.has(file) && !outcomes.has(file)) outcomes.set(file, "unreadable")
    },
    isEmpty: () => outcomes.size === 0,
    addTo: (collector: Collector) => {
      for (const [file, outcome] of sorted()) collector.add(file, outcome)
    }
  }
}
