import { assert, describe, it } from "@effect/vitest"
import { complete, rank } from "../../src/internal/input/completion.ts"

const commands = [
  { name: "/model", description: "choose a model" },
  { name: "/new", description: "a new session" },
  { name: "/compact", description: "summarise" },
  { name: "/exit", description: "quit" }
]
const files = ["README.md", "src/Model.ts", "src/internal/modelIds.ts", "test/mock.ts", "docs/"]

/** The labels offered at the `|` in the text. */
const offered = (text: string): ReadonlyArray<string> | undefined => {
  const cursor = text.indexOf("|")
  return complete({ text: text.replace("|", ""), cursor }, { files, commands, limit: 3 })?.items.map(({ label }) =>
    label
  )
}

describe("Completion", () => {
  it("offers all commands, only at the start of the text", () => {
    assert.deepStrictEqual(offered("/|"), ["/model", "/new", "/compact", "/exit"])
    assert.deepStrictEqual(offered("/mo|"), ["/model"])
    assert.deepStrictEqual(offered("/ct|"), ["/compact"])
    assert.isUndefined(offered("/nothing|"))
    assert.isUndefined(offered("see /mo|"))
    assert.isUndefined(offered("/model cl|"))
  })

  it("offers files after an @ at the start of a word", () => {
    assert.deepStrictEqual(offered("see @|"), ["README.md", "src/Model.ts", "src/internal/modelIds.ts"])
    assert.deepStrictEqual(offered("see\n@mod|"), ["src/Model.ts", "src/internal/modelIds.ts"])
    assert.isUndefined(offered("a@mod|"))
    assert.isUndefined(offered("@mod |"))
    assert.isUndefined(offered("mod|"))
  })

  it("replaces the whole word, including the part after the cursor", () => {
    const text = "fix @srcel.ts now"
    const completion = complete({ text, cursor: 8 }, { files, commands, limit: 3 })
    assert.strictEqual(text.slice(completion?.start, completion?.end), "@srcel.ts")
    assert.deepStrictEqual(completion?.items[0], {
      label: "src/Model.ts",
      description: "",
      insert: "@src/Model.ts "
    })
  })

  it("describes commands", () => {
    assert.deepStrictEqual(complete({ text: "/ne", cursor: 3 }, { files, commands, limit: 3 })?.items, [
      { label: "/new", description: "a new session", insert: "/new " }
    ])
  })
})

describe("Ranking", () => {
  it("prefers the file name to its directories, its start to its middle, and adjacent characters to scattered ones", () => {
    const candidates = ["model/x.ts", "x/m-o-d.ts", "x/amod.ts", "x/mod.ts"]
    assert.deepStrictEqual(rank("mod", candidates, 9), ["x/mod.ts", "x/amod.ts", "model/x.ts", "x/m-o-d.ts"])
  })

  it("prefers the starts of words", () => {
    assert.deepStrictEqual(rank("hs", ["catches.ts", "HttpServer.ts"], 9), ["HttpServer.ts", "catches.ts"])
  })

  it("ignores case, omits candidates that lack a character, and respects the limit", () => {
    assert.deepStrictEqual(rank("EDM", files, 9), ["README.md"])
    assert.deepStrictEqual(rank("zz", files, 9), [])
    assert.strictEqual(rank("s", files, 2).length, 2)
  })
})

describe("Ranking many candidates", () => {
  it("returns the best of all candidates", () => {
    const many = [...Array(2000).keys()].map((index) =>
      `src/part${index % 7}/${index % 3 === 0 ? "Mod" : "a-mod"}${index}.ts`
    )
    for (const query of ["m", "mod1", "part3", "pmd", "amo"]) {
      assert.deepStrictEqual(rank(query, many, 8), rank(query, many, many.length).slice(0, 8), query)
    }
  })
})
