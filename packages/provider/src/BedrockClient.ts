/**
 * The operations Converse and ConverseStream of the Bedrock Runtime, with typed errors, retries and time limits.
 *
 * @since 0.1.0
 */
import * as Auth from "@altimate-code/auth/Auth"
import { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import type { Gateway } from "@altimate-code/config/Gateway"
import type { GivenSettings } from "@altimate-code/config/given/GivenSettings"
import * as Settings from "@altimate-code/config/Settings"
import { publicUrl, registerSecrets } from "@altimate-code/log/PublicUrl"
import * as Network from "@altimate-code/network/Network"
import { logDecision, logReported } from "@altimate-code/system/logging/DecisionLevel"
import type {
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamCommandInput
} from "@aws-sdk/client-bedrock-runtime"
import * as Chunk from "effect/Chunk"
import * as Config from "effect/Config"
import type { ConfigError as EffectConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { BedrockError } from "./BedrockError.ts"
import { type Endpoint, EndpointPolicy } from "./EndpointPolicy.ts"
import { refuseInsecure } from "./internal/endpoint/refuseInsecure.ts"
import { makeRequestUrl } from "./internal/endpoint/requestUrl.ts"
import { noStream } from "./internal/failure/fromResponse.ts"
import { refuseSecondAuthorization } from "./internal/identity/refuseSecondAuthorization.ts"
import { makeResolveIdentity } from "./internal/identity/resolveIdentity.ts"
import * as AnsweredReasoning from "./internal/protocol/prompt/answeredReasoning.ts"
import { toEvents } from "./internal/protocol/response/responseEvents.ts"
import { withAttemptSpan } from "./internal/telemetry/attemptSpan.ts"
import { type Exchange, openStream, sendConverse } from "./internal/transport/exchange.ts"
import { retryRequest } from "./internal/transport/retryRequest.ts"
import { retryWithoutFields } from "./internal/transport/retryWithoutFields.ts"
import { load } from "./internal/transport/sdk.ts"
import type { Notice } from "./Notice.ts"
import { type Limit, RetryPolicy } from "./RetryPolicy.ts"
import * as SigningScope from "./SigningScope.ts"
import type { StreamedEvent } from "./StreamedEvent.ts"

/**
 * The operations of the Bedrock Runtime, over one endpoint.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Where requests are sent, and why. */
  readonly endpoint: Endpoint
  /** Requests a complete response. Interruption closes the connection. `headers` are sent in addition to the configured ones. */
  readonly converse: (
    request: ConverseCommandInput,
    headers?: Gateway["headers"]
  ) => Effect.Effect<ConverseCommandOutput, BedrockError>
  /**
   * Emits the events of a response as they arrive. The stream ends without an error only if the response is complete. Leaving the stream
   * early closes the connection. If the gateway buffers responses, all events arrive together.
   *
   * All events are also emitted together if the response is not streamed: always with `options.streaming: "off"`, and with `auto` as soon
   * as a response shows that the gateway does not stream.
   */
  readonly converseStream: (
    request: ConverseStreamCommandInput,
    headers?: Gateway["headers"]
  ) => Stream.Stream<StreamedEvent, BedrockError>
  /**
   * Whether a request may be retried after its stream failed with this error and part of the answer was already shown. The caller must
   * continue or replace that part.
   */
  readonly canRetryAnswer: (error: BedrockError) => boolean
  /** What all models over this client remember of their answers. Without it, each model remembers its own. */
  readonly answeredReasoning?: AnsweredReasoning.AnsweredReasoning
  /** The notices since the last read. */
  readonly notices: Effect.Effect<ReadonlyArray<Notice>>
}

/**
 * Sends requests to the Bedrock Runtime.
 *
 * @since 0.1.0
 * @category services
 */
export class BedrockClient extends Context.Tag("@altimate-code/provider/BedrockClient")<BedrockClient, Service>() {}

/**
 * Time limits. Those that are not set here come from the settings (`options.timeout`). `firstByte` and `idle` are long by default, because
 * a model sends nothing while it thinks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** For connecting; 10 seconds by default. */
  readonly connect?: Duration.DurationInput
  /** For the first event of a stream, or for a complete or failed response; 5 minutes by default. */
  readonly firstByte?: Duration.DurationInput
  /** Between two events of a stream; 5 minutes by default. */
  readonly idle?: Duration.DurationInput
  /** For a request with all its attempts, up to the last event; unlimited by default. */
  readonly total?: Duration.DurationInput | false
  /** For retries, if shorter than the settings and the policy allow. */
  readonly retry?: Duration.DurationInput
}

/**
 * Sends requests through the AWS SDK, which is loaded with the first request. The endpoint is resolved once, the credential for every
 * attempt. Secrets in the endpoint's URL are registered with `Secrets`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (limits: Limits = {}): Effect.Effect<
  Service,
  ConfigError,
  Settings.Settings | Auth.Auth | AwsCredentials | Network.Network | Scope.Scope
> => Effect.annotateLogs(makeClient(limits), annotations)

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  limits: Limits = {}
): Layer.Layer<
  BedrockClient,
  ConfigError,
  Settings.Settings | Auth.Auth | AwsCredentials | Network.Network
> => Layer.scoped(BedrockClient, make(limits))

/**
 * The credential of a gateway: a bearer token, or one of the layers of `Auth` (`Auth.keys(…)`, `Auth.chain()`, `Auth.none()`), or `AuthSources.layer(…)`. For
 * tokens that expire, give an effect or a function: see `Auth.Token`.
 *
 * @since 0.1.0
 * @category models
 */
export type GatewayCredential =
  | {
    readonly token: Auth.Token
    readonly auth?: undefined
  }
  | {
    readonly auth: Layer.Layer<Auth.Auth | AwsCredentials, ConfigError, Network.Network>
    readonly token?: undefined
  }

/**
 * A gateway, given in code: its URL, a credential, and whatever else of `GivenSettings` it needs.
 *
 * @since 0.1.0
 * @category models
 */
export type GatewayOptions =
  & Omit<GivenSettings, "apiKey" | "auth" | "profile" | "tokenCommand" | "url">
  & {
    /** The gateway's absolute http(s) URL; its path is kept. `Redacted` if it has a password. */
    readonly url: string | Redacted.Redacted<string>
  }
  & GatewayCredential

/**
 * A client for one gateway, with everything that it needs. It reads no configuration file and no credential. The environment's region and proxy apply
 * unless you set them. Fails with `Value` or `Type` if an option is invalid.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerGateway = (
  { auth, token, ...options }: GatewayOptions
): Layer.Layer<
  BedrockClient | Auth.Auth | AwsCredentials | Network.Network | Settings.Settings,
  ConfigError
> =>
  Layer.fresh(
    layer().pipe(
      Layer.provideMerge(auth ?? Auth.bearer(token)),
      Layer.provideMerge(Network.layerSettings),
      Layer.provideMerge(Layer.effect(Settings.Settings, Settings.make(options)))
    )
  )

/**
 * The options of `layerGateway` as values of Effect's `Config`, with a token as the credential.
 *
 * @since 0.1.0
 * @category models
 */
export type GatewayConfig = {
  readonly [Name in keyof TokenOptions]: Config.Config<TokenOptions[Name]>
}

interface TokenOptions extends Omit<GatewayOptions, "auth" | "token"> {
  readonly token: Redacted.Redacted<string>
}

/**
 * Like `layerGateway`, with values from Effect's `Config`, such as environment variables. Fails with Effect's `ConfigError` if one is missing.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: GatewayConfig
): Layer.Layer<
  BedrockClient | Auth.Auth | AwsCredentials | Network.Network | Settings.Settings,
  ConfigError | EffectConfigError
> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap<TokenOptions>(config as Config.Config.Wrap<TokenOptions>), layerGateway))

const annotations = { service: "provider", providerID: "amazon-bedrock" }

const makeClient = (limits: Limits): Effect.Effect<
  Service,
  ConfigError,
  Settings.Settings | Auth.Auth | AwsCredentials | Network.Network | Scope.Scope
> =>
  Effect.gen(function*() {
    const settings = yield* Settings.Settings
    const auth = yield* Auth.Auth
    yield* refuseSecondAuthorization(auth.kind, settings)
    const policy = yield* RetryPolicy
    const network = yield* Network.Network
    const region = settings.region.value
    const { drop, headers, limits: configured, retry, streaming } = settings.gateway
    const endpoint = yield* (yield* EndpointPolicy).resolve(settings)
    yield* registerSecrets(endpoint.url)
    yield* refuseInsecure(endpoint, settings.gateway)
    const resolveIdentity = makeResolveIdentity(auth, yield* AwsCredentials, region)
    yield* logDecision("found")
    yield* logDecision("endpoint").pipe(Effect.annotateLogs({ url: publicUrl(endpoint.url), why: endpoint.why }))

    const signing = SigningScope.resolve(settings, endpoint.url)
    yield* Effect.logDebug("signatures").pipe(Effect.annotateLogs({ ...signing }))

    const connect = Duration.decode(limits.connect ?? configured.connect ?? "10 seconds")
    const firstByte = Duration.decode(limits.firstByte ?? configured.firstByte ?? "5 minutes")
    const idle = Duration.decode(limits.idle ?? configured.idle ?? "5 minutes")
    const total = limits.total ?? configured.total ?? false
    const limit = (error: BedrockError): Limit => {
      const allowed = policy.limit?.(error, retry) ?? { total: Duration.infinity }
      return { ...allowed, total: Duration.min(allowed.total, limits.retry ?? Duration.infinity) }
    }

    const notices = yield* Ref.make<ReadonlyArray<Notice>>([])
    const notify = (notice: Notice) => Ref.update(notices, (before) => [...before, notice])
    const droppedFields = { fields: yield* Ref.make(drop), notify }

    const answeredUrls = yield* Ref.make<ReadonlySet<string>>(new Set())

    // The SDK would use HTTP/2 for this service, but not every gateway supports it.
    const http = yield* network.handler({ connectTimeout: connect, http2: settings.gateway.http2 })

    const withRetries = <Request extends ConverseCommandInput, A, R>(
      operation: "converse" | "converse-stream",
      send: (exchange: Exchange, request: Request) => Effect.Effect<A, BedrockError, R>
    ) =>
    (given: Request, progress: Progress, own: Gateway["headers"] = {}): Effect.Effect<A, BedrockError, R> =>
      Effect.flatMap(load, (sdk) => {
        const acceptsComplete = streaming.value === "auto"
        // Where both have a header, the later one is sent.
        const sent = { ...headers, ...own }
        const exchange = { sdk, http, endpoint: endpoint.url, signing, firstByte, idle, acceptsComplete }
        return retryWithoutFields(droppedFields, given, (request, drop) => {
          const url = makeRequestUrl(endpoint.url, request.modelId, operation)
          const { guardrailConfig } = request
          const guardrail = guardrailConfig === undefined
            ? undefined
            : `${guardrailConfig.guardrailIdentifier}, version ${guardrailConfig.guardrailVersion}`
          return retryRequest(
            { ...policy, limit, resolveIdentity },
            (identity, number) =>
              Effect.flatMap(Ref.get(answeredUrls), (urls) => {
                Object.assign(progress, { url, attempts: number })
                const attempt = {
                  operation,
                  url,
                  region,
                  identity,
                  number,
                  headers: sent,
                  drop,
                  guardrail,
                  connect,
                  answeredUrls: urls
                }
                return send({ ...exchange, attempt }, request).pipe(
                  withAttemptSpan(attempt),
                  Effect.tap(() => Ref.update(answeredUrls, (before) => new Set(before).add(url)))
                )
              })
          )
        })
      })

    const requestComplete = withRetries("converse", sendConverse)
    const requestStream = withRetries("converse-stream", openStream)
    const requestCompleteAsStream = (request: ConverseCommandInput, progress: Progress, own?: Gateway["headers"]) =>
      Effect.map(
        requestComplete(request, progress, own),
        (output) => ({ head: Chunk.unsafeFromArray(toEvents(output)), rest: Stream.empty })
      )

    const streams = yield* Ref.make(streaming.value !== "off")
    /** Reports it once, although concurrent requests may all notice it. */
    const stopStreaming = (message: string) =>
      Effect.flatMap(Ref.getAndSet(streams, false), (wasStreaming) =>
        wasStreaming
          ? Effect.zipRight(
            Effect.annotateLogs(logReported(LogLevel.Warning, "The gateway does not stream"), { because: message }),
            notify({ _tag: "NotStreamed", message })
          )
          : Effect.void)

    const requestStreamOrComplete = (
      request: ConverseStreamCommandInput,
      progress: Progress,
      own?: Gateway["headers"]
    ) =>
      Effect.flatMap(Ref.get(streams), (isStreaming) => {
        if (!isStreaming) return requestCompleteAsStream(request, progress, own)
        return requestStream(request, progress, own).pipe(
          Effect.tap(({ notStreamed }) => notStreamed === undefined ? Effect.void : stopStreaming(notStreamed)),
          // No event has been emitted yet.
          Effect.catchIf(
            (error) => error.type === noStream && streaming.value === "auto",
            (error) => Effect.zipRight(stopStreaming(error.message), requestCompleteAsStream(request, progress, own))
          )
        )
      })

    return {
      endpoint,
      answeredReasoning: AnsweredReasoning.make(),
      canRetryAnswer: (error) => retry.midAnswer && policy.retryable(error),
      notices: Ref.getAndSet(notices, []),
      converse: (request, own) =>
        Effect.suspend(() => {
          const progress: Progress = { attempts: 0 }
          const response = requestComplete(request, progress, own)
          return total === false
            ? response
            : Effect.timeoutFail(response, { duration: total, onTimeout: () => totalTimeout(progress, total) })
        }).pipe(Effect.tapError(logFailure), Effect.annotateLogs(annotations)),
      converseStream: (request, own) =>
        Stream.suspend(() => {
          const progress: Progress = { attempts: 0 }
          const events = Stream.unwrapScoped(
            Effect.map(
              Effect.annotateLogs(requestStreamOrComplete(request, progress, own), annotations),
              ({ head, rest }) => Stream.concat(Stream.fromChunk(head), rest)
            )
          )
          return total === false
            ? events
            : Stream.interruptWhen(events, Effect.delay(Effect.suspend(() => totalTimeout(progress, total)), total))
        }).pipe(Stream.tapError(logFailure))
    }
  })

interface Progress {
  /** The URL of the last attempt. */
  readonly url?: string
  readonly attempts: number
}

const totalTimeout = (progress: Progress, total: Duration.DurationInput): BedrockError =>
  new BedrockError({
    reason: "Timeout",
    type: "TotalTimeout",
    message: `no complete response within ${Duration.format(total)}`,
    ...progress
  })

const logFailure = (error: BedrockError): Effect.Effect<void> =>
  logReported(LogLevel.Error, "request failed").pipe(
    Effect.annotateLogs({
      ...annotations,
      error: error.message,
      reason: error.reason,
      attempts: error.attempts,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.requestId !== undefined && { requestId: error.requestId }),
      ...(error.gatewayRequestId !== undefined && { gatewayRequestId: error.gatewayRequestId }),
      ...(error.url !== undefined && { url: error.url }),
      ...(error.detail !== undefined && { response: error.detail })
    })
  )
