/** Runs the command against a gateway. Nothing that it writes may contain a secret. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome, type SpawnOptions } from "../BuiltCli.ts"

export const token = "canary-gateway-token-123"

/** The text of all files below a directory. */
const written = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n")

/** Neither the token nor one of `secrets` may be in what the command writes. */
export const makeScene = (options: Sandbox.Options = {}, ...secrets: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ prefix: "/bedrock/v1", ...options })
    const home = yield* makeHome
    return {
      sandbox,
      home,
      /**
       * Runs `run hi` with these options of the provider; `baseURL` defaults to the sandbox. With `process`, the built command is
       * started as a child process.
       */
      ask: (
        { args = ["run", "hi", "--no-tools"], baseURL = sandbox.url, env = {}, ...given }: Record<string, unknown> & {
          readonly args?: ReadonlyArray<string>
          readonly baseURL?: string
          readonly env?: Record<string, string>
        } = {},
        process?: Omit<SpawnOptions, "env">
      ) =>
        Effect.gen(function*() {
          yield* home.writeGlobalConfig(guideConfig(baseURL, given))
          const environment = { AWS_BEARER_TOKEN_BEDROCK: token, ...env }
          const line = [...args, "--log-level", "DEBUG"]
          const result = yield* process === undefined
            ? home.run(line, { env: environment })
            : home.spawn(line, { ...process, env: environment })
          const seen = `${result.stdout}${result.stderr}${written(join(home.home, ".local"))}`
          for (const secret of [token, ...secrets]) assert.notInclude(seen, secret)
          return result
        })
    }
  })

/** Shows stderr if the exit code is not 0. */
export const assertAnswered = ({ code, stderr, stdout }: { code: number | null; stderr: string; stdout: string }) => {
  assert.strictEqual(code, 0, stderr)
  assert.include(stdout, "Hello from the Bedrock sandbox")
}

/** Nothing on stdout, and one short block on stderr that contains all of these words. */
export const assertFailed = (
  { code, stderr, stdout }: { code: number | null; stderr: string; stdout: string },
  ...words: ReadonlyArray<string | RegExp>
) => {
  assert.strictEqual(stdout, "")
  assert.strictEqual(code, 1, stderr)
  // Waits of a second or more are shown, and how long they are is random.
  assert.match(stderr, /^(note: [^\n]+ Retrying in [^\n]+\n)*error: [^\n]+\n[^\n]+\n(Log: [^\n]+\n)?$/)
  for (const word of words) {
    if (typeof word === "string") assert.include(stderr, word)
    else assert.match(stderr, word)
  }
  assert.notMatch(stderr, /reject.?unauthorized|NODE_TLS|insecure|turn.{1,20}off|disable/i)
}
