import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Command from "@effect/platform/Command"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { awsKey, chain, client, complete, hello, keys, preferChain, stream, token } from "./protocol/fixture.ts"

/** Every path that this process opens from now on, including those that the SDK opens. */
const opened: Array<string> = []
for (
  const [owner, names] of [[fs, ["open", "openSync", "readFile", "readFileSync"]], [fs.promises, [
    "open",
    "readFile"
  ]]] as const
) {
  for (const name of names) {
    const holder = owner as unknown as Record<string, (...args: ReadonlyArray<unknown>) => unknown>
    const original = holder[name]!
    holder[name] = (...args) => {
      opened.push(String(args[0]))
      return original.apply(owner, args as [])
    }
  }
}
syncBuiltinESMExports()

/** Sets variables in the process's own environment, which the SDK reads. */
const withEnvironment = (variables: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = { ...process.env }
      Object.assign(process.env, variables)
      return before
    }),
    (before) =>
      Effect.sync(() => {
        for (const name of Object.keys(variables)) delete process.env[name]
        Object.assign(process.env, before)
      })
  )

/** An AWS directory whose two files block any reader. */
const brokenAwsDirectory = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const home = yield* files.makeTempDirectoryScoped()
  yield* files.makeDirectory(`${home}/.aws`)
  for (const name of ["config", "credentials"]) {
    const path = `${home}/.aws/${name}`
    yield* Command.exitCode(Command.make("mkfifo", path))
    yield* Effect.addFinalizer(() =>
      // Unblocks a reader, in case there is one.
      Effect.sync(() => fs.closeSync(fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_NONBLOCK)))
    )
  }
  yield* withEnvironment({
    HOME: home,
    AWS_CONFIG_FILE: `${home}/.aws/config`,
    AWS_SHARED_CREDENTIALS_FILE: `${home}/.aws/credentials`
  })
  return home
})

describe("a request with a bearer token", () => {
  it.scopedLive("opens no AWS file, even if the files would block", () =>
    Effect.gen(function*() {
      const home = yield* brokenAwsDirectory
      const sandbox = yield* Sandbox.make({ auth: { bearer: [Redacted.make(token)] }, script: [hello, hello] })
      yield* Effect.provide(Effect.zip(stream, complete), client(sandbox.url))
      assert.deepStrictEqual(opened.filter((path) => path.startsWith(home) || path.includes(".aws")), [])
    }).pipe(Effect.timeout("1 minute"), Effect.provide(NodeContext.layer)))

  it.scopedLive("is not affected by environment variables that the SDK would read", () =>
    Effect.gen(function*() {
      yield* withEnvironment({
        AWS_BEARER_TOKEN_BEDROCK: "",
        AWS_PROFILE: "no-such-profile",
        AWS_REGION: "nowhere",
        AWS_ACCESS_KEY_ID: "AKIAOTHER",
        AWS_SECRET_ACCESS_KEY: "other",
        AWS_AUTH_SCHEME_PREFERENCE: "sigv4",
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
        AWS_USE_FIPS_ENDPOINT: "true",
        AWS_USE_DUALSTACK_ENDPOINT: "true",
        AWS_DEFAULTS_MODE: "bogus",
        AWS_RETRY_MODE: "bogus",
        AWS_MAX_ATTEMPTS: "9",
        AWS_SDK_UA_APP_ID: "canary-app"
      })
      const sandbox = yield* Sandbox.make({ auth: { bearer: [Redacted.make(token)] }, script: [hello] })
      yield* Effect.provide(stream, client(sandbox.url))
      const [sent] = yield* sandbox.requests
      assert.isTrue(sent?.authorized)
      assert.strictEqual(sent?.headers["authorization"], `Bearer ${token}`)
      assert.notInclude(JSON.stringify(sent?.headers), "canary-app")
    }))
})

describe("a request with AWS credentials", () => {
  const options = { auth: preferChain, chain: chain(keys("ONE")) }
  // This test must come first, because the SDK caches what it has read.
  it.scopedLive("opens no AWS file either", () =>
    Effect.gen(function*() {
      yield* brokenAwsDirectory
      const sandbox = yield* Sandbox.make({ auth: { sigv4: [awsKey("ONE")] }, script: [hello] })
      const before = opened.length
      yield* Effect.provide(stream, client(sandbox.url, options))
      assert.deepStrictEqual(opened.slice(before).filter((path) => path.includes(".aws")), [])
    }).pipe(Effect.timeout("1 minute"), Effect.provide(NodeContext.layer)))

  for (const value of ["a-token-that-is-not-wanted", ""]) {
    it.scopedLive(`is signed even if the environment has ${value === "" ? "an empty" : "a"} bearer token`, () =>
      Effect.gen(function*() {
        yield* withEnvironment({ AWS_BEARER_TOKEN_BEDROCK: value })
        const sandbox = yield* Sandbox.make({ auth: { sigv4: [awsKey("ONE")] }, script: [hello] })
        yield* Effect.provide(stream, client(sandbox.url, options))
        const [sent] = yield* sandbox.requests
        assert.isTrue(sent?.authorized)
        assert.match(sent?.headers["authorization"] ?? "", /^AWS4-HMAC-SHA256 /)
      }))
  }
})
