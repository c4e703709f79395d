/**
 * Amazon Bedrock as a `LanguageModel` of `@effect/ai`.
 *
 * @since 0.1.0
 */
import { Auth } from "@altimate-code/auth/Auth"
import type { AuthError } from "@altimate-code/auth/AuthError"
import type { Credential } from "@altimate-code/auth/Credential"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import type { GivenHeaders, GivenRequest } from "@altimate-code/config/given/GivenSettings"
import * as RequestOptions from "@altimate-code/config/RequestOptions"
import { Settings } from "@altimate-code/config/Settings"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelId from "@altimate-code/model-id/ModelId"
import type { Effort } from "@altimate-code/model-id/Thinking"
import { logDecision } from "@altimate-code/system/logging/DecisionLevel"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Model from "@effect/ai/Model"
import type { Config as EffectConfig } from "effect/Config"
import type { ConfigError as EffectConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { ParentSpan } from "effect/Tracer"
import * as BedrockClient from "./BedrockClient.ts"
import { BedrockError } from "./BedrockError.ts"
import type { Endpoint } from "./EndpointPolicy.ts"
import { findRefusal } from "./internal/failure/findRefusal.ts"
import { toAiError } from "./internal/failure/toAiError.ts"
import * as AnsweredReasoning from "./internal/protocol/prompt/answeredReasoning.ts"
import { readPromptOptions } from "./internal/protocol/prompt/messageOptions.ts"
import { listToolUseIds, toRequest } from "./internal/protocol/prompt/prompt.ts"
import * as ThinkingPlan from "./internal/protocol/prompt/thinkingPlan.ts"
import { listDocuments } from "./internal/protocol/response/citations.ts"
import { toParts } from "./internal/protocol/response/completeResponse.ts"
import { toStreamParts } from "./internal/protocol/response/toStreamParts.ts"
import { makeSingleRequest } from "./internal/protocol/singleRequest.ts"
import { observe } from "./internal/telemetry/observe.ts"
import { choose } from "./ModelChoice.ts"
import type { Notice } from "./Notice.ts"

/**
 * This also adds the metadata to the types of `@effect/ai`.
 *
 * @since 0.1.0
 * @category models
 */
export type { CitationMetadata, FinishMetadata, ReasoningMetadata } from "./parts/ResponseMetadata.ts"

/**
 * This also adds the options to the types of `@effect/ai`.
 *
 * @since 0.1.0
 * @category models
 */
export type { FileOptions, RequestPromptOptions } from "./parts/PromptOptions.ts"

/**
 * The model and the parameters of its requests.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The configured name of the model, without `amazon-bedrock/`: an ID, an ARN, or a name that the user chose. */
  readonly model: string
  /**
   * The maximum number of tokens in an answer, including its thinking; by default the configured one, or the model's maximum, but at most
   * 32,000. It is sent, unless the model refuses it, because Bedrock deducts it from the quota when a request starts, and deducts the model's
   * maximum if it is missing.
   */
  readonly maxTokens?: number
  /** How much the model thinks; by default as configured, or what suits the model. */
  readonly effort?: Effort | "off"
  /** Passed to the model with those of the configuration, which take precedence. If they control its thinking, `effort` has no effect. */
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>
  /** Changes every request just before it is sent. */
  readonly transformRequest?: TransformRequest | undefined
}

/**
 * Returns the request to send instead of the given one, which is complete except for the fields that `drop` leaves out afterwards. Members that the SDK
 * does not know are not sent; put fields of the model's own into `additionalModelRequestFields`. To fail, return an effect: a function that throws is a
 * defect.
 *
 * @since 0.1.0
 * @category models
 */
export type TransformRequest = (
  request: ConverseCommandInput
) => ConverseCommandInput | Effect.Effect<ConverseCommandInput, AiError.AiError>

/**
 * What overrides the options of single requests. Nothing, unless `withConfigOverride` is used; for a stream, use
 * `Stream.provideService(Config, { … })`.
 *
 * @since 0.1.0
 * @category services
 */
export class Config extends Context.Reference<Config>()("@altimate-code/provider/BedrockLanguageModel/Config", {
  defaultValue: (): Override => ({})
}) {}

/**
 * Options of single requests. They take precedence over the model's options and over the settings. Metadata, headers and the model's own fields are
 * merged with those name by name; all others replace them. The options of a prompt (see `PromptOptions`) take precedence.
 *
 * @since 0.1.0
 * @category models
 */
export interface Override extends GivenRequest {
  /** Additional HTTP headers, but not `Authorization`. */
  readonly headers?: GivenHeaders | undefined
  /** Changes the request after the `transformRequest` of the model's options. */
  readonly transformRequest?: TransformRequest | undefined
}

/**
 * Overrides the options of all requests that an effect makes. Where overrides are nested, the inner ones take precedence, option by option. A request
 * with an invalid option fails with `MalformedInput`, which names the option, and is not sent.
 *
 * @since 0.1.0
 * @category configuration
 */
export const withConfigOverride: {
  (override: Override): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, override: Override): Effect.Effect<A, E, R>
} = dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, override: Override) =>
    Effect.flatMap(Config, (outer) => Effect.provideService(self, Config, { ...outer, ...override }))
)

/**
 * How the requests of this model are sent, and why.
 *
 * @since 0.1.0
 * @category services
 */
export class BedrockTarget extends Context.Tag("@altimate-code/provider/BedrockTarget")<BedrockTarget, {
  readonly model: ModelId.Resolved
  readonly endpoint: Endpoint
  /** The current credential; it is resolved again for every request. */
  readonly credential: Effect.Effect<Credential, AuthError>
  /** See `BedrockClient`. */
  readonly canRetryAnswer: (error: BedrockError) => boolean
  /** How much the model thinks; absent if that is not known. */
  readonly effort: Option.Option<Effort | "off">
  /** Changes that the client made to work with the gateway and the model, each once. */
  readonly notices: Effect.Effect<ReadonlyArray<Notice>>
}>() {}

/**
 * A `LanguageModel` over {@link BedrockClient}. A response that is a failure is an `HttpResponseError` with its status, a failed connection
 * an `HttpRequestError`, and a missing credential an `UnknownError`; `BedrockError.fromAiError` extracts the {@link BedrockError} from all of them. An empty prompt, a document without text, or a tool that Bedrock cannot offer is a `MalformedInput`. A
 * response that cannot be decoded is a `MalformedOutput`. A streamed call of an unknown tool is emitted as `tool-params-*` parts without a
 * `tool-call`, because `@effect/ai` has no part for it.
 *
 * The request is always one that Bedrock accepts, whatever the history contains: text is made well-formed; a file that Bedrock would refuse,
 * or one over the limit (see `AttachmentLimits`), is replaced with a line of text; each tool call gets a unique ID and a result; tool schemas
 * are simplified, and the removed parts are added to the tool's description. Later requests use the same IDs for the tool calls of an answer.
 *
 * Claude refuses a forced tool call while it thinks. So a request that forces one (`toolChoice: "required"`, one tool, or `generateObject`) turns
 * thinking off, or, if the model always thinks or the caller's own fields make it think, leaves the choice to the model. A thinking budget is
 * always below `maxTokens`.
 *
 * The options of a prompt's system messages and last user message change a request; see `PromptOptions`.
 *
 * Parts carry Bedrock's own data under the metadata key `altimate-code-bedrock`; see `ResponseMetadata`. The next turn must send the metadata of
 * reasoning back in the options of the prompt part. `Chat` and `Prompt.fromResponseParts` of `@effect/ai` 0.37 discard it, so the client
 * remembers it for its last 256 answers with reasoning. Citations become `source` parts. As in Bedrock's count, `usage.inputTokens` excludes cached tokens. An answer that fails after its usage was reported
 * emits `finish` before it fails.
 *
 * The spans of `@effect/ai` get the attributes of OpenTelemetry's conventions for generative AI, and each attempt at a request has a client
 * span, whose context is sent to the gateway as `traceparent` (unsigned; a configured header of that name takes precedence; none with Effect's
 * default tracer, whose spans are not exported, or with `Effect.withTracerEnabled(false)`). The metrics are `gen_ai.client.token.usage`,
 * `gen_ai.client.operation.duration` and `gen_ai.server.time_to_first_token` (of streamed answers). These attributes and metrics contain no text
 * of the prompt or the answer. But a failed span ends with the error, whose message may quote the gateway's response, and the span
 * `Toolkit.handle` of `@effect/ai` has the parameters of the tool call.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<
  Context.Context<LanguageModel.LanguageModel | BedrockTarget>,
  never,
  BedrockClient.BedrockClient | Auth | Settings
> => makeModel(options)

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<
  LanguageModel.LanguageModel | BedrockTarget,
  never,
  BedrockClient.BedrockClient | Auth | Settings
> => Layer.effectContext(make(options))

/**
 * A model behind a gateway, given in code: its URL, a credential and the model, and whatever else of `GivenSettings` is needed. The layer needs nothing
 * else, not even a platform. To use several models of one gateway, use `model` or `layer` with `BedrockClient.layerGateway`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerGateway = (
  { model, transformRequest, ...options }: Pick<Options, "model" | "transformRequest"> & BedrockClient.GatewayOptions
): Layer.Layer<LanguageModel.LanguageModel | BedrockTarget, ConfigError> =>
  Layer.fresh(Layer.provide(layer({ model, transformRequest }), BedrockClient.layerGateway(options)))

/**
 * Like `layerGateway`, with values from Effect's `Config`, such as environment variables. Fails with Effect's `ConfigError` if one is missing.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  { model, ...config }: { readonly model: EffectConfig<string> } & BedrockClient.GatewayConfig
): Layer.Layer<LanguageModel.LanguageModel | BedrockTarget, ConfigError | EffectConfigError> =>
  Layer.unwrapEffect(
    Effect.map(model, (model) => Layer.fresh(Layer.provide(layer({ model }), BedrockClient.layerConfig(config))))
  )

/**
 * A model as a `Model` of `@effect/ai`, over a client such as that of `BedrockClient.layerGateway`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const model = (
  model: string,
  options: Omit<Options, "model"> = {}
): Model.Model<
  "amazon-bedrock",
  LanguageModel.LanguageModel | BedrockTarget,
  BedrockClient.BedrockClient | Auth | Settings
> => Model.make("amazon-bedrock", layer({ ...options, model }))

const noCache = { system: false, messages: false, tools: false }

/** In tokens. Bedrock deducts all of it from the quota when a request starts. */
const maxDefaultTokens = 32_000

/** Fields of other models' APIs and of Claude's own that control thinking. */
const thinkingFields = [
  "thinking",
  "output_config",
  "reasoningConfig",
  "reasoning_config",
  "reasoning_effort",
  "reasoning"
]

/** The fields without which a model thinks as it likes. */
const controlsThinking: ReadonlySet<string> = new Set([...thinkingFields, "additionalModelRequestFields"])

/** Whether Claude refuses to think with these fields. Source: Anthropic, "Extended thinking", about other features. */
const isSampled = ({ temperature, topP }: RequestOptions.RequestOptions): boolean =>
  (temperature !== undefined && temperature.value !== 1) || (topP !== undefined && topP.value < 0.95)

const transform = (
  request: ConverseCommandInput,
  transformRequest: TransformRequest | undefined
): Effect.Effect<ConverseCommandInput, AiError.AiError> =>
  Effect.suspend(() => {
    const transformed = transformRequest?.(request) ?? request
    return Effect.isEffect(transformed) ? transformed : Effect.succeed(transformed)
  })

const annotations = { service: "provider", providerID: "amazon-bedrock" }

const makeModel = (options: Options) =>
  Effect.gen(function*() {
    const client = yield* BedrockClient.BedrockClient
    const auth = yield* Auth
    const { factsOf, model: known, request: configured, resolved: model, settings } = yield* choose(options.model)
    const capabilities = Catalog.getCapabilities(factsOf)
    const { gateway } = yield* Settings
    /** What is sent with the options of a prompt or an override, if there are any. */
    const prepare = (given: RequestOptions.RequestOptions = {}) => {
      const merged = RequestOptions.merge(configured, given)
      const ownFields = { ...options.additionalModelRequestFields, ...merged.additionalModelRequestFields }
      const sendsOwnThinking = thinkingFields.some((name) => Object.hasOwn(ownFields, name))
      const maxTokens = given.maxTokens?.value ?? options.maxTokens ?? configured.maxTokens?.value
        ?? Math.min(maxDefaultTokens, capabilities.maxOutput)
      const isThinkingGiven = given.effort !== undefined || given.thinking !== undefined
      const thinking = sendsOwnThinking ? undefined : ThinkingPlan.make({
        name: Option.match(known, { onNone: () => options.model, onSome: ({ name }) => name }),
        isKnown: Option.isSome(known),
        reasoning: capabilities.reasoning,
        thinking: Option.getOrUndefined(known)?.thinking,
        maxTokens,
        acceptsDisplay: !model.region.startsWith("us-gov-")
      }, {
        effort: isThinkingGiven ? given.effort?.value : options.effort ?? merged.effort?.value,
        thinking: merged.thinking?.value,
        isSampled: isSampled(merged)
      })
      return { options: merged, maxTokens, thinking }
    }
    const prepared = prepare()
    const { thinking } = prepared
    const own = yield* Ref.make<ReadonlyArray<Notice>>([])
    const reported = yield* Ref.make<ReadonlySet<string>>(new Set())
    /** Reports each notice once, although many requests may have the same override. */
    const notify = (plan: ThinkingPlan.ThinkingPlan | undefined) =>
      Effect.forEach(plan?.notices ?? [], (notice) =>
        Ref.modify(reported, (before) => {
          const key = JSON.stringify(notice)
          return [!before.has(key), new Set(before).add(key)]
        }).pipe(
          Effect.flatMap((isNew) =>
            isNew ? Ref.update(own, (before) => [...before, { _tag: "Thinking", notice } as const]) : Effect.void
          )
        ), { discard: true })
    yield* notify(thinking)
    const explained = ModelId.explain(model)
    yield* logDecision("model").pipe(
      Effect.annotateLogs({ ...annotations, configured: model.configured, wire: model.wire, why: explained })
    )

    const isClaude = Option.isNone(known) || known.value.family === "Claude"
    const reasoning = client.answeredReasoning ?? AnsweredReasoning.make()
    const request = Effect.fnUntraced(function*(provider: LanguageModel.ProviderOptions) {
      const { transformRequest, ...override } = yield* Config
      const overridden = Object.keys(override).length === 0 ? undefined : yield* makeSingleRequest(override)
      const given = yield* readPromptOptions(provider.prompt)
      const planned = given === undefined && overridden === undefined
        ? prepared
        : prepare(RequestOptions.merge(overridden?.request ?? {}, given?.request ?? {}))
      yield* notify(planned.thinking)
      const complete = yield* toRequest({
        ...provider,
        ...planned,
        prompt: reasoning.restore(provider.prompt),
        modelId: model.wire,
        capabilities: given?.cache === false ? { ...capabilities, cache: noCache } : capabilities,
        additionalModelRequestFields: options.additionalModelRequestFields,
        isClaude
      })
      const input = yield* transform(yield* transform(complete, options.transformRequest), transformRequest)
      return { input, headers: { ...settings.headers, ...overridden?.headers, ...given?.headers } }
    })
    const makeExpectation = (
      { responseFormat, tools }: LanguageModel.ProviderOptions,
      input: ConverseCommandInput
    ) => ({
      modelId: model.wire,
      isClaude,
      documents: listDocuments(input.messages ?? []),
      ids: listToolUseIds(input),
      tools: new Set(tools.map((tool) => tool.name)),
      ...(responseFormat.type === "json" && { responseFormat })
    })
    const explain = (method: string, input: ConverseCommandInput) => (error: BedrockError): AiError.AiError => {
      const { cause, message } = error
      return toAiError(
        method,
        new BedrockError({ ...error, message, cause, model, refusal: findRefusal(error, input) })
      )
    }

    const languageModel = yield* LanguageModel.make({
      generateText: (provider) =>
        request(provider).pipe(
          Effect.flatMap(({ headers, input }) =>
            Effect.flatMap(observe(provider.span, input, { isStreamed: false }), ({ onExit, onPart }) =>
              client.converse(input, headers).pipe(
                Effect.mapError(explain("generateText", input)),
                Effect.flatMap((output) => toParts(output, makeExpectation(provider, input))),
                Effect.map((parts) =>
                  parts.map(onPart).map(reasoning.makeRecorder())
                ),
                Effect.onExit((exit) => onExit(exit))
              ))
          )
        ),
      streamText: (provider) =>
        Stream.unwrap(Effect.gen(function*() {
          const { headers, input } = yield* request(provider)
          const { onExit, onPart } = yield* observe(provider.span, input, { isStreamed: true })
          const record = reasoning.makeRecorder()
          return client.converseStream(input, headers).pipe(
            Stream.mapError(explain("streamText", input)),
            toStreamParts(makeExpectation(provider, input)),
            Stream.map((part) => record(onPart(part))),
            Stream.ensuringWith(onExit),
            // `@effect/ai` does not make its span the parent of what happens in a stream.
            Stream.provideService(ParentSpan, provider.span)
          )
        }))
    })
    return Context.make(LanguageModel.LanguageModel, languageModel).pipe(
      Context.add(BedrockTarget, {
        model,
        endpoint: client.endpoint,
        credential: auth.credential,
        canRetryAnswer: client.canRetryAnswer,
        effort: gateway.drop.some((field) => controlsThinking.has(field))
          ? Option.none()
          : Option.fromNullable(thinking?.effort),
        notices: Effect.zipWith(Ref.getAndSet(own, []), client.notices, (own, others) => [...own, ...others])
      })
    )
  })
