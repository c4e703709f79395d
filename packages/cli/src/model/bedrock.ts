/** Layers and values for requests to Bedrock. */
import type { ModelProvider } from "@altimate-code/agent/turn/ModelProvider"
import * as Auth from "@altimate-code/auth/Auth"
import * as AwsCredentials from "@altimate-code/auth/AwsCredentials"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import { describe } from "@altimate-code/config/Origin"
import { Settings } from "@altimate-code/config/Settings"
import * as ModelRef from "@altimate-code/model-id/ModelRef"
import * as Network from "@altimate-code/network/Network"
import * as BedrockClient from "@altimate-code/provider/BedrockClient"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { RetryNotice } from "@altimate-code/provider/RetryNotice"
import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import type * as Response from "@effect/ai/Response"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { CliError } from "../command-line/failure/CliError.ts"
import * as AnswerCost from "./answerCost.ts"
import type { KnownModel } from "./knownModels.ts"
import * as MaskedModel from "./maskedModel.ts"
import { describeNotice } from "./notices.ts"

/** The client with its credentials and network. The model is chosen on top of it. */
export const clientOver = <E, R>(
  store: Layer.Layer<CredentialStore.CredentialStore, E, R>,
  limits: BedrockClient.Limits = {}
) =>
  BedrockClient.layer(limits).pipe(
    Layer.provideMerge(Auth.layer),
    Layer.provideMerge(store),
    Layer.provideMerge(AwsCredentials.layer),
    Layer.provideMerge(Network.layer)
  )

export const client = clientOver(CredentialStore.layer)

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
        "Set \"model\" in altimate-code.json, or name one: altimate-code run -m amazon-bedrock/anthropic.claude-sonnet-4-6-v1 …"
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

/** The language model. Without `maxTokens` from the command line, the configuration's or else the catalog's limit applies. */
export const languageModel = ({ id, maxTokens }: Pick<KnownModel, "id" | "maxTokens">) =>
  Layer.provideMerge(
    MaskedModel.layer,
    BedrockLanguageModel.layer({
      model: id,
      ...(Option.isSome(maxTokens) ? { maxTokens: maxTokens.value } : {})
    })
  )

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
  { maxCost, price }: { readonly maxCost: Option.Option<number>; readonly price: KnownModel["price"] }
): ModelProvider => ({
  model: model.wire,
  computeCost: (answer) => Option.getOrUndefined(AnswerCost.compute({ wire: model.wire, price }, answer)),
  maxCost: Option.getOrUndefined(maxCost),
  refusal: (error) => Option.getOrUndefined(BedrockError.fromAiError(error))?.refusal,
  canRetryAnswer: (error) => Option.exists(BedrockError.fromAiError(error), canRetryAnswer),
  isFull: (metadata) => stopReason(metadata) === "model_context_window_exceeded",
  reportWaits: (effect, report) =>
    Effect.provideService(
      effect,
      RetryNotice,
      ({ attempt, error, until }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          Effect.when(
            report({ why: whyWaiting[error.reason] ?? "The request failed", message: error.message, attempt, until }),
            () => until - now >= minReportedWait
          ))
    ),
  notices: Effect.map(notices, (notices) => notices.map(describeNotice))
})
