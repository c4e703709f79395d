/**
 * Text files and PDFs that the user attaches to a prompt, by mentioning them as `@path`.
 *
 * @since 0.1.0
 */
import * as MediaType from "@altimate-code/system/MediaType"
import * as Prompt from "@effect/ai/Prompt"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as AttachedText from "./AttachedText.ts"
import * as AttachmentLimits from "./AttachmentLimits.ts"
import * as Encoding from "./internal/files/encoding.ts"
import { makeLocate, type Target } from "./internal/files/paths.ts"
import * as Mentions from "./Mentions.ts"
import { PermissionPolicy } from "./permission/PermissionPolicy.ts"

/**
 * The parts of the message for the model, and notices for the user about files that are not attached.
 *
 * @since 0.1.0
 * @category models
 */
export interface Found {
  readonly parts: ReadonlyArray<Prompt.TextPart | Prompt.FilePart>
  readonly notices: ReadonlyArray<string>
}

/** In bytes. The model reads larger files in parts. */
const maxTextSize = 256 * 1024

/** Whether a word after `@` is certainly meant as a file: `@types/node` is a package, and `@nope.js` a file. */
const looksLikeFile = (path: string): boolean => /^(?:\.{0,2}|~)\//.test(path) || /[^./]\.[A-Za-z]\w{0,4}$/.test(path)

/**
 * Reads the text files and PDFs that a prompt mentions, each once. Images are left to `PromptImages`, and directories to the model.
 *
 * @since 0.1.0
 * @category reading
 */
export const read = Effect.fn("MentionedFiles.read")(function*(prompt: string) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const policy = yield* PermissionPolicy
  const limits = yield* AttachmentLimits.AttachmentLimits
  const locate = yield* makeLocate
  const notices: Array<string> = []
  const parts = new Map<string, Prompt.TextPart | Prompt.FilePart>()

  const attach = (target: Target, size: number) =>
    Effect.gen(function*() {
      const leaveOut = (why: string) => void notices.push(`${target.shown} is not attached: ${why}`)
      const decision = yield* policy.decide({ parts: target.partsFor("read"), title: target.shown }, [])
      if (decision.verdict === "deny") return leaveOut(`reading it is not allowed (${decision.because}).`)
      const largest = Math.max(maxTextSize, limits.documentBytes, limits.image.bytes)
      const bytes = size > largest ? undefined : yield* fs.readFile(target.path)
      const mediaType = bytes === undefined ? undefined : MediaType.of(bytes)
      if (mediaType?.startsWith("image/")) return
      if (bytes === undefined || (mediaType === undefined && size > maxTextSize)) {
        return leaveOut(`it is larger than ${maxTextSize / 1024} KiB. The model can read it in parts.`)
      }
      if (mediaType !== undefined) {
        const problem = AttachmentLimits.findProblem(bytes, limits)
        if (problem !== undefined) return leaveOut(`${problem.why}. ${problem.remedy}`)
        return void parts.set(
          target.path,
          Prompt.filePart({ mediaType, fileName: paths.basename(target.path), data: bytes })
        )
      }
      const decoded = Encoding.decode(bytes)
      if (typeof decoded === "string") return leaveOut(`it is ${decoded}`)
      parts.set(target.path, Prompt.textPart({ text: AttachedText.formatText(target.shown, decoded.text) }))
    }).pipe(Effect.catchAll(({ message }) => Effect.sync(() => void notices.push(`${target.shown}: ${message}`))))

  for (const names of Mentions.find(prompt)) {
    let isFound = false
    for (const name of names) {
      const target = yield* locate(name)
      const info = yield* Effect.option(fs.stat(target.path))
      if (Option.isNone(info)) continue
      isFound = true
      // Reading a pipe or a device might never end.
      if (info.value.type === "File") yield* attach(target, Number(info.value.size))
      break
    }
    const [name = ""] = names.toReversed()
    if (!isFound && looksLikeFile(name)) notices.push(`@${name} was not found, so it is not attached.`)
  }
  return { parts: [...parts.values()], notices } satisfies Found
})
