import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { fileURLToPath } from "node:url"

const modules = ["ActiveEnvironment", "Auth", "AuthError", "AwsCredentials", "CredentialStore", "TokenPrecedence"]

/** How a module and its imports import the AWS SDK. */
const kinds = (name: string) =>
  Effect.promise(async () => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))],
      bundle: true,
      write: false,
      metafile: true,
      outdir: "unwritten",
      platform: "node",
      format: "esm",
      mainFields: ["module", "main"],
      external: ["@aws-sdk/*", "@smithy/*"]
    })
    return Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .flatMap(({ kind, path }) => /^@(aws-sdk|smithy)\//.test(path) ? [kind] : [])
  })

describe("modules", () => {
  for (const name of modules) {
    it.effect(`${name} does not load the AWS SDK`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual([...new Set(yield* kinds(name))], name === "AwsCredentials" ? ["dynamic-import"] : [])
      }))
  }
})
