/** Loads the program and runs it. */
import { join } from "node:path"
import type * as Process from "../Process.ts"
import { version } from "../Version.ts"
import * as CodeCache from "./codeCache.ts"
import * as Engine from "./engine.ts"
import { makeRequire } from "./loadProgram.ts"

/** The name of the chunk of `Process.ts`, inserted by the bundler. */
declare const ALTIMATE_CODE_PROGRAM: string

export const start = (args: ReadonlyArray<string>): void => {
  // Before the code cache: V8 rejects code that was compiled with other flags.
  Engine.start()
  const requireModule = (id: string): unknown => Engine.withStandard(() => require(id))
  const cache = CodeCache.make(version, ALTIMATE_CODE_PROGRAM, process.env)
  const load = makeRequire(join(__dirname, "program"), cache, requireModule)
  const program = load(`./${ALTIMATE_CODE_PROGRAM}`) as typeof Process
  program.start(args)
}
