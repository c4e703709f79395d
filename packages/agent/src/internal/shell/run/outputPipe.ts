/** The pipe that a command and all that it starts write to. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Node's own pipes are sockets, which a command can't open as /dev/stdout.
import { spawn } from "node:child_process"
import { closeSync, constants, openSync, readSync } from "node:fs"
import { Socket } from "node:net"

export interface OutputPipe {
  /** Where the command writes: for both of its streams, so that their order stays. */
  readonly writer: number
  /** Closes the writer here, once the command has it. */
  readonly release: () => void
  /** Hands over what is in the pipe by now, which the command wrote before it ended, and reads no more. */
  readonly finish: () => void
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
 * Waits for the end of its input, which comes when the command has ended, and when this program has, by SIGKILL too. Then it reads the
 * pipe and keeps nothing, as long as anything in the background writes to it: what is written is limited, and no writer is stopped
 * or kept waiting. The end of the last writer ends it.
 */
const script = "read -r _; exec cat <&3 >/dev/null 2>&1"

const startDrain = (reader: number, environment: NodeJS.ProcessEnv) =>
  Effect.async<() => void, PipeError>((resume) => {
    try {
      const child = spawn("sh", ["-c", script], {
        cwd: "/",
        env: environment,
        detached: true,
        stdio: ["pipe", "ignore", "ignore", reader]
      })
      child.unref()
      child.stdin?.on("error", () => {})
      child.once("spawn", () => resume(Effect.succeed(() => void child.stdin?.destroy())))
      child.once("error", (error) => resume(failed(error)))
    } catch (error) {
      resume(failed(error))
    }
  })

/** A file descriptor, and what closes it: at the end of the scope, unless it has been closed before. */
const opened = (path: string, flags: number) =>
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

/** What is in a pipe when its writer ends is not more (F_SETPIPE_SZ, fcntl(2)). */
const maxPipe = 1024 * 1024

/** Made by way of a path where nothing is yet. `onData` is given what is written, as it comes. Fails with the system's error. */
export const makeOutputPipe = (
  path: string,
  environment: NodeJS.ProcessEnv,
  onData: (bytes: Uint8Array) => void
): Effect.Effect<OutputPipe, PipeError, Scope.Scope> =>
  Effect.gen(function*() {
    yield* makeFifo(path, environment)
    // In this order no end waits for the other one (fifo(7)).
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
    const writer = yield* opened(path, constants.O_WRONLY)
    const drained = yield* opened(path, constants.O_RDONLY)
    yield* Effect.acquireRelease(startDrain(drained.fd, environment), (letGo) => Effect.sync(letGo))
    drained.release()
    socket.on("data", onData)
    socket.once("end", () => isOver = true)
    socket.once("error", () => isOver = true)
    const finish = () => {
      const buffer = Buffer.alloc(64 * 1024)
      for (let left = maxPipe; left > 0 && !isOver;) {
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
    return { writer: writer.fd, release: writer.release, finish }
  })
