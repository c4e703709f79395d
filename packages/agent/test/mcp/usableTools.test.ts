import { assert, describe, it } from "@effect/vitest"
import { selectUsableTools } from "../../src/internal/mcp/usableTools.ts"

const object = { type: "object", properties: {} }

describe("The tools that a server lists", () => {
  it("are used in spite of other irregularities", () => {
    const odd = [
      { name: "a", inputSchema: object, description: "Does a.", annotations: { readOnlyHint: true } },
      { name: "no-schema" },
      { name: "no-type", inputSchema: { anyOf: [object] } },
      { name: "nullable", inputSchema: { type: ["object", "null"] } },
      { name: "true", inputSchema: true, description: 7, annotations: null }
    ]
    const { notices, tools } = selectUsableTools(odd)
    assert.deepStrictEqual(notices, [])
    assert.deepStrictEqual(tools.map(({ name }) => name), ["a", "no-schema", "no-type", "nullable", "true"])
    assert.deepStrictEqual(tools[0], { name: "a", description: "Does a.", inputSchema: object, isReadOnly: true })
    assert.deepStrictEqual(tools[4], {
      name: "true",
      description: "",
      inputSchema: { type: "object" },
      isReadOnly: false
    })
  })

  it("are left out by name if they can't be called", () => {
    const { notices, tools } = selectUsableTools([
      { name: "a", inputSchema: object },
      { name: "a", inputSchema: object },
      { name: "text", inputSchema: { type: "string" } },
      { name: "never", inputSchema: false },
      { name: " ", inputSchema: object },
      "b"
    ])
    assert.deepStrictEqual(tools.map(({ name }) => name), ["a"])
    assert.deepStrictEqual(notices, [
      "a second tool \"a\" was left out: another tool has the same name",
      "the tool \"text\" was left out: its input schema does not accept an object",
      "the tool \"never\" was left out: its input schema does not accept an object",
      "tool 5 of its list was left out: it has no name",
      "tool 6 of its list was left out: it has no name"
    ])
  })
})
