/** Layers and values for requests to Bedrock. */
import type { ModelProvider } from "@altimate-code/agent/turn/ModelProvider"
import * as Auth from "@altimate-code/auth/Auth"
import * as AwsCredentials from "@altimate-code/auth/AwsCredentials"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import { Secrets } from "@altimate-code/log/Secrets"
import * as ModelRef from "@altimate-code/model-id/ModelRef"
import type * as Thinking from "@altimate-code/model-id/Thinking"
import * as Network from "@altimate-code/network/Network"
import * as BedrockClient from "@altimate-code/provider/BedrockClient"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { RetryNotice } from "@altimate-code/provider/RetryNotice"
import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import * as LanguageModel from "@effect/ai/LanguageModel"
import type * as Response from "@effect/ai/Response"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { CliError } from "../command-line/failure/CliError.ts"
import * as AnswerCost from "./answerCost.ts"
import { describeIntervention } from "./guardrails.ts"
import { type KnownModel, lookUp } from "./knownModels.ts"
import * as MaskedModel from "./maskedModel.ts"
import { describeNotice } from "./notices.ts"

/** The client with its credentials and network. The model is chosen on top of it. */
export const clientOver = <E, R>(
  makeStore: Effect.Effect<CredentialStore.Service, E, R>,
  limits: BedrockClient.Limits = {}
) =>
  // One layer, because combining several takes ten times as many operations, which matters for a short command.
  Layer.scopedContext(Effect.gen(function*() {
    const { awsProfile } = yield* Settings
    const network = Context.make(Network.Network, yield* Network.make)
    const chain = yield* Effect.provide(AwsCredentials.make(awsProfile), network)
    const aws = Context.add(network, AwsCredentials.AwsCredentials, chain)
    const stored = Context.add(aws, CredentialStore.CredentialStore, yield* Effect.provide(makeStore, aws))
    const authorized = Context.add(stored, Auth.Auth, yield* Effect.provide(Auth.make, stored))
    const made = yield* Effect.provide(BedrockClient.make(limits), authorized)
    return Context.add(authorized, BedrockClient.BedrockClient, made)
  }))

export const client = clientOver(CredentialStore.make)

/** Shorter retries, for checks of the configuration during which the user waits. */
export const checkLimits: BedrockClient.Limits = { retry: "10 seconds" }

/** The configured model, or the one that `--model` names. */
export const configuredModel = Effect.gen(function*() {
  const { model } = yield* Settings
  if (Option.isNone(model)) {
    return yield* new CliError({
      reason: "Usage",
      message: "No model is configured.",
      hint:
        "Set \"model\" in altimate-code.json, start altimate-code to be guided, or name one: altimate-code run -m amazon-bedrock/anthropic.claude-sonnet-4-6-v1 …"
    })
  }
  const { origin, value } = model.value
  const stray = StrayCharacter.find(value, StrayCharacter.isVisible)
  if (Option.isSome(stray)) {
    return yield* new CliError({
      reason: "Usage",
      message: `${describe(origin)}: the model has ${StrayCharacter.describe(stray.value)}.`,
      hint: "It was probably copied by mistake. Type the model's ID again."
    })
  }
  return yield* ModelRef.parse(value)
})

/** How much the model thinks, if the command line or the user says so. */
export type Effort = Option.Option<Thinking.Effort | "off">

/** The language model. Without `maxTokens` and `effort`, those of the configuration or else of the catalog apply. */
export const languageModel = (
  { effort = Option.none(), id, maxTokens }: Pick<KnownModel, "id" | "maxTokens"> & { readonly effort?: Effort }
) =>
  Layer.effectContext(Effect.gen(function*() {
    const services = yield* BedrockLanguageModel.make({
      model: id,
      ...(Option.isSome(maxTokens) ? { maxTokens: maxTokens.value } : {}),
      ...(Option.isSome(effort) ? { effort: effort.value } : {})
    })
    const masked = MaskedModel.mask(Context.get(services, LanguageModel.LanguageModel), yield* Secrets)
    return Context.add(services, LanguageModel.LanguageModel, masked)
  }))

/** The models that help the selected one, and the prices of these. */
interface Helpers extends Pick<ModelProvider, "fallback" | "small"> {
  readonly prices?: ReadonlyArray<AnswerCost.PricedModel>
}

/** Opens another configured model over the same client, until the scope closes. */
const openOther = ({ value }: Setting<string>) =>
  Effect.gen(function*() {
    const known = yield* lookUp(yield* ModelRef.parse(value))
    const context = yield* Layer.build(languageModel(known))
    const { model } = Context.get(context, BedrockLanguageModel.BedrockTarget)
    const priced: AnswerCost.PricedModel = { wire: model.wire, price: known.price }
    return { known, languageModel: Context.get(context, LanguageModel.LanguageModel), priced }
  })

/**
 * The models that help the selected one: for small tasks, and when it is overloaded. On the screen the user decides about the fallback; elsewhere only
 * `--fallback-model` allows it.
 */
export const openHelpers = ({ id, name }: Pick<KnownModel, "id" | "name">, where: "run" | "screen") =>
  Effect.gen(function*() {
    const { fallback, smallModel } = yield* Settings
    const small = yield* Effect.transposeMapOption(smallModel, openOther)
    const other = yield* Effect.transposeMapOption(
      Option.filter(fallback, ({ origin }) => where === "screen" || origin._tag === "Flag"),
      openOther
    )
    return {
      prices: [...Option.toArray(small), ...Option.toArray(other)].map(({ priced }) => priced),
      ...Option.match(small, {
        onNone: () => ({}),
        onSome: ({ known, languageModel }) => ({
          small: {
            name: known.name,
            languageModel,
            ...Option.match(known.contextWindow, {
              onNone: () => ({}),
              onSome: (contextWindow) => ({ contextWindow })
            })
          }
        })
      }),
      ...Option.match(Option.filter(other, ({ known }) => known.id !== id), {
        onNone: () => ({}),
        onSome: ({ known, languageModel }) => ({
          fallback: { id: known.id, name: known.name, replaces: name, languageModel, isAsked: where === "screen" }
        })
      })
    } satisfies Helpers
  })

/** Reads Bedrock's stop reason of an answer. */
export const stopReason = (metadata: Response.FinishPart["metadata"]): string | undefined => {
  const reason: unknown = metadata["altimate-code-bedrock"]?.["stopReason"]
  return typeof reason === "string" ? reason : undefined
}

const whyWaiting: Partial<Record<BedrockError["reason"], string>> = {
  Throttled: "Rate limited",
  Unavailable: "Service unavailable",
  Timeout: "The service took too long",
  TruncatedStream: "The answer was cut off",
  Connection: "No connection",
  ModelError: "The model failed"
}

/** Shorter waits are not reported, because they are over before anyone reads the message. In milliseconds. */
const minReportedWait = 900

/** Makes the provider for turns. */
export const provider = (
  { canRetryAnswer, model, notices }: Pick<
    typeof BedrockLanguageModel.BedrockTarget.Service,
    "canRetryAnswer" | "model" | "notices"
  >,
  { prices = [], ...helpers }: Helpers,
  { maxCost, price }: { readonly maxCost: Option.Option<number>; readonly price: KnownModel["price"] }
): ModelProvider => ({
  ...helpers,
  model: model.wire,
  computeCost: (answer) => {
    const cost = Option.getOrUndefined(AnswerCost.compute([{ wire: model.wire, price }, ...prices], answer))
    if (cost !== undefined) AnswerCost.count(answer.model, cost)
    return cost
  },
  maxCost: Option.getOrUndefined(maxCost),
  refusal: (error) => Option.getOrUndefined(BedrockError.fromAiError(error))?.refusal,
  canRetryAnswer: (error) => Option.exists(BedrockError.fromAiError(error), canRetryAnswer),
  isOverloaded: (error) =>
    Option.exists(BedrockError.fromAiError(error), ({ reason }) => reason === "Throttled" || reason === "Unavailable"),
  isFull: (metadata) => stopReason(metadata) === "model_context_window_exceeded",
  describeIntervention: (metadata) => describeIntervention(metadata, stopReason(metadata)),
  reportWaits: (effect, report) =>
    Effect.provideService(
      effect,
      RetryNotice,
      ({ error, ...wait }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          Effect.when(
            report({ ...wait, why: whyWaiting[error.reason] ?? "The request failed", message: error.message }),
            () => wait.until - now >= minReportedWait
          ))
    ),
  notices: Effect.map(notices, (notices) => notices.map(describeNotice))
})
