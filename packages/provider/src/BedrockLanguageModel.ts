/**
 * Amazon Bedrock as a `LanguageModel` of `@effect/ai`.
 *
 * @since 0.1.0
 */
import { Auth } from "@altimate-code/auth/Auth"
import type { AuthError } from "@altimate-code/auth/AuthError"
import type { Credential } from "@altimate-code/auth/Credential"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import type { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelId from "@altimate-code/model-id/ModelId"
import type { PrefixRules } from "@altimate-code/model-id/PrefixRules"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { BedrockClient } from "./BedrockClient.ts"
import { BedrockError } from "./BedrockError.ts"
import type { Endpoint } from "./EndpointPolicy.ts"
import { modelHint } from "./internal/failure/hint/modelHint.ts"
import { refusalOf } from "./internal/failure/refusalOf.ts"
import { idsOf, toRequest } from "./internal/protocol/prompt/prompt.ts"
import { initial, step } from "./internal/protocol/response/streamParts.ts"
import { toParts } from "./internal/protocol/response/wholeResponse.ts"
import { choose } from "./ModelChoice.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The model's name as configured, without `amazon-bedrock/`: an ID, an ARN, or a name of the user's own. */
  readonly model: string
  /**
   * The most tokens that an answer may have: the model's maximum, and at most 8192, unless given. It is always sent,
   * since Bedrock reserves the whole of it from the quota at the start, and all that the model can do when it is not.
   */
  readonly maxTokens?: number
  /** Passed to the model as they are, e.g. `{ thinking: { type: "enabled", budget_tokens: 4000 } }`. */
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>
}

/**
 * What this model's requests are sent with, each with its reason.
 *
 * @since 0.1.0
 * @category services
 */
export class BedrockTarget extends Context.Tag("@altimate-code/provider/BedrockTarget")<BedrockTarget, {
  readonly model: ModelId.Resolved
  readonly endpoint: Endpoint
  /** As it stands now: asked for again at every request. */
  readonly credential: Effect.Effect<Credential, AuthError>
  /** May a streamed answer that broke off with this error be asked again? */
  readonly mayAskAgain: (error: BedrockError) => boolean
  /** What a person should know since the last time this was asked, in sentences. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
}>() {}

/**
 * A `LanguageModel` over {@link BedrockClient}. A failed request is an `AiError.UnknownError`, from which
 * `BedrockError.fromAiError` gets the {@link BedrockError} back; a prompt that is empty or a document alone, or tools that Bedrock has no way to
 * offer, are a `MalformedInput`, and an answer that can't be understood is a `MalformedOutput`. A streamed call of a tool that the
 * model was not given comes as its `tool-params-*` parts without a `tool-call`: `@effect/ai` has no other part for it.
 *
 * A request is acceptable whatever is in the prompt's history: text is made well-formed; a file that Bedrock would refuse, or one too many
 * (see `AttachmentLimits`), becomes a line of text; calls get IDs of their own, and each its result; the schemas of tools are
 * adapted, and what is lost of them is added to the tool's description. The IDs of an answer's calls are those that later requests send.
 *
 * Parts carry what is Bedrock's own under the metadata key `altimate-code-bedrock`: reasoning its `signature`,
 * `redactedContent` (base64) and `model`, which the next turn must send back in the prompt part's options (the agent's `History`
 * does it): it is sent to that model only; `finish` the `stopReason` as it came, `cacheWriteInputTokens` and `latencyMs`. `usage.inputTokens` is without
 * the cache, as Bedrock counts it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<
  LanguageModel.LanguageModel | BedrockTarget,
  ConfigError,
  BedrockClient | Auth | Settings | PrefixRules
> => Layer.unwrapEffect(make(options))

const annotations = { service: "provider", providerID: "amazon-bedrock" }

const make = (options: Options) =>
  Effect.gen(function*() {
    const client = yield* BedrockClient
    const auth = yield* Auth
    const { factsOf, resolved: model } = yield* choose(options.model)
    const capabilities = Catalog.capabilities(factsOf)
    const explained = ModelId.explain(model)
    yield* Effect.logInfo("model").pipe(
      Effect.annotateLogs({ ...annotations, configured: model.configured, wire: model.wire, why: explained })
    )

    const request = (provider: LanguageModel.ProviderOptions) =>
      toRequest({
        ...provider,
        modelId: model.wire,
        capabilities,
        maxTokens: options.maxTokens ?? Math.min(8192, capabilities.maxOutput),
        additionalModelRequestFields: options.additionalModelRequestFields
      })
    const expectation = ({ responseFormat, tools }: LanguageModel.ProviderOptions, input: ConverseCommandInput) => ({
      modelId: model.wire,
      ids: idsOf(input),
      tools: new Set(tools.map((tool) => tool.name)),
      ...(responseFormat.type === "json" && { responseFormat })
    })
    const toAiError = (method: string, input: ConverseCommandInput) => (error: BedrockError): AiError.UnknownError => {
      const refusal = refusalOf(error, input)
      const cause = new BedrockError({ ...error, message: error.message, hint: modelHint(error, model), refusal })
      return new AiError.UnknownError({ module: "BedrockLanguageModel", method, description: error.message, cause })
    }

    const languageModel = yield* LanguageModel.make({
      generateText: (provider) =>
        request(provider).pipe(
          Effect.flatMap((input) =>
            client.converse(input).pipe(
              Effect.mapError(toAiError("generateText", input)),
              Effect.flatMap((output) => toParts(output, expectation(provider, input)))
            )
          )
        ),
      streamText: (provider) =>
        Stream.unwrap(Effect.map(request(provider), (input) => {
          const expected = expectation(provider, input)
          return client.converseStream(input).pipe(
            Stream.mapError(toAiError("streamText", input)),
            Stream.concat(Stream.succeed(undefined)),
            Stream.mapAccumEffect(initial, (state, event) => step(state, event, expected)),
            Stream.flattenIterables
          )
        }))
    })
    return Layer.merge(
      Layer.succeed(LanguageModel.LanguageModel, languageModel),
      Layer.succeed(BedrockTarget, {
        model,
        endpoint: client.endpoint,
        credential: auth.credential,
        mayAskAgain: client.mayAskAgain,
        notices: client.notices
      })
    )
  })
