#!/usr/bin/env node
import { version } from "./Version.ts"

const args = process.argv.slice(2)

if (args.length === 1 && (args[0] === "--version" || args[0] === "-v")) {
  process.stdout.write(`${version}\n`)
} else {
  const { start } = await import("./Process.ts")
  start(args)
}
