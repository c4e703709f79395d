import type { Citation, ContentBlock, ConverseCommandOutput } from "@aws-sdk/client-bedrock-runtime"
import * as Response from "@effect/ai/Response"
import * as Toolkit from "@effect/ai/Toolkit"
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { key } from "../../src/internal/protocol/key.ts"
import { listDocuments } from "../../src/internal/protocol/response/citations.ts"
import { toParts } from "../../src/internal/protocol/response/completeResponse.ts"
import { toEvents } from "../../src/internal/protocol/response/responseEvents.ts"
import { initialState, step } from "../../src/internal/protocol/response/streamParts.ts"

const documents = listDocuments([
  {
    role: "user",
    content: [{ text: "Compare." }, {
      document: { name: "report", format: "pdf", source: { bytes: new Uint8Array([1]) } }
    }]
  },
  {
    role: "user",
    content: [{
      toolResult: {
        toolUseId: "t",
        content: [{ document: { name: "table", format: "csv", source: { bytes: new Uint8Array([1]) } } }]
      }
    }]
  }
])
const expected = { modelId: "us.m", isClaude: true, documents, tools: new Set<string>(), ids: new Set<string>() }

const output = (...content: Array<ContentBlock>): ConverseCommandOutput => ({
  $metadata: {},
  output: { message: { role: "assistant", content } },
  stopReason: "end_turn",
  usage: undefined,
  metrics: undefined
})

const complete = (...content: Array<ContentBlock>) => Either.getOrThrow(toParts(output(...content), expected))

const streamed = (...content: Array<ContentBlock>) => {
  let state = initialState
  return toEvents(output(...content)).flatMap((event) => {
    const [next, parts] = Either.getOrThrow(step(state, event, expected))
    state = next
    return parts
  })
}

const cited = (...citations: Array<Citation>): ContentBlock => ({
  citationsContent: { content: [{ text: "Sales grew " }, { text: "by 4 %." }], citations }
})

/** The only source of an answer. */
const source = (citation: Citation) => complete(cited(citation)).find(({ type }) => type === "source")

const page: Citation = {
  title: "report",
  sourceContent: [{ text: "Sales: " }, { text: "+4 %" }],
  location: { documentPage: { documentIndex: 0, start: 2, end: 3 } }
}

describe("an answer with citations", () => {
  it("keeps its text, and cites each source after it", () => {
    assert.deepStrictEqual(complete({ text: "In short: " }, cited(page), cited(page)).slice(1, -1), [
      { type: "text", text: "In short: " },
      ...[0, 1].flatMap((index) => [
        { type: "text", text: "Sales grew by 4 %." } as const,
        {
          type: "source",
          sourceType: "document",
          id: `citation-${index}`,
          mediaType: "application/pdf",
          title: "report",
          metadata: {
            [key]: {
              citedText: "Sales: +4 %",
              location: { documentPage: { documentIndex: 0, start: 2, end: 3 } }
            }
          }
        } as const
      ])
    ])
  })

  it("has the same text and sources if it is streamed", () => {
    const parts = streamed(cited(page), { text: "And " }, cited(page))
    const text = parts.map((part) => part.type === "text-delta" ? part.delta : "").join("")
    assert.strictEqual(text, "Sales grew by 4 %.And Sales grew by 4 %.")
    const sources = (parts: ReadonlyArray<object>) => parts.filter((part) => "sourceType" in part)
    assert.lengthOf(sources(parts), 2)
    assert.deepStrictEqual(sources(parts), sources(complete(cited(page), cited(page))))
  })

  it("takes the title and the media type of a source from the request's documents", () => {
    for (const kind of ["documentChar", "documentChunk", "documentPage"] as const) {
      const part = source({ location: { [kind]: { documentIndex: 1, start: 0, end: 5 } } as never })
      assert.deepInclude(part, { sourceType: "document", title: "table", mediaType: "text/csv" })
    }
    const unknown = source({ location: { documentChar: { documentIndex: 9 } } })
    assert.deepInclude(unknown, { title: "", mediaType: "text/plain" })
  })

  it("cites a web page or a search result by its URL", () => {
    const web = source({ location: { web: { url: "https://example.com/a", domain: "example.com" } } })
    assert.deepInclude(web, { sourceType: "url", url: "https://example.com/a", title: "example.com" })
    const result = source({
      title: "Handbook",
      source: "https://wiki.example.com/handbook",
      location: { searchResultLocation: { searchResultIndex: 0, start: 0, end: 1 } }
    })
    assert.deepInclude(result, { sourceType: "url", url: "https://wiki.example.com/handbook", title: "Handbook" })
  })

  it("is accepted by @effect/ai although a URL is invalid", () => {
    const parts = complete(cited({ source: "https://", location: { web: { url: "no url" } } }))
    assert.deepInclude(parts.find(({ type }) => type === "source"), { sourceType: "document", title: "https://" })
    Schema.decodeUnknownSync(Schema.Array(Response.Part(Toolkit.empty)))(parts)
  })
})
