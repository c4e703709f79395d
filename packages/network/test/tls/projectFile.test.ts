import type { FileSetting } from "@altimate-code/config/Gateway"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { rootCertificates } from "node:tls"
import { readAuthorities, readFile } from "../../src/internal/tls/authorities.ts"

const file = (content: string): FileSetting => ({
  value: "/not/there",
  origin: { _tag: "Default" },
  content: Redacted.make(content)
})

describe("a file of a project that the user trusts", () => {
  it.effect("is used with the content that was trusted, even if the file has changed", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* readFile(file("the key"), "clientKey"), "the key")
      const all = yield* readAuthorities(Option.some(file(rootCertificates[0]!)))
      assert.include(all, rootCertificates[0])
      const refused = yield* Effect.flip(readAuthorities(Option.some(file("no certificate"))))
      assert.include(refused.message, "/not/there contains no certificate")
    }).pipe(Effect.provide(NodeContext.layer)))
})
