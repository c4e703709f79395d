/** Lines by a regular expression, found by `rg`. */
import * as Command from "@effect/platform/Command"
import * as Path from "@effect/platform/Path"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Files from "../../Files.ts"
import { failed } from "../failures.ts"
import { pattern } from "./ownSearch.ts"

export interface Query {
  readonly pattern: string
  /** Absolute. */
  readonly target: string
  readonly isDirectory: boolean
  readonly glob: string | undefined
  readonly ignoreCase: boolean
  /** Lines around each. */
  readonly context: number
  /** How many lines are wanted. */
  readonly most: number
  /** Of a directory's files, relative to it, those that may be shown. */
  readonly readable: (files: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>>
}

export interface Found {
  readonly lines: ReadonlyArray<string>
  /** How many files were not searched because they may not be shown, whether a line in them fits or not. */
  readonly leftOut: number
}

export class NoRipgrep extends Schema.TaggedError<NoRipgrep>()("NoRipgrep", {}) {}

export const search = Effect.fn("ripgrep.search")(function*(query: Query) {
  const path = yield* Path.Path
  const directory = query.isDirectory ? query.target : path.dirname(query.target)
  // `rg --glob` also finds what .gitignore leaves out.
  const wanted = query.glob === undefined || !query.isDirectory
    ? undefined
    : new Set(
      yield* Effect.mapError(Files.matching(directory, pattern(query.glob)), ({ message }) => failed(message))
    )
  const command = (...own: ReadonlyArray<string>) =>
    Command.make(
      "rg",
      "--no-config",
      "--null",
      "--color=never",
      "--hidden",
      "--no-require-git",
      "--sort=path",
      "--max-filesize=2M",
      ...(query.glob === undefined ? [] : [`--glob=${query.glob}`]),
      "--glob=!**/.git/**",
      "--glob=!**/node_modules/**",
      ...own,
      "--",
      query.isDirectory ? "./" : `./${path.basename(query.target)}`
    ).pipe(Command.workingDirectory(directory), Command.env({ RIPGREP_CONFIG_PATH: undefined }))
  const lookingFor = command(
    "--line-number",
    "--with-filename",
    "--no-heading",
    ...(query.ignoreCase ? ["--ignore-case"] : []),
    ...(query.context > 0 ? [`--context=${query.context}`] : []),
    `--regexp=${query.pattern}`
  )

  return yield* Effect.gen(function*() {
    // All of them, and not only those with lines: else the number left out would tell what is in them.
    const files = !query.isDirectory ? [] : (yield* Effect.mapError(
      Command.string(command("--files")),
      (error) => error._tag === "SystemError" && error.reason === "NotFound" ? new NoRipgrep() : error
    )).split("\0").filter((file) => file !== "").map((file) => file.replace(/^\.\//, ""))
      .filter((file) => wanted?.has(file) ?? true)
    const readable = yield* query.readable(files)
    const leftOut = files.length - readable.size
    const rg = yield* Effect.mapError(Command.start(lookingFor), () => new NoRipgrep())
    const complaint = yield* Effect.fork(Stream.runFold(Stream.decodeText(rg.stderr), "", (all, text) => all + text))
    const lines = yield* rg.stdout.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.mapAccum(nothingYet, rewritten((file) => !query.isDirectory || readable.has(file))),
      Stream.mapConcat((lines) => lines),
      Stream.take(query.most),
      Stream.runCollect
    )
    const found = Chunk.toReadonlyArray(lines)
    if (found.length === query.most) return { lines: found, leftOut } satisfies Found
    // 1: nothing was found. 2 with lines: some file could not be read, which is not what was asked.
    const code = yield* rg.exitCode
    if (code > 1 && found.length === 0) return yield* failed((yield* Fiber.join(complaint)).trim())
    return { lines: found, leftOut } satisfies Found
  }).pipe(
    Effect.scoped,
    Effect.catchTags({
      BadArgument: ({ message }) => failed(message),
      SystemError: ({ message }) => failed(message)
    })
  )
})

/** Whether a line was given, and whether a gap follows it. */
interface Given {
  readonly any: boolean
  readonly gap: boolean
}

const nothingYet: Given = { any: false, gap: false }

/** Only the wanted files' lines, and no gap that a file without lines leaves behind. */
const rewritten =
  (isWanted: (file: string) => boolean) => (given: Given, line: string): readonly [Given, ReadonlyArray<string>] => {
    if (line === "--") return [{ ...given, gap: given.any }, []]
    const [, file, number, mark, text] = /^(?:\.\/)?([^\0]*)\0(\d+)([:-])([^]*)$/.exec(line) ?? []
    if (file === undefined || !isWanted(file)) return [given, []]
    return [{ any: true, gap: false }, [...(given.gap ? ["--"] : []), `${file}${mark}${number}${mark}${text}`]]
  }
