/** The built command as a real process, in a home of its own. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url))

export interface Result {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly env?: Record<string, string>
  readonly cwd?: string
  /** What is piped into stdin; without it stdin is `/dev/null`. */
  readonly stdin?: string | Uint8Array
  /** Called with the process and what it has written to stdout so far. */
  readonly onStdout?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** A temporary home directory; nothing of the machine's own environment gets in. */
export const makeHome = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const home = yield* fs.makeTempDirectoryScoped({ prefix: "altimate-code-test-" })

  const writeGlobalConfig = (config: unknown) =>
    fs.makeDirectory(join(home, ".config/altimate-code"), { recursive: true }).pipe(
      Effect.zipRight(fs.writeFileString(
        join(home, ".config/altimate-code/altimate-code.json"),
        typeof config === "string" ? config : JSON.stringify(config, null, 2)
      ))
    )

  /** Runs `altimate-code ...args` to its end. */
  const run = (args: ReadonlyArray<string>, options: Options = {}): Effect.Effect<Result> =>
    Effect.async<Result>((resume) => {
      const child = spawn(process.execPath, [bin, ...args], {
        cwd: options.cwd ?? home,
        env: { PATH: process.env["PATH"], HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...options.env },
        stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"]
      })
      let stdout = ""
      let stderr = ""
      child.stdout!.setEncoding("utf8").on("data", (text: string) => {
        stdout += text
        options.onStdout?.(stdout, (signal) => child.kill(signal))
      })
      child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text)
      child.stdin?.end(options.stdin)
      child.on("close", (code, signal) => resume(Effect.succeed({ code, signal, stdout, stderr })))
      return Effect.sync(() => child.kill("SIGKILL"))
    })

  const logDirectory = join(home, ".local/share/altimate-code/log")

  return {
    home,
    run,
    writeGlobalConfig,
    logDirectory,
    authFile: join(home, ".local/share/altimate-code/auth.json"),
    /** Every line of every log so far. */
    logs: Effect.sync(() =>
      readdirSync(logDirectory).toSorted().map((name) => readFileSync(join(logDirectory, name), "utf8")).join("")
    )
  }
})

/** The configuration that the guide shows, for a gateway at `baseURL`. */
export const guideConfig = (baseURL: string, options: Record<string, unknown> = {}) => ({
  model: "amazon-bedrock/anthropic.claude-sonnet-4-6-v1",
  provider: { "amazon-bedrock": { options: { baseURL, region: "us-east-1", ...options } } }
})
