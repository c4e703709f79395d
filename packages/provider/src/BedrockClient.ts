/**
 * The operations Converse and ConverseStream of the Bedrock Runtime, with typed errors, retries and time limits.
 *
 * @since 0.1.0
 */
import { Auth } from "@altimate-code/auth/Auth"
import { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import { Settings } from "@altimate-code/config/Settings"
import { publicUrl, registerSecrets } from "@altimate-code/log/PublicUrl"
import type { Secrets } from "@altimate-code/log/Secrets"
import { Network } from "@altimate-code/network/Network"
import type {
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamCommandInput
} from "@aws-sdk/client-bedrock-runtime"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { BedrockError } from "./BedrockError.ts"
import { type Endpoint, EndpointPolicy } from "./EndpointPolicy.ts"
import { refuseInsecure } from "./internal/endpoint/refuseInsecure.ts"
import { requestUrl } from "./internal/endpoint/requestUrl.ts"
import { noStream } from "./internal/failure/fromAnswer.ts"
import { makeIdentify } from "./internal/identity/resolveIdentity.ts"
import { toStreamed } from "./internal/protocol/response/eventsOfWhole.ts"
import { type Exchange, openStream, sendWhole } from "./internal/transport/exchange.ts"
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
  /** Requests a complete answer. Interruption closes the connection. */
  readonly converse: (request: ConverseCommandInput) => Effect.Effect<ConverseCommandOutput, BedrockError>
  /**
   * The events of an answer as they arrive; the stream ends normally only if the answer is complete. Leaving the stream early closes
   * the connection. Events are not delayed: if the gateway buffers the answer, they all arrive at once, after the `latencyMs` of
   * their `metadata`.
   *
   * The events of a complete answer are emitted all at once too: always with `options.streaming: "off"`, and with `auto` as soon as a
   * response shows that the gateway does not stream.
   */
  readonly converseStream: (request: ConverseStreamCommandInput) => Stream.Stream<StreamedEvent, BedrockError>
  /**
   * Whether a streamed answer that broke off with this error may be requested again, by a caller that can continue or withdraw what it
   * has shown.
   */
  readonly mayAskAgain: (error: BedrockError) => boolean
  /** What changed since this was read last. */
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
 * Time limits; a missing one is taken from the settings (`options.timeout`). `firstByte` and `idle` are long by default, because a model
 * sends nothing while it thinks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** For connecting; 10 seconds by default. */
  readonly connect?: Duration.DurationInput
  /** Until the first event of a streamed answer, or until a complete or failed response; 5 minutes by default. */
  readonly firstByte?: Duration.DurationInput
  /** Between two events of a streamed answer; 5 minutes by default. */
  readonly idle?: Duration.DurationInput
  /** For a whole request with all attempts, until the last event; unlimited by default. */
  readonly total?: Duration.DurationInput | false
  /** For the waits between attempts, if shorter than the settings and the policy allow. */
  readonly retry?: Duration.DurationInput
}

/**
 * The client over the AWS SDK, which is loaded with the first request. The endpoint is resolved once, the credential for every attempt.
 * Secrets in the endpoint's URL are registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  limits: Limits = {}
): Layer.Layer<
  BedrockClient,
  ConfigError,
  Settings | Auth | AwsCredentials | EndpointPolicy | Network | RetryPolicy | Secrets
> => Layer.scoped(BedrockClient, Effect.annotateLogs(make(limits), annotations))

const annotations = { service: "provider", providerID: "amazon-bedrock" }

const make = (limits: Limits): Effect.Effect<
  Service,
  ConfigError,
  Settings | Auth | AwsCredentials | EndpointPolicy | Network | RetryPolicy | Secrets | Scope.Scope
> =>
  Effect.gen(function*() {
    const settings = yield* Settings
    const policy = yield* RetryPolicy
    const network = yield* Network
    const region = settings.region.value
    const { drop, headers, limits: configured, retry, streaming } = settings.gateway
    const endpoint = yield* (yield* EndpointPolicy).resolve(settings)
    yield* registerSecrets(endpoint.url)
    yield* refuseInsecure(endpoint, settings.gateway)
    const identify = makeIdentify(yield* Auth, yield* AwsCredentials, region)
    yield* Effect.logInfo("found")
    yield* Effect.logInfo("endpoint").pipe(Effect.annotateLogs({ url: publicUrl(endpoint.url), why: endpoint.why }))

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
    const dropping = { fields: yield* Ref.make(drop), notify }

    const answeredUrls = yield* Ref.make<ReadonlySet<string>>(new Set())

    // HTTP/1.1 by default, which every gateway supports: the SDK would use HTTP/2 for this service.
    const http = yield* network.handler({ connectTimeout: connect, http2: settings.gateway.http2 })

    const withRetries = <Request extends ConverseCommandInput, A, R>(
      operation: "converse" | "converse-stream",
      send: (exchange: Exchange, request: Request) => Effect.Effect<A, BedrockError, R>
    ) =>
    (given: Request, progress: Progress): Effect.Effect<A, BedrockError, R> =>
      Effect.flatMap(load, (sdk) => {
        const acceptsWhole = streaming.value === "auto"
        const exchange = { sdk, http, endpoint: endpoint.url, signing, firstByte, idle, acceptsWhole }
        return retryWithoutFields(dropping, given, (request, drop) => {
          const url = requestUrl(endpoint.url, request.modelId, operation)
          return retryRequest(
            { ...policy, limit, identify },
            (identity, number) =>
              Effect.flatMap(Ref.get(answeredUrls), (answered) => {
                Object.assign(progress, { url, attempts: number })
                const attempt = { operation, url, region, identity, number, headers, drop, connect, answered }
                return send({ ...exchange, attempt }, request).pipe(
                  Effect.tap(() => Ref.update(answeredUrls, (before) => new Set(before).add(url)))
                )
              })
          )
        })
      })

    const requestWhole = withRetries("converse", sendWhole)
    const requestStream = withRetries("converse-stream", openStream)
    const requestWholeAsStream = (request: ConverseCommandInput, progress: Progress) =>
      Effect.map(requestWhole(request, progress), (output) => ({ head: toStreamed(output), rest: Stream.empty }))

    const streams = yield* Ref.make(streaming.value !== "off")
    /** Reported once: requests that run at the same time may all notice it. */
    const stopStreaming = (message: string) =>
      Effect.flatMap(Ref.getAndSet(streams, false), (didStream) =>
        didStream
          ? Effect.zipRight(
            Effect.annotateLogs(Effect.logWarning("The gateway does not stream"), { because: message }),
            notify({ _tag: "NotStreamed", message })
          )
          : Effect.void)

    const streamedOrWhole = (request: ConverseStreamCommandInput, progress: Progress) =>
      Effect.flatMap(Ref.get(streams), (isStreaming) => {
        if (!isStreaming) return requestWholeAsStream(request, progress)
        return requestStream(request, progress).pipe(
          Effect.tap(({ notStreamed }) => notStreamed === undefined ? Effect.void : stopStreaming(notStreamed)),
          // No event was emitted so far.
          Effect.catchIf(
            (error) => error.type === noStream && streaming.value === "auto",
            (error) => Effect.zipRight(stopStreaming(error.message), requestWholeAsStream(request, progress))
          )
        )
      })

    return {
      endpoint,
      mayAskAgain: (error) => retry.midAnswer && policy.retryable(error),
      notices: Ref.getAndSet(notices, []),
      converse: (request) =>
        Effect.suspend(() => {
          const progress: Progress = { attempts: 0 }
          const answer = requestWhole(request, progress)
          return total === false
            ? answer
            : Effect.timeoutFail(answer, { duration: total, onTimeout: () => totalTimeout(progress, total) })
        }).pipe(Effect.tapError(logFailure), Effect.annotateLogs(annotations)),
      converseStream: (request) =>
        Stream.suspend(() => {
          const progress: Progress = { attempts: 0 }
          const events = Stream.unwrapScoped(
            Effect.map(
              Effect.annotateLogs(streamedOrWhole(request, progress), annotations),
              ({ head, rest }) => Stream.concat(Stream.fromIterable(head), rest)
            )
          )
          return total === false
            ? events
            : Stream.interruptWhen(events, Effect.delay(Effect.suspend(() => totalTimeout(progress, total)), total))
        }).pipe(Stream.tapError(logFailure))
    }
  })

interface Progress {
  /** Of the last attempt. */
  readonly url?: string
  readonly attempts: number
}

const totalTimeout = (progress: Progress, total: Duration.DurationInput): BedrockError =>
  new BedrockError({
    reason: "Timeout",
    type: "TotalTimeout",
    message: `the answer was not complete within ${Duration.format(total)}`,
    ...progress
  })

const logFailure = (error: BedrockError): Effect.Effect<void> =>
  Effect.logError("request failed").pipe(
    Effect.annotateLogs({
      ...annotations,
      error: error.message,
      reason: error.reason,
      attempts: error.attempts,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.requestId !== undefined && { requestId: error.requestId }),
      ...(error.gatewayRequestId !== undefined && { gatewayRequestId: error.gatewayRequestId }),
      ...(error.url !== undefined && { url: error.url }),
      ...(error.detail !== undefined && { answer: error.detail })
    })
  )
