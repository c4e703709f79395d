import { assert, describe, it } from "@effect/vitest"
import { assertNone, assertSome } from "@effect/vitest/utils"
import { listCandidates } from "../src/internal/listing/candidates.ts"
import { readFoundationModels, readGatewayModels, readProfiles } from "../src/internal/listing/responses.ts"

const endpoint = (url: string) => ({ url, origin: { _tag: "Default" } as const, why: "a test" })
const urls = (url: string, controlPlane?: string) =>
  listCandidates(endpoint(url), controlPlane === undefined ? undefined : endpoint(controlPlane)).map(({ _tag, url }) =>
    `${_tag} ${url}`
  )

describe("where a list of models may be", () => {
  it.each([
    ["bedrock-runtime.us-east-1.amazonaws.com", "bedrock.us-east-1.amazonaws.com"],
    ["bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "bedrock-fips.us-gov-west-1.amazonaws.com"],
    ["bedrock-runtime.cn-north-1.amazonaws.com.cn", "bedrock.cn-north-1.amazonaws.com.cn"],
    ["bedrock-runtime.eu-west-1.api.aws", "bedrock.eu-west-1.api.aws"]
  ])("beside AWS's %s it is %s", (runtime, controlPlane) => {
    assert.deepStrictEqual(urls(`https://${runtime}`), [`ControlPlane https://${controlPlane}`])
  })

  it("is at the configured URL, and nowhere else", () => {
    assert.deepStrictEqual(urls("https://gateway.example.com/x", "https://list.example.com/y"), [
      "ControlPlane https://list.example.com/y"
    ])
  })

  it.each([
    ["https://g.example.com/bedrock", ["/bedrock/models", "/bedrock/v1/models", "/v1/models"]],
    ["https://g.example.com/bedrock/v1", ["/bedrock/v1/models", "/v1/models"]],
    ["https://g.example.com/v1", ["/v1/models"]],
    ["https://g.example.com", ["/models", "/v1/models"]]
  ])("is tried at each path of the gateway %s once", (base, lists) => {
    assert.deepStrictEqual(urls(base), [
      `ControlPlane ${base}`,
      ...lists.map((path) => `Gateway https://g.example.com${path}`)
    ])
  })

  it("keeps a gateway's query", () => {
    assert.include(urls("https://g.example.com/b?team=a"), "Gateway https://g.example.com/b/models?team=a")
  })
})

describe("a response", () => {
  it("of something else is no list", () => {
    for (const response of [{}, [1], { data: "x" }, { error: { message: "no" } }, { data: [{ name: "x" }] }]) {
      assertNone(readGatewayModels(response))
      assertNone(readFoundationModels(response))
      assertNone(readProfiles(response))
    }
  })

  it("may be a gateway's list in several forms", () => {
    const models = [{ id: "a", name: "a", onDemand: true, legacy: false }]
    for (
      const response of [{ data: [{ id: "a" }] }, { models: ["a"] }, ["a"], {
        object: "list",
        data: [{ id: "a", x: 1 }]
      }]
    ) {
      assertSome(readGatewayModels(response), models)
    }
    assertSome(readGatewayModels({ data: [] }), [])
  })

  it("tells when a model ends, as a date or in seconds", () => {
    for (const endOfLifeTime of ["2030-01-01T00:00:00Z", 1_893_456_000]) {
      assertSome(
        readFoundationModels({
          modelSummaries: [{ modelId: "m", modelLifecycle: { status: "LEGACY", endOfLifeTime } }, {
            modelName: "no ID"
          }]
        }),
        [{ id: "m", name: "m", onDemand: true, legacy: true, end: Date.UTC(2030, 0, 1) }]
      )
    }
  })
})
