#!/usr/bin/env node
import { version } from "./Version.ts"

const args = process.argv.slice(2)

if (args.length === 1 && (args[0] === "--version" || args[0] === "-v")) {
  process.stdout.once("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return // The reader has closed the pipe.
    process.stderr.write(`error: stdout could not be written: ${message}\n`)
    process.exitCode = 1
  }).write(`${version}\n`)
} else {
  const { start } = await import("./Process.ts")
  start(args)
}
