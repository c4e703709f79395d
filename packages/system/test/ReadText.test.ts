import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { execFileSync, spawn } from "node:child_process"
import { closeSync, constants, openSync } from "node:fs"
import { createServer } from "node:net"
import { maxBytes, readText } from "../src/ReadText.ts"
import { temporary } from "./temporary.ts"

const pipe = Effect.map(temporary, (directory) => {
  execFileSync("mkfifo", [`${directory}/pipe`])
  return `${directory}/pipe`
})

/** Starts a shell that writes to the pipe while this process reads from it. */
const write = (path: string, line: string) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn("sh", ["-c", `${line} > "$0"`, path], { stdio: "ignore" })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

/** Opens the pipe once it has a reader: until then, opening it for non-blocking writes fails (ENXIO, open(2)). */
const openForReader = (path: string) =>
  Effect.try(() => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)).pipe(
    Effect.retry(Schedule.spaced("5 millis"))
  )

layer(NodeContext.layer, { excludeTestServices: true })("A text file", (it) => {
  it.scoped("is read without its byte order mark, even through a link", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.writeFileString(`${directory}/a`, "\uFEFFgrüße\r\n")
      yield* fs.symlink("a", `${directory}/b`)
      assert.strictEqual(yield* readText(`${directory}/b`), "grüße\r\n")
    }))

  it.scoped("is refused with the reason, and without waiting, if it is something else", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.symlink("nowhere", `${directory}/dangling`)
      yield* fs.symlink("circle", `${directory}/circle`)
      const utf16 = "it is UTF-16 text, as written by PowerShell, but must be UTF-8"
      yield* fs.writeFile(`${directory}/utf16`, Buffer.from("\uFEFFgrüße", "utf16le"))
      yield* fs.writeFile(`${directory}/utf16be`, Buffer.from("\uFEFFgrüße", "utf16le").swap16())
      yield* fs.writeFile(`${directory}/unmarked`, Buffer.from("{}", "utf16le"))
      yield* fs.writeFile(`${directory}/latin1`, Uint8Array.of(0x67, 0x72, 0xfc))
      yield* fs.writeFileString(`${directory}/file`, "")
      yield* fs.writeFile(`${directory}/large`, new Uint8Array())
      yield* fs.truncate(`${directory}/large`, maxBytes + 1)
      const server = createServer().listen(`${directory}/socket`)
      yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
      yield* Effect.promise(() => new Promise((resolve) => server.once("listening", resolve)))
      const cases = [
        [`${directory}/missing`, "NotFound", "there is no such file"],
        [`${directory}/file/below`, "NotFound", "there is no such file"],
        [`${directory}/circle`, "Refused", "it is a dangling symbolic link"],
        [`${directory}/dangling`, "Refused", "it is a dangling symbolic link"],
        [directory, "NotAFile", "it is a directory"],
        [yield* pipe, "NotAFile", "it is a pipe"],
        [`${directory}/socket`, "NotAFile", "it is a socket"],
        ["/dev/zero", "NotAFile", "it is a device"],
        [`${directory}/latin1`, "Encoding", "it is not UTF-8 text"],
        [`${directory}/utf16`, "Encoding", utf16],
        [`${directory}/utf16be`, "Encoding", utf16],
        [`${directory}/unmarked`, "Encoding", utf16],
        [`${directory}/large`, "TooLarge", "it is larger than 16 MiB"]
      ] as const
      for (const [path, reason, message] of cases) {
        const error = yield* Effect.flip(readText(path))
        assert.deepStrictEqual([error.reason, error.message], [reason, message], path)
      }
    }))
})

layer(NodeContext.layer, { excludeTestServices: true })("A pipe that the user named", (it) => {
  it.scoped("is read to its end, whenever the writer starts", () =>
    Effect.gen(function*() {
      const path = yield* pipe
      const fiber = yield* Effect.fork(readText(path, { acceptsPipe: true }))
      const fd = yield* openForReader(path)
      spawn("sh", ["-c", "for i in 1 2 3; do echo $i; sleep 0.05; done"], { stdio: ["ignore", fd, "ignore"] })
      closeSync(fd)
      assert.strictEqual(yield* Fiber.join(fiber), "1\n2\n3\n")
    }))

  it.scoped("can be interrupted while it has no writer", () =>
    Effect.gen(function*() {
      const path = yield* pipe
      const fiber = yield* Effect.fork(readText(path, { acceptsPipe: true }))
      closeSync(yield* openForReader(path))
      yield* Fiber.interrupt(fiber)
    }))

  it.scoped("is not read beyond the size limit", () =>
    Effect.gen(function*() {
      const path = yield* pipe
      const fiber = yield* Effect.fork(Effect.flip(readText(path, { acceptsPipe: true })))
      yield* write(path, "yes 2> /dev/null")
      assert.strictEqual((yield* Fiber.join(fiber)).reason, "TooLarge")
    }))
})
