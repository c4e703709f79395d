/**
 * The tool that reads files.
 *
 * @since 0.1.0
 */
import * as Cut from "@altimate-code/system/Cut"
import * as MediaType from "@altimate-code/system/MediaType"
import * as Suggest from "@altimate-code/system/Suggest"
import * as Tool from "@effect/ai/Tool"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs"
import * as AttachmentLimits from "../AttachmentLimits.ts"
import { decode } from "../internal/files/encoding.ts"
import { FileVersions } from "../internal/files/fileVersions.ts"
import { Locate, type Target } from "../internal/files/paths.ts"
import { plural, positiveInt, string, textOutput, tool } from "../internal/tools/defineTool.ts"
import { failed, fileFailure } from "../internal/tools/toolFailure.ts"
import { ToolCall, type ToolOutput } from "./ToolCall.ts"

const maxLines = 2000
const maxCharacters = 256 * 1024
/** Larger files are not loaded, even to show a few lines. */
const maxBytes = 50 * 1024 * 1024
/** Longer files are read asynchronously, so that they do not block the program. */
const maxSmallBytes = 256 * 1024
const maxLineLength = 2000

/**
 * Reads a file.
 *
 * @since 0.1.0
 * @category tools
 */
export const Read = tool(
  "read",
  `Reads a file: text with line numbers, images (PNG, JPEG, GIF, WebP) and PDFs as attachments. At most ${maxLines} lines of text at \
a time; use offset and limit for more.`,
  {
    path: string("The file, absolute or relative to the working directory."),
    offset: positiveInt("The first line to read, counted from 1."),
    limit: positiveInt(`How many lines to read (default and maximum ${maxLines}).`)
  }
).annotate(Tool.Readonly, true)

/**
 * Resolves symbolic links, asks for permission, then reads the file.
 *
 * @since 0.1.0
 * @category handlers
 */
export const read = Effect.fnUntraced(function*(params: typeof Read.parametersSchema.Type) {
  const path = yield* Path.Path
  const fileVersions = yield* FileVersions
  const { permit, touch } = yield* ToolCall
  const target = yield* (yield* Locate)(params.path)
  yield* permit({ parts: target.partsFor("read"), title: target.shown })
  yield* touch(target.path)

  const bytes = readSmallFile(target.path) ?? (yield* readFile(target))

  const mediaType = MediaType.of(bytes)
  if (mediaType !== undefined) {
    const problem = AttachmentLimits.findProblem(bytes, yield* AttachmentLimits.AttachmentLimits)
    if (problem !== undefined) {
      return yield* failed(`${target.shown} can't be attached: ${problem.why}. ${problem.remedy}`)
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
  fileVersions.remember(target.path, bytes)
  const output = yield* numberLines(decoded.text, target, params)
  const { name } = decoded.encoding
  if (name === "UTF-8") return output
  const note = `\n\n(The file's encoding is ${name}. edit and write preserve it.)`
  return { ...output, content: [...output.content, { type: "text" as const, text: note }] }
})

/** Reads a regular file that is neither empty nor long. Asynchronously, its system calls take longer than everything else that `read` does. */
const readSmallFile = (path: string): Buffer | undefined => {
  // The files of /proc look empty, and reading one may block.
  const isSmallFile = (stat: Stats) => stat.isFile() && stat.size > 0 && stat.size <= maxSmallBytes
  try {
    if (!isSmallFile(statSync(path))) return undefined
    // Meanwhile a pipe may have taken the file's place: opening one without a writer would block the program.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return isSmallFile(fstatSync(file)) ? readFileSync(file) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

const readFile = (target: Target) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const stat = yield* fs.stat(target.path).pipe(Effect.catchAll(() => failNotFound(target)))
    if (stat.type === "Directory") return yield* failed(`${target.shown} is a directory: use glob to list its files.`)
    // Reading a pipe or a device might never end.
    if (stat.type !== "File") return yield* failed(`${target.shown} is not a regular file.`)
    if (Number(stat.size) > maxBytes) {
      return yield* failed(
        `${target.shown} is ${stat.size} bytes, and at most ${maxBytes} can be read. Find lines with grep, or read a part with bash: sed -n '1,200p' FILE.`
      )
    }
    return Buffer.from(yield* Effect.mapError(fs.readFile(target.path), fileFailure(target.shown)))
  })

const numberLines = (
  content: string,
  { shown }: Target,
  { limit = maxLines, offset = 1 }: { readonly limit?: number; readonly offset?: number }
) =>
  Effect.gen(function*() {
    const lines = content.split(/\r?\n/)
    if (lines.at(-1) === "") lines.pop()
    if (lines.length === 0) return textOutput(`${shown} is empty.`, "empty")
    if (offset > lines.length) return yield* failed(`${shown} has only ${plural(lines.length, "line")}.`)
    const out: Array<string> = []
    let room = maxCharacters
    for (const line of lines.slice(offset - 1, offset - 1 + Math.min(limit, maxLines))) {
      const cut = line.length > maxLineLength ?
        `${Cut.head(line, maxLineLength)}… (${line.length} characters: show more with bash and cut -c)`
        : line
      room -= cut.length + 8
      if (room < 0 && out.length > 0) break
      out.push(`${String(offset + out.length).padStart(6)}\t${cut}`)
    }
    const next = offset + out.length
    const rest = next > lines.length ? "" : `\n\n(${lines.length} lines in total: continue with offset ${next}.)`
    const all = offset === 1 && rest === ""
    return textOutput(
      out.join("\n") + rest,
      all ? plural(lines.length, "line") : `lines ${offset} to ${next - 1} of ${lines.length}`
    )
  })

/** Fails with a message that lists similar names in the same directory. */
const failNotFound = (target: Target) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const name = path.basename(target.path)
    const names = yield* Effect.orElseSucceed(fs.readDirectory(path.dirname(target.path)), () => [])
    const near = Suggest.closest(name, names, {
      compareAs: (name) => name.toLowerCase(),
      maxDistance: (given) => Math.max(2, given.length / 3)
    }).slice(0, 3)
    const hint = near.length === 0 ? "" : ` Similar names: ${near.join(", ")}.`
    return yield* failed(`The file ${target.shown} does not exist.${hint}`)
  })
