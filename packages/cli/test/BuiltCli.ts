/** The command with a separate home directory: the whole program in this process, or the built one as a process. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Stdio } from "../src/command-line/Stdio.ts"

export const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url))

/** Compiled code that the processes share, because each has a home directory of its own. */
export const codeCache = fileURLToPath(new URL("../../../.vitest/cache", import.meta.url))

/** The compiled code by its chunks in a directory of code caches (`start/codeCache.ts`); empty without one. */
export const readCodeCache = (directory: string): ReadonlyMap<string, Buffer> => {
  if (!existsSync(directory)) return new Map()
  const [file = ""] = readdirSync(directory).flatMap((name) =>
    readdirSync(join(directory, name)).map((file) => join(directory, name, file))
  )
  const bytes = readFileSync(file)
  let position = 4 + bytes.readUInt32LE()
  const parts: ReadonlyArray<readonly [string, number]> = JSON.parse(bytes.toString("utf8", 4, position))
  return new Map(parts.map(([chunk, length]) => [chunk, bytes.subarray(position, position += length)]))
}

/** The Node that runs the built command: the tests' own, or another version whose tests these are. */
export const node = process.env["ALTIMATE_CODE_TEST_NODE"] ?? process.execPath

export interface Result {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Record<string, string>
  readonly cwd?: string
  /** Piped into stdin; without it stdin is `/dev/null`. */
  readonly stdin?: string
  readonly clock?: Clock.Clock
}

export interface SpawnOptions extends Omit<RunOptions, "clock" | "stdin"> {
  readonly stdin?: string | Uint8Array
  /** Called with the process and what it has written to stdout so far. */
  readonly onStdout?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** The AWS SDK warns about Node 20 once in a process. */
const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" }

/** One at a time: the environment and the working directory belong to the whole process. */
const turn = Effect.unsafeMakeSemaphore(1)

/** Gives this process the environment and the working directory for as long as the scope is open. */
const inPlace = (env: Record<string, string | undefined>, cwd: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = { env: { ...process.env }, cwd: process.cwd() }
      setEnvironment(env)
      process.chdir(cwd)
      return before
    }),
    ({ cwd, env }) =>
      Effect.sync(() => {
        setEnvironment(env)
        process.chdir(cwd)
      })
  )

const setEnvironment = (env: Record<string, string | undefined>) => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value
}

/** The streams of a process without a terminal. `written` collects what the program writes. */
export const pipedStdio = (stdin?: string) => {
  const written = { stdout: "", stderr: "" }
  const layer = Layer.succeed(Stdio, {
    write: (text) => Effect.sync(() => void (written.stdout += text)),
    writeError: (text) => Effect.sync(() => void (written.stderr += text)),
    readPiped: () => Effect.succeed(Option.fromNullable(stdin)),
    isInteractive: false,
    readLine: Option.none(),
    confirm: Option.none(),
    isTerminal: false,
    isErrorTerminal: false,
    colors: false
  })
  return { layer, written }
}

/** Loaded when it is first run: tests of processes do not need it. */
const loadProgram = Effect.promise(async () => ({
  Cli: await import("../src/Cli.ts"),
  MakeDirectory: await import("../src/workspace/makeDirectory.ts"),
  takeEnvironment: (await import("../src/workspace/childEnvironment.ts")).takeEnvironment,
  policies: (await import("../src/Services.ts")).policies
}))

/** The whole program with its live layers, in this process, as `Process.ts` puts it together. */
const runHere = (args: ReadonlyArray<string>, { clock = Clock.make(), stdin }: RunOptions) =>
  Effect.flatMap(loadProgram, ({ Cli, MakeDirectory, policies, takeEnvironment }) => {
    const { layer: stdio, written } = pipedStdio(stdin)
    const files = Layer.effect(FileSystem.FileSystem, Effect.map(FileSystem.FileSystem, MakeDirectory.make))
    const platform = Layer.provideMerge(files, NodeContext.layer)
    return Cli.run(args).pipe(
      Effect.provide(Layer.mergeAll(policies, platform, stdio)),
      Effect.withConfigProvider(takeEnvironment()),
      Effect.withClock(clock),
      Effect.map((code): Result => ({ code, signal: null, ...written })),
      Effect.catchAllCause((cause) =>
        Effect.succeed<Result>({ code: 1, signal: null, ...written, stderr: `${written.stderr}${Cause.pretty(cause)}` })
      )
    )
  })

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

  const environment = (env: Record<string, string> | undefined) => ({
    PATH: process.env["PATH"],
    HOME: home,
    AWS_EC2_METADATA_DISABLED: "true",
    ...env
  })

  /** Runs `altimate-code ...args` to its end in this process: all of the program but the process itself, and thirty times as quick. */
  const run = (args: ReadonlyArray<string>, options: RunOptions = {}): Effect.Effect<Result> =>
    Effect.zipRight(
      inPlace({ ...environment(options.env), ...quiet }, options.cwd ?? home),
      runHere(args, options)
    ).pipe(Effect.scoped, turn.withPermits(1))

  /** Runs the built `altimate-code ...args` as a separate process. */
  const spawnCli = (args: ReadonlyArray<string>, options: SpawnOptions = {}): Effect.Effect<Result> =>
    Effect.async<Result>((resume) => {
      const child = spawn(node, [bin, ...args], {
        cwd: options.cwd ?? home,
        env: { XDG_CACHE_HOME: codeCache, ...environment(options.env) },
        stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"]
      })
      let stdout = ""
      let stderr = ""
      // A second signal ends the program without its clean-up.
      const kill = (signal: NodeJS.Signals) => child.killed || child.kill(signal)
      child.stdout!.setEncoding("utf8").on("data", (text: string) => {
        stdout += text
        options.onStdout?.(stdout, kill)
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
    spawn: spawnCli,
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
