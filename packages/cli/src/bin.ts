#!/usr/bin/env node
/** The first file that runs: prints the version or a help text, or loads the program. */
import { readFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { version } from "./Version.ts"

const args = process.argv.slice(2)

/** Returns the text to print, if it was prepared by the bundler. */
const preparedText = (): string | undefined => {
  const last = args.at(-1)
  if (args.length === 1 && (last === "--version" || last === "-v")) return `${version}\n`
  if (last !== "--help" && last !== "-h") return undefined
  const texts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(__dirname, "help.json"), "utf8"))
  const words = args.slice(0, -1).join(" ")
  return Object.hasOwn(texts, words) ? texts[words] : undefined
}

const report = ({ code, message }: NodeJS.ErrnoException): void => {
  if (code === "EPIPE") return // The reader has closed the pipe.
  process.stderr.write(`error: stdout could not be written: ${message}\n`)
  process.exitCode = 1
}

/** Writes without `process.stdout`, which takes a tenth of Node's whole start to create. */
const print = (text: string): void => {
  let rest = Buffer.from(text)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
  } catch (error) {
    // A pipe that is full and does not block: Node's stream waits until it is read.
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") process.stdout.once("error", report).write(rest)
    else report(error as NodeJS.ErrnoException)
  }
}

const text = preparedText()
if (text === undefined) void import("./start/start.ts").then(({ start }) => start(args))
else print(text)
