import * as Mentions from "@altimate-code/agent/Mentions"
import type { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import * as PromptImages from "@altimate-code/agent/PromptImages"
import * as PromptImageText from "@altimate-code/agent/PromptImageText"
import * as Shell from "@altimate-code/agent/Shell"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as MediaType from "@altimate-code/system/MediaType"
import * as Paths from "@altimate-code/system/Paths"
import type * as Prompt from "@effect/ai/Prompt"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Config from "effect/Config"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import process from "node:process"
import { Display } from "../actions/display.ts"
import type { Paste } from "../input/editorText.ts"
import * as ClipboardImage from "./clipboardImage.ts"
import * as DroppedPaths from "./droppedPaths.ts"

/** What the placeholder of an image in the prompt is for. */
const toPaste = (path: string, part: Prompt.FilePart): Paste => ({
  text: Mentions.format(path),
  image: PromptImageText.describe(part)
})

/** Attaches images to the prompt. They are read again when it is sent. */
export const make = Effect.gen(function*() {
  const { send, showFailure } = yield* Display
  const workspace = yield* Workspace
  const context = yield* Effect.context<PermissionPolicy | FileSystem.FileSystem | Path.Path | Workspace>()
  const home = yield* Effect.orElseSucceed(Config.string("HOME"), () => "~")

  /** None if a file does not exist or is no image. */
  const readAll = (paths: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      const path = yield* Path.Path
      const images = yield* Effect.forEach(paths, (given) => {
        // Absolute, so that the prompt means the same file in the history of another directory.
        const whole = path.resolve(workspace.directory, Paths.expandHome(given, home))
        return Effect.map(PromptImages.read(whole), Option.map((part) => toPaste(whole, part)))
      })
      return Option.all(images)
    }).pipe(
      Effect.catchTag(
        "PromptImageError",
        (error) => error.reason === "NotFound" ? Effect.succeedNone : Effect.fail(error)
      )
    )

  const failSaving = (why: string) =>
    Effect.as(showFailure({ message: `The picture can't be saved: ${why}`, hint: "" }), false)

  return {
    /** Replaces a pasted text by images if it consists of their paths. Returns false once it has shown why that failed. */
    fromText: (pasted: string) =>
      Effect.gen(function*() {
        for (const paths of DroppedPaths.interpret(pasted, ClipboardImage.isWsl(workspace.programEnvironment))) {
          const images = yield* readAll(paths)
          if (Option.isNone(images)) continue
          yield* send({ type: "images-attached", images: images.value, pasted })
          break
        }
        return true
      }).pipe(Effect.catchAll((error) => Effect.as(showFailure(error), false)), Effect.provide(context)),
    /**
     * Saves the picture on the clipboard as a file, which the session and the history refer to, and attaches it. Returns
     * false once it has shown why that failed.
     */
    fromClipboard: Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const bytes = yield* ClipboardImage.read(workspace.programEnvironment, process.platform)
      const extension = MediaType.of(bytes)?.replace("image/", "").replace("jpeg", "jpg") ?? "png"
      const time = DateTime.formatIso(yield* DateTime.now).replace(/[-:]/g, "").replace("T", "-").slice(0, 19)
      const file = path.join(workspace.outputs, `clipboard-${time.replace(".", "-")}.${extension}`)
      yield* fs.makeDirectory(workspace.outputs, { recursive: true, mode: 0o700 })
      yield* fs.writeFile(file, bytes, { mode: 0o600 })
      yield* Shell.removeOldOutputs
      const part = yield* PromptImages.read(file).pipe(
        Effect.tapError(() => Effect.ignore(fs.remove(file)))
      )
      if (Option.isSome(part)) yield* send({ type: "images-attached", images: [toPaste(file, part.value)] })
      return Option.isSome(part)
    }).pipe(
      Effect.catchTags({
        BadArgument: ({ message }) => failSaving(message),
        SystemError: ({ message }) => failSaving(message),
        ClipboardError: ({ hint, message }) =>
          Effect.as(send({ type: "item", item: { type: "notice", level: "warning", text: message, hint } }), false),
        PromptImageError: ({ hint, message }) => Effect.as(showFailure({ message, hint }), false)
      }),
      Effect.provide(context)
    )
  }
})
