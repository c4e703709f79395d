import * as Suggest from "@altimate-code/system/Suggest"
import { assert, describe, it } from "@effect/vitest"

describe("Suggest", () => {
  const known = ["region", "profile", "baseURL", "proxy"]

  it("finds the intended name", () => {
    assert.deepStrictEqual(Suggest.closest("regoin", known), ["region"])
    assert.deepStrictEqual(Suggest.closest("baseUrls", known), ["baseURL"])
  })

  it("ignores case and separators", () => {
    assert.deepStrictEqual(Suggest.closest("BASE_url", known), ["baseURL"])
  })

  it("suggests nothing if more than a third of the letters differ", () => {
    assert.deepStrictEqual(Suggest.closest("colour", known), [])
    assert.deepStrictEqual(Suggest.closest("prxi", known), [])
  })

  it("lists the closest name first", () => {
    assert.deepStrictEqual(Suggest.closest("model", ["models", "mode", "model"], { maxDistance: () => 1 }), [
      "model",
      "models",
      "mode"
    ])
  })

  it("compares names with the caller's function", () => {
    const options = { compareAs: (name: string) => name, maxDistance: () => 0 }
    assert.deepStrictEqual(Suggest.closest("--Model", ["--model"], options), [])
    assert.deepStrictEqual(Suggest.closest("--model", ["--model"], options), ["--model"])
  })
})
