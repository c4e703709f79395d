/**
 * Reads the responses of the control plane and of gateways. Entries without an ID are ignored, and so are unknown fields.
 * Source: the API model of Amazon Bedrock (2023-04-20) in `@aws-sdk/client-bedrock` 3.1164; OpenAI's API reference, "List models".
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { RemoteModel, RemoteProfile } from "../../listing/RemoteList.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(Schema.NullOr(schema))
const texts = optional(Schema.Array(Schema.String))

/** A timestamp: a date as text, or seconds since 1970. */
const Time = Schema.Union(Schema.String, Schema.Number)

const toMillis = (time: string | number): number => typeof time === "number" ? time * 1000 : Date.parse(time)

const FoundationModel = Schema.Struct({
  modelId: Schema.String,
  modelArn: optional(Schema.String),
  modelName: optional(Schema.String),
  providerName: optional(Schema.String),
  inputModalities: texts,
  outputModalities: texts,
  inferenceTypesSupported: texts,
  modelLifecycle: optional(Schema.Struct({ status: optional(Schema.String), endOfLifeTime: optional(Time) }))
})

const Profile = Schema.Struct({
  inferenceProfileId: Schema.String,
  inferenceProfileArn: Schema.String,
  inferenceProfileName: optional(Schema.String),
  type: optional(Schema.String),
  status: optional(Schema.String),
  models: optional(Schema.Array(Schema.Struct({ modelArn: optional(Schema.String) })))
})

const GatewayModel = Schema.Struct({ id: Schema.String, name: optional(Schema.String) })

const decodeAll = <A, I>(schema: Schema.Schema<A, I>, values: ReadonlyArray<unknown>): ReadonlyArray<A> =>
  values.flatMap((value) => Option.toArray(Schema.decodeUnknownOption(schema)(value)))

const List = (name: string) =>
  Schema.Struct({ [name]: Schema.Array(Schema.Unknown), nextToken: optional(Schema.String) })

const readPage = (name: string, response: unknown) =>
  Option.map(Schema.decodeUnknownOption(List(name))(response), (page) => ({
    values: page[name] as ReadonlyArray<unknown>,
    next: Option.filter(Option.fromNullable(page.nextToken as string | null | undefined), (token) => token !== "")
  }))

const toModel = (model: typeof FoundationModel.Type): ReadonlyArray<RemoteModel> => {
  const types = model.inferenceTypesSupported ?? []
  const inputs = model.inputModalities ?? ["TEXT"]
  const outputs = model.outputModalities ?? ["TEXT"]
  // A model that only needs provisioned throughput is a variant of another one.
  const isOffered = types.length === 0 || types.some((type) => type === "ON_DEMAND" || type === "INFERENCE_PROFILE")
  if (!isOffered || !inputs.includes("TEXT") || !outputs.includes("TEXT")) return []
  const end = toMillis(model.modelLifecycle?.endOfLifeTime ?? Number.NaN)
  return [{
    id: model.modelId,
    name: model.modelName ?? model.modelId,
    ...(model.modelArn === undefined || model.modelArn === null ? {} : { arn: model.modelArn }),
    onDemand: types.length === 0 || types.includes("ON_DEMAND"),
    legacy: model.modelLifecycle?.status === "LEGACY",
    ...(Number.isNaN(end) ? {} : { end })
  }]
}

/** The chat models of ListFoundationModels; none if it is not its response. */
export const readFoundationModels = (response: unknown): Option.Option<ReadonlyArray<RemoteModel>> =>
  Option.map(
    readPage("modelSummaries", response),
    ({ values }) => decodeAll(FoundationModel, values).flatMap(toModel)
  )

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1)

const toProfile = (profile: typeof Profile.Type): RemoteProfile => ({
  id: profile.inferenceProfileId,
  arn: profile.inferenceProfileArn,
  name: profile.inferenceProfileName ?? profile.inferenceProfileId,
  isApplication: profile.type === "APPLICATION",
  models: [
    ...new Set(
      (profile.models ?? []).flatMap(({ modelArn }) => typeof modelArn === "string" ? [lastPart(modelArn)] : [])
    )
  ]
})

/** A page of ListInferenceProfiles; none if it is not its response. */
export const readProfiles = (response: unknown) =>
  Option.map(readPage("inferenceProfileSummaries", response), ({ next, values }) => ({
    next,
    profiles: decodeAll(Profile, values)
      .filter(({ status }) => status === undefined || status === null || status === "ACTIVE")
      .map(toProfile)
  }))

const Availability = Schema.Struct({
  agreementAvailability: optional(Schema.Struct({ status: optional(Schema.String) })),
  authorizationStatus: optional(Schema.String),
  entitlementAvailability: optional(Schema.String)
})

/** Whether GetFoundationModelAvailability says that the account may use the model; none if it is not its response. */
export const readAccess = (response: unknown): Option.Option<boolean> =>
  Option.flatMap(
    Schema.decodeUnknownOption(Availability)(response),
    ({ agreementAvailability, authorizationStatus, entitlementAvailability }) => {
      const known = [agreementAvailability?.status, authorizationStatus, entitlementAvailability]
        .filter((status) => typeof status === "string")
      return known.length === 0
        ? Option.none()
        : Option.some(known.every((status) => status === "AVAILABLE" || status === "AUTHORIZED"))
    }
  )

/** The models of a gateway's own list: `{data: [{id}]}`, `{models: [{id}]}`, or the array itself; none if it is something else. */
export const readGatewayModels = (response: unknown): Option.Option<ReadonlyArray<RemoteModel>> => {
  const lists = [
    response,
    ...["data", "models"].map((name) => (response as Readonly<Record<string, unknown>> | null)?.[name])
  ]
  const list = lists.find(Array.isArray) as ReadonlyArray<unknown> | undefined
  if (list === undefined) return Option.none()
  const models = decodeAll(GatewayModel, list.map((value) => typeof value === "string" ? { id: value } : value))
  return models.length === 0 && list.length > 0 ? Option.none() : Option.some(
    models.map(({ id, name }) => ({ id, name: name ?? id, onDemand: true, legacy: false }))
  )
}
