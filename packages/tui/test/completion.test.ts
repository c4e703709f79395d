import { assert, describe, it } from "@effect/vitest"
import { complete, rank } from "../src/internal/input/completion.ts"

const commands = [
  { name: "/model", description: "choose a model" },
  { name: "/new", description: "a new session" },
  { name: "/compact", description: "summarise" },
  { name: "/exit", description: "leave" }
]
const files = ["README.md", "src/Model.ts", "src/internal/modelIds.ts", "test/mock.ts", "docs/"]

/** What is offered where the text has a `|`. */
const offered = (text: string): ReadonlyArray<string> | undefined => {
  const cursor = text.indexOf("|")
  return complete({ text: text.replace("|", ""), cursor }, { files, commands, limit: 3 })?.items.map(({ label }) =>
    label
  )
}

describe("a completion", () => {
  it("offers commands at the very start only, and all of them", () => {
    assert.deepStrictEqual(offered("/|"), ["/model", "/new", "/compact", "/exit"])
    assert.deepStrictEqual(offered("/mo|"), ["/model"])
    assert.deepStrictEqual(offered("/ct|"), ["/compact"])
    assert.isUndefined(offered("/nothing|"))
    assert.isUndefined(offered("see /mo|"))
    assert.isUndefined(offered("/model cl|"))
  })

  it("offers files after an @ that begins a word", () => {
    assert.deepStrictEqual(offered("see @|"), ["README.md", "src/Model.ts", "src/internal/modelIds.ts"])
    assert.deepStrictEqual(offered("see\n@mod|"), ["src/Model.ts", "src/internal/modelIds.ts"])
    assert.isUndefined(offered("a@mod|"))
    assert.isUndefined(offered("@mod |"))
    assert.isUndefined(offered("mod|"))
  })

  it("replaces the whole word, also what stands behind the cursor", () => {
    const text = "fix @srcel.ts now"
    const completion = complete({ text, cursor: 8 }, { files, commands, limit: 3 })
    assert.strictEqual(text.slice(completion?.start, completion?.end), "@srcel.ts")
    assert.deepStrictEqual(completion?.items[0], {
      label: "src/Model.ts",
      description: "",
      insert: "@src/Model.ts "
    })
  })

  it("tells what a command does", () => {
    assert.deepStrictEqual(complete({ text: "/ne", cursor: 3 }, { files, commands, limit: 3 })?.items, [
      { label: "/new", description: "a new session", insert: "/new " }
    ])
  })
})

describe("the ranking", () => {
  it("prefers the name to its directories, its beginning to its middle, a run to single characters", () => {
    const candidates = ["model/x.ts", "x/m-o-d.ts", "x/amod.ts", "x/mod.ts"]
    assert.deepStrictEqual(rank("mod", candidates, 9), ["x/mod.ts", "x/amod.ts", "model/x.ts", "x/m-o-d.ts"])
  })

  it("prefers places where words begin", () => {
    assert.deepStrictEqual(rank("hs", ["catches.ts", "HttpServer.ts"], 9), ["HttpServer.ts", "catches.ts"])
  })

  it("leaves out what lacks a character, whatever its case, and takes no more than asked for", () => {
    assert.deepStrictEqual(rank("EDM", files, 9), ["README.md"])
    assert.deepStrictEqual(rank("zz", files, 9), [])
    assert.strictEqual(rank("s", files, 2).length, 2)
  })
})

describe("The ranking of many", () => {
  it("is that of the best among all", () => {
    const many = [...Array(2000).keys()].map((index) =>
      `src/part${index % 7}/${index % 3 === 0 ? "Mod" : "a-mod"}${index}.ts`
    )
    for (const query of ["m", "mod1", "part3", "pmd", "amo"]) {
      assert.deepStrictEqual(rank(query, many, 8), rank(query, many, many.length).slice(0, 8), query)
    }
  })
})
