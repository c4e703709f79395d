/**
 * Images that the user attaches to a prompt, by mentioning their files as `@path`.
 *
 * @since 0.1.0
 */
import * as MediaType from "@altimate-code/system/MediaType"
import * as Paths from "@altimate-code/system/Paths"
import * as Prompt from "@effect/ai/Prompt"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as AttachmentLimits from "./AttachmentLimits.ts"
import { makeLocate } from "./internal/files/paths.ts"
import * as Mentions from "./Mentions.ts"
import { PermissionPolicy } from "./permission/PermissionPolicy.ts"
import { Workspace } from "./Workspace.ts"

/**
 * An image can't be attached.
 *
 * - `NotFound`: there is no such file
 * - `Unreadable`: the file can't be read
 * - `Denied`: a permission rule denies reading it
 * - `Unacceptable`: it is damaged, or over the provider's limits
 * - `TooMany`: the prompt has more images than a request may contain
 *
 * @since 0.1.0
 * @category errors
 */
export class PromptImageError
  extends Schema.TaggedError<PromptImageError>("@altimate-code/agent/PromptImageError")("PromptImageError", {
    reason: Schema.Literal("NotFound", "Unreadable", "Denied", "Unacceptable", "TooMany"),
    message: Schema.String,
    hint: Schema.String
  })
{}

/** Enough bytes for every signature. */
const headSize = 16

const imageName = /\.(?:png|jpe?g|gif|webp)$/i

const noImage = Option.none<Prompt.FilePart>()

const codeOf = (error: PlatformError): string => error._tag === "SystemError" ? error.reason : error._tag

/**
 * Reads an image file, whose path is resolved like a shell would. None if the content is not that of a PNG, JPEG, GIF or WebP image, or if it is
 * not a regular file. A file that can't be read counts as an image if its name ends like one.
 *
 * @since 0.1.0
 * @category reading
 */
export const read = Effect.fn("PromptImages.read")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const policy = yield* PermissionPolicy
  const limits = yield* AttachmentLimits.AttachmentLimits
  const target = yield* (yield* makeLocate)(path)
  const fail = (reason: PromptImageError["reason"], why: string, hint: string) =>
    Effect.fail(new PromptImageError({ reason, message: `${path} can't be attached: ${why}.`, hint }))
  const failUnreadable = (error: PlatformError) =>
    codeOf(error) === "NotFound" || error._tag === "BadArgument"
      ? Effect.fail(notFound(path))
      : imageName.test(path)
      ? fail("Unreadable", codeOf(error) === "PermissionDenied" ? "permission denied" : error.message, "")
      : Effect.succeed(noImage)

  return yield* Effect.gen(function*() {
    const { size, type } = yield* fs.stat(target.path)
    // Reading a pipe or a device might never end.
    if (type !== "File") return noImage
    const head = yield* Stream.runFold(
      fs.stream(target.path, { bytesToRead: headSize }),
      Buffer.alloc(0),
      (all, next) => Buffer.concat([all, next])
    )
    const mediaType = MediaType.of(head)
    if (mediaType?.startsWith("image/") !== true) return noImage
    const decision = yield* policy.decide({ parts: target.partsFor("read"), title: target.shown }, [])
    if (decision.verdict === "deny") {
      return yield* fail("Denied", `reading it is not allowed (${decision.because})`, "")
    }
    // A file that is far too large is not loaded.
    const bytes = Number(size) > limits.image.bytes ? undefined : yield* fs.readFile(target.path)
    const problem = bytes === undefined
      ? AttachmentLimits.tooLarge(Number(size), limits.image.bytes)
      : AttachmentLimits.findProblem(bytes, limits)
    if (problem !== undefined) return yield* fail("Unacceptable", problem.why, problem.remedy)
    return Option.some(
      Prompt.filePart({
        mediaType,
        fileName: paths.basename(target.path),
        data: bytes ?? head
      })
    )
  }).pipe(Effect.catchTags({ BadArgument: failUnreadable, SystemError: failUnreadable }))
})

/**
 * Reads the images that a prompt mentions, each file once. Fails if one of them can't be attached, so that no prompt is sent without its images. A
 * path that does not exist is no mention: it may be part of the text, such as the name of a package. But it fails for an absolute path if its directory
 * exists, or if it is below the workspace's outputs.
 *
 * @since 0.1.0
 * @category reading
 */
export const readMentioned = Effect.fn("PromptImages.readMentioned")(function*(prompt: string) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const { outputs } = yield* Workspace
  const { images: max } = yield* AttachmentLimits.AttachmentLimits
  /** Whether it is certainly the path of a file. `@/assets/logo.png` may also be the import of a module in a project that gives `@/` a meaning. */
  const isExplicit = (path: string) =>
    Effect.gen(function*() {
      if (!(paths.isAbsolute(path) || path.startsWith("~/")) || !imageName.test(path)) return false
      const target = yield* (yield* makeLocate)(path)
      if (Paths.isBelow(target.path, outputs)) return true
      const parent = paths.dirname(target.path)
      return parent !== paths.dirname(parent) && (yield* Effect.orElseSucceed(fs.exists(parent), () => false))
    })
  const readFirst = (names: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      for (const name of names) {
        const found = yield* Effect.either(read(name))
        if (Either.isRight(found)) return Option.map(found.right, (image) => [name, image] as const)
        if (found.left.reason !== "NotFound") return yield* found.left
      }
      const [missing] = yield* Effect.filter(names, isExplicit)
      return missing === undefined ? Option.none() : yield* notFound(missing)
    })
  const found = yield* Effect.forEach(Mentions.find(prompt), readFirst)
  const images = [...new Map(found.flatMap((image) => Option.toArray(image))).values()]
  if (images.length <= max) return images
  return yield* new PromptImageError({
    reason: "TooMany",
    message: `The prompt has ${images.length} images, and a request can have at most ${max}.`,
    hint: "Remove some, or send them in several prompts."
  })
})

const notFound = (path: string) =>
  new PromptImageError({
    reason: "NotFound",
    message: `${path} can't be attached: the file does not exist.`,
    hint: ""
  })
