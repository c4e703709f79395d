import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** Why a text cannot be read, to stand after "… cannot be read: ". `NotFound` is apart: often it is no failure. */
export class Unreadable extends Data.TaggedError("Unreadable")<{
  readonly reason: "NotFound" | "Other"
  readonly message: string
}> {}

/** The text of a file: UTF-8, with or without a byte order mark. Devices are refused, for they may have no end. */
export const readText = Effect.fn("readText")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const { type } = yield* Effect.catchAll(fs.stat(path), (error) =>
    isAbsent(error)
      ? fs.readLink(path).pipe(
        Effect.matchEffect({
          onFailure: () => new Unreadable({ reason: "NotFound", message: "there is no such file" }),
          onSuccess: () => new Unreadable({ reason: "Other", message: "it is a symbolic link that leads nowhere" })
        })
      )
      : unreadable(error))
  if (type === "Directory") return yield* new Unreadable({ reason: "Other", message: "it is a directory" })
  if (type !== "File" && type !== "FIFO") return yield* new Unreadable({ reason: "Other", message: "it is not a file" })
  const bytes = yield* Effect.catchAll(fs.readFile(path), unreadable)
  return yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => new Unreadable({ reason: "Other", message: "it is not UTF-8 text" })
  })
})

/** Nothing there, also because a directory on the way is a file, or because links go round in circles. */
const isAbsent = (error: PlatformError): boolean =>
  error._tag === "SystemError" && (error.reason === "NotFound" || error.reason === "BadResource")

const unreadable = (error: PlatformError): Unreadable =>
  new Unreadable({
    reason: "Other",
    message: error._tag === "SystemError" && error.reason === "PermissionDenied"
      ? "permission denied"
      : "the system refused"
  })
