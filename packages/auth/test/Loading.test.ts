import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { fileURLToPath } from "node:url"

const modules = ["ActiveEnvironment", "Auth", "AuthError", "AwsCredentials", "CredentialStore", "TokenPrecedence"]

/** These load it when the chain is first used. */
const hasChain = new Set(["Auth", "AwsCredentials"])

/** How the AWS SDK is imported by a module, and by what is loaded with it. */
const kinds = (name: string) =>
  Effect.promise(async () => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))],
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      outdir: "unwritten",
      platform: "node",
      format: "esm",
      mainFields: ["module", "main"],
      external: ["@aws-sdk/*", "@smithy/*"]
    })
    const importsOf = (path: string): ReadonlyArray<string> =>
      metafile.outputs[path]?.imports.flatMap(({ kind, path }) => {
        if (/^@(aws-sdk|smithy)\//.test(path)) return [kind]
        return kind === "import-statement" ? importsOf(path) : []
      }) ?? []
    return importsOf(`unwritten/${name}.js`)
  })

describe("modules", () => {
  for (const name of modules) {
    it.effect(`${name} does not load the AWS SDK`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual([...new Set(yield* kinds(name))], hasChain.has(name) ? ["dynamic-import"] : [])
      }))
  }
})
