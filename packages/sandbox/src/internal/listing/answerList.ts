/**
 * Answers the lists of models. Source: the API model of Amazon Bedrock (2023-04-20) in `@aws-sdk/client-bedrock` 3.1164; LiteLLM's `/v1/models`.
 */
import type { ListedModel, ListedProfile, ModelLists } from "../../ModelLists.ts"
import type { Incoming } from "../http/incoming.ts"
import type { List } from "../http/route.ts"
import { type Steps, wholeResponse } from "../http/steps.ts"
import { bedrockHeaders, invalidRequest, refuse, unknownOperation } from "../validation/refusal.ts"

const account = "111122223333"

const json = (body: unknown): Steps => wholeResponse(200, bedrockHeaders("application/json"), JSON.stringify(body))

const modelArn = (id: string): string => `arn:aws:bedrock:us-east-1::foundation-model/${id}`

const toSummary = (
  { end, id, inference = ["ON_DEMAND"], lifecycle = "ACTIVE", name = id, output = ["TEXT"] }: ListedModel
) => ({
  modelArn: modelArn(id),
  modelId: id,
  modelName: name,
  providerName: id.split(".")[0],
  inputModalities: ["TEXT"],
  outputModalities: output,
  responseStreamingSupported: true,
  customizationsSupported: [],
  inferenceTypesSupported: inference,
  modelLifecycle: { status: lifecycle, ...(end === undefined ? {} : { endOfLifeTime: end }) }
})

const toProfile = ({ id, models, name, type = "SYSTEM_DEFINED" }: ListedProfile) => ({
  inferenceProfileName: name,
  inferenceProfileArn: `arn:aws:bedrock:us-east-1:${account}:${
    type === "APPLICATION" ? "application-inference-profile" : "inference-profile"
  }/${id}`,
  inferenceProfileId: id,
  models: models.map((model) => ({ modelArn: modelArn(model) })),
  status: "ACTIVE",
  type
})

const denied = (operation: string): Steps =>
  refuse({
    status: 403,
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: bedrock:${operation}`
  })

type ControlPlane = NonNullable<ModelLists["controlPlane"]>

/** Pages have their start as the token. Without a type, AWS lists only its own profiles. */
const answerProfiles = ({ pageSize = 1000, profiles = [] }: ControlPlane, query: URLSearchParams): Steps => {
  const type = query.get("type") ?? "SYSTEM_DEFINED"
  const size = Number(query.get("maxResults") ?? pageSize)
  if (!Number.isInteger(size) || size < 1 || size > 1000) {
    return refuse(invalidRequest("maxResults must be from 1 to 1000."))
  }
  const start = Number(query.get("nextToken") ?? 0)
  const all = profiles.filter((profile) => (profile.type ?? "SYSTEM_DEFINED") === type)
  const next = start + Math.min(size, pageSize)
  return json({
    inferenceProfileSummaries: all.slice(start, next).map(toProfile),
    ...(next < all.length ? { nextToken: String(next) } : {})
  })
}

const answerAvailability = ({ models }: ControlPlane, id: string): Steps => {
  const model = models.find((model) => model.id === id)
  if (model === undefined) {
    return refuse({ status: 404, name: "ResourceNotFoundException", message: "The model is not found." })
  }
  const access = model.access ?? true
  return json({
    modelId: id,
    agreementAvailability: { status: access ? "AVAILABLE" : "NOT_AVAILABLE" },
    authorizationStatus: "AUTHORIZED",
    entitlementAvailability: access ? "AVAILABLE" : "NOT_AVAILABLE",
    regionAvailability: "AVAILABLE"
  })
}

const operations = {
  "foundation-models": "ListFoundationModels",
  "inference-profiles": "ListInferenceProfiles",
  "foundation-model-availability": "GetFoundationModelAvailability"
} as const

export const answerList = (lists: ModelLists, { id, list }: List, incoming: Incoming): Steps => {
  if (list === "gateway") {
    return lists.gateway === undefined ? unknownOperation(incoming.method) : wholeResponse(
      200,
      { "content-type": "application/json" },
      JSON.stringify({
        object: "list",
        data: lists.gateway.map((id) => ({ id, object: "model", created: 1_677_610_602, owned_by: "openai" }))
      })
    )
  }
  const { controlPlane } = lists
  if (controlPlane === undefined) return unknownOperation(incoming.method)
  if (controlPlane.denied?.includes(list) === true) return denied(operations[list])
  switch (list) {
    case "foundation-models":
      return json({ modelSummaries: controlPlane.models.map(toSummary) })
    case "inference-profiles":
      return answerProfiles(controlPlane, incoming.query)
    case "foundation-model-availability":
      return answerAvailability(controlPlane, id ?? "")
  }
}
