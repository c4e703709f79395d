#!/usr/bin/env node
/** The first file that runs, without any other: prints the version or a help text, or loads the program. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type * as Process from "./Process.ts"
import * as CodeCache from "./start/codeCache.ts"
import { makeRequire } from "./start/loadProgram.ts"
import * as YoungGeneration from "./start/youngGeneration.ts"
import { version } from "./Version.ts"

/** The name of the chunk of `Process.ts`, inserted by the bundler. */
declare const ALTIMATE_CODE_PROGRAM: string

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

const text = preparedText()
if (text === undefined) {
  // Before the code cache: V8 rejects code that was compiled with other flags.
  YoungGeneration.keepSmall()
  const load = makeRequire(join(__dirname, "program"), CodeCache.make(version, process.env), require)
  const { start } = load(`./${ALTIMATE_CODE_PROGRAM}`) as typeof Process
  start(args)
} else {
  process.stdout.once("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return // The reader has closed the pipe.
    process.stderr.write(`error: stdout could not be written: ${message}\n`)
    process.exitCode = 1
  }).write(text)
}
