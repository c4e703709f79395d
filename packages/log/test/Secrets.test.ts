import { layer, Secrets } from "@altimate-code/log/Secrets"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const masking = (secrets: ReadonlyArray<string>, text: string) =>
  Effect.gen(function*() {
    const { mask, register } = yield* Secrets
    yield* Effect.forEach(secrets, (secret) => register(Redacted.make(secret)))
    return mask(text)
  }).pipe(Effect.provide(layer))

describe("masking", () => {
  it.effect("replaces a secret wherever it stands", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* masking(["s3cret-token"], "a s3cret-token b xs3cret-tokenx"),
        "a <redacted> b x<redacted>x"
      )
    }))

  it.effect("replaces it as other formats write it", () =>
    Effect.gen(function*() {
      const secret = "a\"b\\c/d+e=ü ?f"
      const forms = {
        json: JSON.stringify({ secret }),
        url: `https://x/?k=${encodeURIComponent(secret)}`,
        base64: Buffer.from(secret).toString("base64"),
        base64url: Buffer.from(secret).toString("base64url")
      }
      for (const [name, form] of Object.entries(forms)) {
        const masked = yield* masking([secret], form)
        assert.include(masked, "<redacted>", name)
        assert.notInclude(masked, "c/d", name)
      }
    }))

  it.effect("a secret that holds another one leaves nothing of itself", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* masking(["abcdef", "abcdef-ghijkl"], "abcdef-ghijkl abcdef"), "<redacted> <redacted>")
    }))

  it.effect("several secrets in any order, also where they overlap", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* masking(["first-one", "second-one"], "second-one, first-one."),
        "<redacted>, <redacted>."
      )
      assert.strictEqual(yield* masking(["abcdefgh", "efghijkl"], "x abcdefghijkl y"), "x <redacted> y")
    }))

  it.effect("blank and very short values blot nothing out", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* masking(["", "   ", "in", "12345"], "in 12345 minutes"), "in 12345 minutes")
    }))

  it.effect("the line break that a file ends with is not part of the secret", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* masking(["s3cret-token\n"], "s3cret-token."), "<redacted>.")
    }))
})
