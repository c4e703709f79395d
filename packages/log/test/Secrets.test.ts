import { layer, Secrets } from "@altimate-code/log/Secrets"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const masked = (text: string, ...secrets: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { mask, register } = yield* Secrets
    yield* Effect.forEach(secrets, (secret) => register(Redacted.make(secret)))
    return mask(text)
  }).pipe(Effect.provide(layer))

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

describe("Secrets", () => {
  it.effect("replaces all occurrences of a secret and nothing else", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* masked("a s3cret-token b xs3cret-tokenx", "s3cret-token"),
        "a <redacted> b x<redacted>x"
      )
      assert.strictEqual(yield* masked("nothing to hide"), "nothing to hide")
    }))

  it.effect("replaces all of a secret that contains another one, in either order of registration", () =>
    Effect.gen(function*() {
      const text = "abcdef-ghijkl, abcdef, xx-abcdef-yy"
      const expected = "<redacted>, <redacted>, <redacted>"
      assert.strictEqual(yield* masked(text, "abcdef", "abcdef-ghijkl", "xx-abcdef-yy"), expected)
      assert.strictEqual(yield* masked(text, "xx-abcdef-yy", "abcdef-ghijkl", "abcdef"), expected)
    }))

  it.effect("replaces overlapping secrets together, and adjacent ones separately", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* masked("[abcdef123456]", "abcdef123", "123456"), "[<redacted>]")
      assert.strictEqual(yield* masked("[abcdef123456]", "abcdef", "123456"), "[<redacted><redacted>]")
      assert.strictEqual(yield* masked("[aaaaaaaaa]", "aaaaaa"), "[<redacted>]")
    }))

  it.effect("finds a secret in JSON, in a URL and in base64", () =>
    Effect.gen(function*() {
      const secret = "p\"a\\ss/w+o=rd ü(!"
      const [user, password] = ["user", "a longer one"]
      for (
        const text of [
          JSON.stringify(secret),
          JSON.stringify({ body: JSON.stringify({ secret }) }),
          encodeURIComponent(secret),
          encodeURIComponent(secret).replaceAll(/%../g, (hex) => hex.toLowerCase()),
          encodeURIComponent(secret).replaceAll("(", "%28").replaceAll("!", "%21"),
          new URLSearchParams({ secret }).toString(),
          Buffer.from(secret).toString("base64"),
          Buffer.from(secret).toString("base64url")
        ]
      ) {
        const result = yield* masked(text, secret)
        assert.include(result, "<redacted>", text)
        assert.notMatch(result, /ss.{1,3}w|cGEi|cCJh/, text)
      }
      for (const padding of ["", "a", "ab"]) {
        const basic = Buffer.from(`${user}${padding}:${secret}:${password}`).toString("base64")
        const result = yield* masked(`Basic ${basic}`, secret)
        const rest = result.replace("<redacted>", "")
        assert.notStrictEqual(result, `Basic ${basic}`)
        assert.isBelow(rest.length, `Basic ${basic}`.length - secret.length)
      }
    }))

  it.effect("finds a secret in both alphabets of base64", () =>
    Effect.gen(function*() {
      const secret = "~~~???>>>~~~"
      assert.match(Buffer.from(secret).toString("base64"), /[+/]/)
      for (const encoding of ["base64", "base64url"] as const) {
        const inside = Buffer.from(`x${secret}`).toString(encoding)
        assert.isAtMost((yield* masked(inside, secret)).replace("<redacted>", "").length, 5)
      }
    }))

  it.effect("accepts half a surrogate pair", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* masked("[\uD800secret]", "\uD800secret"), "[<redacted>]")
    }))

  it.effect("ignores values that are blank or too short", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* masked("in 12345 minutes      ", "", "      ", "in", "12345"), "in 12345 minutes      ")
    }))

  it.effect("trims white space around a secret", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* masked("s3cret-token.", " s3cret-token\n"), "<redacted>.")
    }))

  it.effect("finds a secret in the JSON of other languages", () =>
    Effect.gen(function*() {
      const secret = "a/b<c>&dü💥"
      for (
        const text of [
          "a\\/b<c>&dü💥", // PHP
          "a/b\\u003cc\\u003e\\u0026dü💥", // Go
          "a/b<c>&d\\u00fc\\ud83d\\udca5" // Python
        ]
      ) assert.strictEqual(yield* masked(`{"key":"${text}"}`, secret), "{\"key\":\"<redacted>\"}")
    }))

  const secret = Schema.String.pipe(Schema.filter((text) => text.trim().length >= 6 && !/[<>]|redact/.test(text)))

  it.effect.prop(
    "never shows a secret, whatever surrounds it",
    [Schema.NonEmptyArray(secret), Schema.String, Schema.String],
    ([secrets, before, after]) =>
      Effect.gen(function*() {
        const text = secrets.reduce((text, secret) => text + secret + text.slice(0, 40), before) + after
        const result = yield* masked(text, ...secrets)
        for (const secret of secrets) assert.notInclude(result, secret.trim())
      }),
    { fastCheck: { numRuns: 100 * runs } }
  )

  it.effect("finds the beginning of a secret that was cut off", () =>
    Effect.gen(function*() {
      const secret = "canary-token"
      assert.strictEqual(yield* masked("Your token: canary-to…", secret), "Your token: <redacted>…")
      assert.strictEqual(yield* masked("canary-… or canary… or canar…", secret), "<redacted>… or <redacted>… or canar…")
      assert.strictEqual(yield* masked("canary-to, canary-to...", secret), "canary-to, canary-to...")
    }))

  const pieces = (text: string, cuts: ReadonlyArray<number>) => {
    const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length]
    return at.slice(1).map((end, index) => text.slice(at[index], end))
  }

  it.effect.prop(
    "masks a text in pieces like the whole text, wherever it is cut",
    [Schema.NonEmptyArray(secret), Schema.String, Schema.String, Schema.Array(Schema.NonNegative.pipe(Schema.int()))],
    ([secrets, before, after, cuts]) =>
      Effect.gen(function*() {
        const { makeMasker, mask, register } = yield* Secrets
        yield* Effect.forEach(secrets, (secret) => register(Redacted.make(secret)))
        const text = secrets.reduce((text, secret) => text + secret + text.slice(0, 40), before) + after
        const { end, next } = makeMasker()
        assert.strictEqual(pieces(text, cuts).map(next).join("") + end(), mask(text))
      }).pipe(Effect.provide(layer)),
    { fastCheck: { numRuns: 100 * runs } }
  )

  it.effect("holds back only the possible beginning of a secret", () =>
    Effect.gen(function*() {
      const { makeMasker, register } = yield* Secrets
      yield* register(Redacted.make("canary-token"))
      const { end, next } = makeMasker()
      assert.deepStrictEqual(
        ["a", " canary", "-tok", "en canary", " b", "can"].map(next),
        ["a", " ", "", "<redacted> ", "canary b", ""]
      )
      assert.strictEqual(end(), "can")
    }).pipe(Effect.provide(layer)))

  it.effect("shows only the first letters of a possible secret immediately if a user is watching", () =>
    Effect.gen(function*() {
      const { makeMasker, register } = yield* Secrets
      yield* register(Redacted.make("canary-token"))
      const { end, next } = makeMasker(4)
      assert.deepStrictEqual(
        ["a can", "a", "dian c", "an", "ary", "-token", "!c", "anary-t", "oken canary"].map(next),
        ["a can", "", "adian c", "an", "", "<redacted>", "!c", "", "<redacted> "]
      )
      assert.strictEqual(end(), "canary")
    }).pipe(Effect.provide(layer)))

  it.effect.prop(
    "shows at most those first letters, wherever the text is cut",
    [secret, Schema.String, Schema.Array(Schema.NonNegative.pipe(Schema.int()))],
    ([secret, around, cuts]) =>
      Effect.gen(function*() {
        const { makeMasker, register } = yield* Secrets
        yield* register(Redacted.make(secret))
        const { end, next } = makeMasker(4)
        const result = pieces(around + secret + around, cuts).map(next).join("") + end()
        assert.notInclude(result, secret.trim())
        assert.include(result, "<redacted>")
      }).pipe(Effect.provide(layer)),
    { fastCheck: { numRuns: 100 * runs } }
  )
})
