/** Makes the pipe to which a command and its processes write. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Node's pipes are sockets, which a command can't open as /dev/stdout.
import { spawn } from "node:child_process"
import { closeSync, constants, openSync, readSync } from "node:fs"
import { Socket } from "node:net"

export interface OutputPipe {
  /** The command writes both streams here, which preserves their order. */
  readonly writer: number
  /** Closes this process's copy of the writer after the command has inherited it. */
  readonly release: () => void
  /** Delivers the rest of the output after the command has ended, and stops reading. */
  readonly finish: () => void
  /** Stops reading until `resume`: a command that writes more waits. */
  readonly pause: () => void
  readonly resume: () => void
  /** Sends a line to the process that watches over the pipe. */
  readonly sendToWatcher: (line: string) => void
}

/** The pipe could not be made; `cause` is the system's error, with its code. */
export class PipeError extends Data.TaggedError("PipeError")<{ readonly message: string; readonly cause: unknown }> {}

const failed = (cause: unknown) =>
  new PipeError({ message: cause instanceof Error ? cause.message : String(cause), cause })

const makeFifo = (path: string, env: NodeJS.ProcessEnv) =>
  Effect.async<void, PipeError>((resume) => {
    try {
      const child = spawn("mkfifo", ["-m", "600", path], { env, stdio: "ignore" })
      child.once("error", (error) => resume(failed(error)))
      child.once(
        "close",
        (code) => resume(code === 0 ? Effect.void : failed(`mkfifo ended with exit code ${code}`))
      )
    } catch (error) {
      resume(failed(error))
    }
  })

/**
 * Waits until its stdin is closed, when the command or this program has ended, even by SIGKILL. Then it reads and discards the output of
 * background processes, so that none of them is blocked or killed. It ends together with the last of them.
 */
const drainScript = "read -r _; exec cat <&3 >/dev/null 2>&1"

const startWatcher = (script: string, reader: number, environment: NodeJS.ProcessEnv) =>
  Effect.async<Pick<OutputPipe, "sendToWatcher"> & { readonly letGo: () => void }, PipeError>((resume) => {
    try {
      const child = spawn("sh", ["-c", script], {
        cwd: "/",
        env: environment,
        detached: true,
        stdio: ["pipe", "ignore", "ignore", reader]
      })
      child.unref()
      child.stdin?.on("error", () => {})
      child.once("spawn", () =>
        resume(Effect.succeed({
          sendToWatcher: (line) => void child.stdin?.write(`${line}\n`),
          // Not `destroy`, which would drop lines that are not written yet.
          letGo: () => void child.stdin?.end()
        })))
      child.once("error", (error) => resume(failed(error)))
    } catch (error) {
      resume(failed(error))
    }
  })

/** Opens a file descriptor that is closed by `release`, or by the scope if it is still open. */
const openScoped = (path: string, flags: number) =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        let fd: number | undefined = openSync(path, flags)
        return {
          fd,
          release: () => {
            if (fd !== undefined) closeSync(fd)
            fd = undefined
          }
        }
      },
      catch: failed
    }),
    ({ release }) => Effect.sync(release)
  )

/** The maximum capacity of a pipe in bytes (F_SETPIPE_SZ, fcntl(2)). */
const maxPipeCapacity = 1024 * 1024

/**
 * Makes the pipe at a path that does not exist yet. `onData` receives the output as it arrives. `script` is run by sh; it reads the output
 * from its file descriptor 3 once its stdin is closed.
 */
export const makeOutputPipe = (
  path: string,
  environment: NodeJS.ProcessEnv,
  onData: (bytes: Uint8Array) => void,
  script = drainScript
): Effect.Effect<OutputPipe, PipeError, Scope.Scope> =>
  Effect.gen(function*() {
    yield* makeFifo(path, environment)
    // In this order opening does not block (fifo(7)).
    const { reader, socket } = yield* Effect.acquireRelease(
      Effect.try({
        try: () => {
          const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
          return { reader, socket: new Socket({ fd: reader, readable: true, writable: false }) }
        },
        catch: failed
      }),
      ({ socket }) => Effect.sync(() => void socket.destroy())
    )
    let isOver = false
    const writer = yield* openScoped(path, constants.O_WRONLY)
    const drained = yield* openScoped(path, constants.O_RDONLY)
    const { sendToWatcher } = yield* Effect.acquireRelease(
      startWatcher(script, drained.fd, environment),
      ({ letGo }) => Effect.sync(letGo)
    )
    drained.release()
    socket.on("data", onData)
    socket.once("end", () => isOver = true)
    socket.once("error", () => isOver = true)
    const finish = () => {
      // While it was paused, the socket may have kept pieces: reading them delivers them, too.
      while (socket.read() !== null);
      const buffer = Buffer.alloc(64 * 1024)
      for (let left = maxPipeCapacity; left > 0 && !isOver;) {
        try {
          const length = readSync(reader, buffer)
          isOver = length === 0
          onData(buffer.subarray(0, length))
          left -= length
        } catch {
          // EAGAIN: the pipe is empty.
          isOver = true
        }
      }
      socket.destroy()
    }
    return {
      writer: writer.fd,
      release: writer.release,
      finish,
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      sendToWatcher
    }
  })
