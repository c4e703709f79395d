/**
 * Reads text files safely: never waits forever for a pipe or a device.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { close, constants, open } from "node:fs"
import { Socket } from "node:net"

/**
 * Why a text cannot be read; `message` completes "… cannot be read: ".
 *
 * - `NotFound`: there is no such file; callers often treat it as empty
 * - `NotAFile`: it is a directory, a pipe, a socket or a device
 * - `TooLarge`: it has more bytes than `maxBytes`
 * - `Encoding`: it is not UTF-8; `message` mentions UTF-16 if it is that
 * - `Refused`: the file system refused
 *
 * @since 0.1.0
 * @category errors
 */
export class Unreadable extends Schema.TaggedError<Unreadable>("@altimate-code/system/Unreadable")("Unreadable", {
  reason: Schema.Literal("NotFound", "NotAFile", "TooLarge", "Encoding", "Refused"),
  message: Schema.String
}) {}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * If true, pipes are read too, for a path that the user chose, such as `<(command)` in a shell. Waits up to ten seconds for a writer.
   */
  readonly acceptsPipe?: boolean
}

/**
 * The size limit in bytes.
 *
 * @since 0.1.0
 * @category limits
 */
export const maxBytes = 16 * 1024 * 1024

const kinds: Partial<Record<FileSystem.File.Type, string>> = {
  Directory: "a directory",
  FIFO: "a pipe",
  Socket: "a socket",
  BlockDevice: "a device",
  CharacterDevice: "a device"
}

const tooLarge = () =>
  new Unreadable({ reason: "TooLarge", message: `it is larger than ${maxBytes / 1024 / 1024} MiB` })

/**
 * The text of a regular UTF-8 file, without its byte order mark. Anything else is refused before it is opened: opening a pipe without a writer, or
 * reading a device to its end, could take forever.
 *
 * @since 0.1.0
 * @category constructors
 */
export const readText: (
  path: string,
  options?: Options
) => Effect.Effect<string, Unreadable, FileSystem.FileSystem> = Effect.fn("ReadText.readText")(
  function*(path: string, options: Options = {}) {
    const fs = yield* FileSystem.FileSystem
    const { size, type } = yield* Effect.catchAll(fs.stat(path), (error) =>
      isAbsent(error)
        ? fs.readLink(path).pipe(
          Effect.matchEffect({
            onFailure: () => new Unreadable({ reason: "NotFound", message: "there is no such file" }),
            onSuccess: () => new Unreadable({ reason: "Refused", message: "it is a dangling symbolic link" })
          })
        )
        : refused(error))
    const isPipe = type === "FIFO" && options.acceptsPipe === true
    if (type !== "File" && !isPipe) {
      return yield* new Unreadable({
        reason: "NotAFile",
        message: `it is ${kinds[type] ?? "not a regular file"}`
      })
    }
    if (size > maxBytes) return yield* tooLarge()
    const bytes = isPipe ? yield* readWrittenPipe(path) : yield* Effect.catchAll(fs.readFile(path), refused)
    if (isUtf16(bytes)) {
      return yield* new Unreadable({
        reason: "Encoding",
        message: "it is UTF-16 text, as written by PowerShell, but must be UTF-8"
      })
    }
    return yield* Effect.try({
      try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      catch: () => new Unreadable({ reason: "Encoding", message: "it is not UTF-8 text" })
    })
  }
)

/**
 * Whether this looks like UTF-16: it begins with a byte order mark, or with an ASCII character and a zero byte.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) ||
  (first !== undefined && second !== undefined && (first === 0) !== (second === 0))

/** A pipe without a writer reads as empty, so it is read again until there is one. */
const readWrittenPipe = (path: string) =>
  readUntilWritten(path).pipe(
    Effect.timeoutFail({
      duration: "10 seconds",
      onTimeout: () =>
        new Unreadable({ reason: "Refused", message: "nothing was written to the pipe within 10 seconds" })
    })
  )

const readUntilWritten = (path: string): Effect.Effect<Uint8Array, Unreadable> =>
  Effect.flatMap(
    readPipe(path),
    (bytes) =>
      bytes.length > 0 ? Effect.succeed(bytes) : Effect.delay(Effect.suspend(() => readUntilWritten(path)), "50 millis")
  )

/**
 * A pending read of a pipe in libuv's thread pool can't be canceled and keeps the process from exiting. A socket over a non-blocking descriptor is
 * polled instead, and can be closed at any time.
 */
const readPipe = (path: string): Effect.Effect<Uint8Array, Unreadable> =>
  Effect.async((resume) => {
    let socket: Socket | undefined
    let isInterrupted = false
    const failed = (error: Error) =>
      resume(new Unreadable({ reason: "Refused", message: `the system refused (${error.message})` }))
    open(path, constants.O_RDONLY | constants.O_NONBLOCK, (error, fd) => {
      if (error !== null) return failed(error)
      if (isInterrupted) return close(fd)
      const chunks: Array<Buffer> = []
      let size = 0
      socket = new Socket({ fd, readable: true, writable: false })
      socket.on("data", (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > maxBytes) socket?.destroy()
      })
      socket.once("error", failed)
      socket.once(
        "close",
        () => resume(size > maxBytes ? Effect.fail(tooLarge()) : Effect.succeed(Buffer.concat(chunks)))
      )
    })
    return Effect.sync(() => {
      isInterrupted = true
      socket?.destroy()
    })
  })

/** The file does not exist. This includes paths through a file, and links that form a circle. */
const isAbsent = (error: PlatformError): boolean =>
  error._tag === "SystemError" && (error.reason === "NotFound" || error.reason === "BadResource")

const refused = (error: PlatformError): Unreadable =>
  new Unreadable({
    reason: "Refused",
    message: error._tag === "SystemError" && error.reason === "PermissionDenied"
      ? "permission denied"
      : "the system refused"
  })
