/**
 * The tool that reads files.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as MediaType from "@altimate-code/system/MediaType"
import * as Tool from "@effect/ai/Tool"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import { distance } from "fastest-levenshtein"
import * as AttachmentLimits from "../AttachmentLimits.ts"
import { decode } from "../internal/files/encoding.ts"
import { Readings } from "../internal/files/fileVersions.ts"
import { locate, type Target } from "../internal/files/paths.ts"
import { count, plural, says, text, tool } from "../internal/tools/defineTool.ts"
import { failed, refused } from "../internal/tools/toolFailure.ts"
import { ToolCall, type ToolOutput } from "../ToolCall.ts"

const mostLines = 2000
const mostCharacters = 256 * 1024
/** A larger file is not loaded, not even for a few lines of it. */
const mostBytes = 50 * 1024 * 1024
const longestLine = 2000

/**
 * Shows a file.
 *
 * @since 0.1.0
 * @category tools
 */
export const Read = tool(
  "read",
  `Reads a file: text with line numbers, images (PNG, JPEG, GIF, WebP) and PDFs as they are. At most ${mostLines} lines of a text \
at a time; offset and limit read on.`,
  {
    path: text("The file, absolute or relative to the working directory."),
    offset: count("The line to begin with, counted from 1."),
    limit: count(`How many lines (default and at most ${mostLines}).`)
  }
).annotate(Tool.Readonly, true)

/**
 * Asks for the file where it really is, then shows it.
 *
 * @since 0.1.0
 * @category handlers
 */
export const read = Effect.fn("Read.read")(function*(params: typeof Read.parametersSchema.Type) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const readings = yield* Readings
  const { permit, touch } = yield* ToolCall
  const target = yield* locate(params.path)
  yield* permit({ judged: target.judged("read"), title: target.shown })
  yield* touch(target.path)

  const stat = yield* fs.stat(target.path).pipe(Effect.catchAll(() => missing(target)))
  if (stat.type === "Directory") return yield* failed(`${target.shown} is a directory: use glob to see what is in it.`)
  // A pipe or a device could be waited for without an end.
  if (stat.type !== "File") return yield* failed(`${target.shown} is not a regular file.`)
  if (Number(stat.size) > mostBytes) {
    return yield* failed(
      `${target.shown} has ${stat.size} bytes, and at most ${mostBytes} are read. Look for a line with grep, or at a part with bash: sed -n '1,200p' FILE.`
    )
  }
  const bytes = Buffer.from(yield* Effect.mapError(fs.readFile(target.path), refused(target.shown)))

  const mediaType = MediaType.of(bytes)
  if (mediaType !== undefined) {
    const problem = AttachmentLimits.problem(bytes, yield* AttachmentLimits.AttachmentLimits)
    if (problem !== undefined) {
      return yield* failed(`${target.shown} can't be shown to you: ${problem.why}. ${problem.remedy}`)
    }
    const output: ToolOutput = {
      content: [{
        type: "file",
        mediaType,
        data: Encoding.encodeBase64(bytes),
        fileName: path.basename(target.path)
      }],
      summary: `${mediaType}, ${Math.ceil(bytes.length / 1024)} KiB`
    }
    return output
  }
  const decoded = decode(bytes)
  if (typeof decoded === "string") {
    return yield* failed(
      `${target.shown} is ${decoded === "not text." ? "neither text nor an image or PDF." : decoded}`
    )
  }
  readings.saw(target.path, bytes)
  const shown = yield* numbered(decoded.text, target, params)
  const { name } = decoded.encoding
  if (name === "UTF-8") return shown
  const note = `\n\n(The file is in ${name}. edit and write keep that.)`
  return { ...shown, content: [...shown.content, { type: "text" as const, text: note }] }
})

const numbered = (
  content: string,
  { shown }: Target,
  { limit = mostLines, offset = 1 }: { readonly limit?: number; readonly offset?: number }
) =>
  Effect.gen(function*() {
    const lines = content.split(/\r?\n/)
    if (lines.at(-1) === "") lines.pop()
    if (lines.length === 0) return says(`${shown} is empty.`, "empty")
    if (offset > lines.length) return yield* failed(`${shown} has only ${plural(lines.length, "line")}.`)
    const out: Array<string> = []
    let room = mostCharacters
    for (const line of lines.slice(offset - 1, offset - 1 + Math.min(limit, mostLines))) {
      const cut = line.length > longestLine ?
        `${Cut.head(line, longestLine)}… (${line.length} characters: see more with bash and cut -c)`
        : line
      room -= cut.length + 8
      if (room < 0 && out.length > 0) break
      out.push(`${String(offset + out.length).padStart(6)}\t${cut}`)
    }
    const next = offset + out.length
    const rest = next > lines.length ? "" : `\n\n(${lines.length} lines in all: read on with offset ${next}.)`
    const all = offset === 1 && rest === ""
    return says(
      out.join("\n") + rest,
      all ? plural(lines.length, "line") : `lines ${offset} to ${next - 1} of ${lines.length}`
    )
  })

/** Says which names are near. */
const missing = (target: Target) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const name = path.basename(target.path)
    const names = yield* Effect.orElseSucceed(fs.readDirectory(path.dirname(target.path)), () => [])
    const near = names
      .map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase()) }))
      .filter(({ far }) => far <= Math.max(2, name.length / 3))
      .toSorted((a, b) => a.far - b.far)
      .slice(0, 3)
    const hint = near.length === 0 ? "" : ` There is: ${near.map(({ other }) => other).join(", ")}.`
    return yield* failed(`There is no file ${target.shown}.${hint}`)
  })
