/** Exports traces and metrics to an OTLP receiver while an effect runs. Loaded only if that is asked for. */
import type { Settings } from "@altimate-code/config/Settings"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Network from "@altimate-code/network/Network"
import { CurrentSpanTransformer } from "@effect/ai/Telemetry"
import * as OtlpMetrics from "@effect/opentelemetry/OtlpMetrics"
import * as OtlpSerialization from "@effect/opentelemetry/OtlpSerialization"
import * as OtlpTracer from "@effect/opentelemetry/OtlpTracer"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as ConfigProvider from "effect/ConfigProvider"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { captureMessages } from "./capturedMessages.ts"
import { withoutInternalSpans } from "./exportedSpans.ts"
import { readSettings, type SignalSettings } from "./otlpSettings.ts"
import { limitContent } from "./spanContent.ts"

/** How long the end of the program may be delayed to send what is left. */
const shutdownTimeout = Duration.millis(900)

const annotations = { service: "telemetry" }

/** A client over the product's own network. The first failure is logged. */
const makeClient = (
  { headers, timeout, url }: SignalSettings,
  fetch: Context.Tag.Service<Network.Network>["fetch"],
  logFailure: (url: string, message: string) => Effect.Effect<void>
) =>
  HttpClient.make((request, _, signal) => {
    const sent = {
      ...request.headers,
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Redacted.value(value)]))
    }
    const fail = (description: string) =>
      Effect.zipRight(
        logFailure(url, description),
        // The exporter would retry other reasons, and drops what it holds for a minute after a failure.
        Effect.fail(new HttpClientError.RequestError({ request, reason: "Encode", description }))
      )
    const { body } = request
    const content = body._tag === "Uint8Array" ? { body: new Uint8Array(body.body), type: body.contentType } : undefined
    return Effect.tryPromise({
      try: () =>
        fetch(url, {
          method: "POST",
          signal,
          headers: { ...sent, ...(content && { "content-type": content.type }) },
          ...(content && { body: content.body })
        }).then(async (response) => {
          await response.arrayBuffer()
          return response.status
        }),
      catch: (error) => error instanceof Error ? error.message : String(error)
    }).pipe(
      Effect.timeoutFail({ duration: timeout, onTimeout: () => `no response within ${timeout} ms` }),
      Effect.onInterrupt(() => logFailure(url, "no response before the program ended")),
      Effect.matchEffect({
        onFailure: fail,
        onSuccess: (status) =>
          status < 300
            ? Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 200 })))
            : fail(`HTTP ${status}`)
      })
    )
  })

/** Logs the first failure only, because all signals have the same receiver as a rule. */
const makeLogFailure = () => {
  let isLogged = false
  return (url: string, message: string) =>
    Effect.suspend(() => {
      if (isLogged) return Effect.void
      isLogged = true
      return Effect.logWarning("telemetry could not be sent").pipe(
        Effect.annotateLogs({ ...annotations, url: publicUrl(url), error: message })
      )
    })
}

/** Opens the exporters, and returns the tracer if there is one. */
const open = Effect.gen(function*() {
  const { mask, maskAll } = yield* Secrets
  const settings = yield* readSettings
  for (const problem of settings.problems) {
    yield* Effect.annotateLogs(Effect.logWarning(`no telemetry: ${problem}`), annotations)
  }
  const scope = yield* Effect.scope
  const logFailure = makeLogFailure()
  const { fetch } = yield* Network.make

  /** Opens an exporter in a scope of its own, so that all of them are closed at the same time. */
  const openExporter = <B>(
    signal: Option.Option<SignalSettings>,
    make: (
      url: string
    ) => Effect.Effect<B, never, HttpClient.HttpClient | OtlpSerialization.OtlpSerialization | Scope.Scope>
  ) =>
    Effect.transposeMapOption(signal, (signal) =>
      Effect.gen(function*() {
        const own = yield* Scope.make()
        const exporter = yield* make(signal.url).pipe(
          Effect.provideService(HttpClient.HttpClient, makeClient(signal, fetch, logFailure)),
          Effect.provide(
            signal.protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf
          ),
          Scope.extend(own),
          // The exporters would read the resource from the environment again.
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map()))
        )
        return { own, exporter }
      }))
  const traces = yield* openExporter(
    settings.traces,
    (url) => OtlpTracer.make({ url, resource: settings.resource, shutdownTimeout })
  )
  const metrics = yield* openExporter(
    settings.metrics,
    (url) =>
      OtlpMetrics.make({
        url,
        resource: settings.resource,
        exportInterval: settings.metricInterval,
        shutdownTimeout
      })
  )
  yield* Scope.addFinalizer(
    scope,
    Effect.forEach(
      [...Option.toArray(traces), ...Option.toArray(metrics)],
      ({ own }) => Scope.close(own, Exit.void),
      {
        concurrency: "unbounded",
        discard: true
      }
    )
  )
  return {
    capture: settings.capturesMessages ? Option.some(captureMessages(mask)) : Option.none(),
    tracer: Option.map(traces, ({ exporter }) => withoutInternalSpans(limitContent(exporter, maskAll)))
  }
})

/** Runs the effect while its spans and metrics are exported. A receiver that fails or is slow never changes the result. */
export const exported = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | FileSystem.FileSystem | Secrets | Settings> =>
  Effect.scopedWith((scope) =>
    Effect.flatMap(Scope.extend(open, scope), ({ capture, tracer }) => {
      const capturing = Option.match(capture, {
        onNone: () => self,
        onSome: (capture) => Effect.provideService(self, CurrentSpanTransformer, capture)
      })
      return Option.match(tracer, {
        onNone: () => Effect.withTracerEnabled(capturing, false),
        onSome: (tracer) => Effect.withTracer(capturing, tracer)
      })
    })
  )
