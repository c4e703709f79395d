/** Keeps the output of a command that runs for a long time in a file, cleaned and masked, and bounded. */
import * as Cut from "@altimate-code/system/Cut"
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs"
import type { Masker } from "../../../Workspace.ts"
import { makeCleaner } from "./cleanOutput.ts"
import * as LiveOutput from "./liveOutput.ts"

/** A file that grows beyond this is shortened to its end, in bytes. */
const maxFileSize = 100 * 1024 * 1024
const keptSize = 10 * 1024 * 1024

/** Longer output is cut for the model, in bytes. */
const maxShownBytes = 30_000

/** How much of the end the user is shown, in bytes. */
const maxTailBytes = 60_000

export interface OutputLog {
  readonly add: (bytes: Uint8Array) => void
  /** Adds the rest: the last line may have no end. */
  readonly end: () => void
  /** The output since the last time, cut in the middle if it is long; empty if there is none. */
  readonly readNew: () => string
  /** The end of the whole output. */
  readonly readTail: () => string
  /** The last line so far, cleaned and masked; undefined if nothing was added since the last time. */
  readonly takeLastLine: () => string | undefined
  /** Closes the file, and removes it unless a text has named it. */
  readonly close: () => void
}

export interface Limits {
  readonly maxFileSize: number
  readonly keptSize: number
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Makes the file, readable only by the user. Throws the system's error. */
export const make = (
  file: string,
  makeMasker: () => Masker,
  limits: Limits = { maxFileSize, keptSize }
): OutputLog => {
  const handle = openSync(file, "wx+", 0o600)
  const cleaner = makeCleaner(makeMasker())
  const live = LiveOutput.make(makeMasker)
  let size = 0
  /** How much was removed from the beginning of the file. */
  let removed = 0
  /** Up to where the output has been read, counted from the beginning of all output. */
  let read = 0
  let isNamed = false
  let isOver = false
  /** The last lines so far. */
  let last = ""
  /** Whether they have changed since the last one was taken. */
  let isLineNew = false

  const readPiece = (from: number, length: number): Uint8Array => {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - from)))
    return buffer.subarray(0, buffer.length === 0 ? 0 : readSync(handle, buffer, 0, buffer.length, from))
  }
  const write = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at, bytes.length - at, size + at)
    size += bytes.length
  }
  const shorten = () => {
    const end = readPiece(size - limits.keptSize, limits.keptSize)
    // Not in the middle of a line.
    const kept = end.subarray(end.indexOf(10) + 1)
    ftruncateSync(handle, 0)
    removed += size - kept.length
    size = 0
    write(kept)
  }
  const append = (text: string) => {
    if (text === "") return
    write(new TextEncoder().encode(text))
    if (size > limits.maxFileSize) shorten()
  }
  const refresh = (): void => {
    const lines = live.take()
    if (lines === undefined) return
    last = lines
    isLineNew = true
  }
  const lastLine = (): string => last.split("\n").at(-1) ?? ""
  const unfinished = (): string => {
    refresh()
    return cleaner.isInLine() && !isOver ? lastLine() : ""
  }

  return {
    add: (bytes) => {
      live.add(bytes)
      append(cleaner.next(bytes))
    },
    end: () => {
      append(cleaner.end())
      refresh()
      isOver = true
    },
    readNew: () => {
      const from = Math.max(read, removed)
      const skipped = from - read
      read = removed + size
      const length = read - from
      const isCut = length > maxShownBytes
      const half = maxShownBytes / 2
      const head = isCut
        ? Cut.headBytes(readPiece(from - removed, half), half)
        : readPiece(from - removed, length)
      const tail = isCut ? Cut.tailBytes(readPiece(size - half, half), half) : new Uint8Array()
      isNamed ||= isCut || skipped > 0
      const line = unfinished()
      return [
        ...(skipped === 0 ? [] : [`… ${skipped} bytes left out; the newest output is in ${file} …\n\n`]),
        decode(head),
        ...(isCut
          ? [`\n\n… ${length - head.length - tail.length} bytes left out; they are in ${file} …\n\n`, decode(tail)]
          : []),
        ...(line === "" ? [] : [`${line}\n(The last line is not complete yet. It will be repeated.)`])
      ].join("")
    },
    readTail: () => {
      const hidden = Math.max(0, size - maxTailBytes)
      isNamed ||= hidden > 0
      const text = decode(Cut.tailBytes(readPiece(hidden, maxTailBytes), maxTailBytes))
      const note = hidden === 0 ? "" : `… the output before this is in ${file} …\n\n`
      return `${note}${text}${unfinished()}`
    },
    takeLastLine: () => {
      refresh()
      if (!isLineNew) return undefined
      isLineNew = false
      return lastLine()
    },
    close: () => {
      closeSync(handle)
      if (!isNamed) rmSync(file, { force: true })
    }
  }
}
