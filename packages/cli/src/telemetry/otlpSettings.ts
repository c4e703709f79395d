/** Reads the settings of the export from the standard environment variables of OpenTelemetry. */
import { readVariable } from "@altimate-code/config/Environment"
import { findHeaderSecrets } from "@altimate-code/log/SecretName"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { version } from "../Version.ts"

type Signal = "TRACES" | "METRICS"

export interface SignalSettings {
  readonly url: string
  readonly protocol: "http/json" | "http/protobuf"
  readonly headers: Readonly<Record<string, Redacted.Redacted<string>>>
  /** In milliseconds. */
  readonly timeout: number
}

interface OtlpSettings {
  readonly traces: Option.Option<SignalSettings>
  readonly metrics: Option.Option<SignalSettings>
  /** In milliseconds. */
  readonly metricInterval: number
  readonly resource: {
    readonly serviceName: string
    readonly serviceVersion: string
    readonly attributes: Readonly<Record<string, string>>
  }
  /** Whether spans contain the messages. */
  readonly capturesMessages: boolean
  /** What is wrong with the variables. */
  readonly problems: ReadonlyArray<string>
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `key1=value1,key2=value2`, with percent-encoded values. Source: OpenTelemetry, "Resource SDK"; W3C Baggage. */
const parsePairs = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const at = pair.indexOf("=")
      return at < 1 ? [] : [[pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())]]
    })
  )

/** For the signal, or else for all. */
const readFor = (signal: Signal, name: string) =>
  Effect.flatMap(
    readVariable(`OTEL_EXPORTER_OTLP_${signal}_${name}`),
    Option.match({ onNone: () => readVariable(`OTEL_EXPORTER_OTLP_${name}`), onSome: Effect.succeedSome })
  )

const readMilliseconds = (value: Option.Option<string>, otherwise: number): number => {
  const number = Number(Option.getOrElse(value, () => ""))
  return number > 0 && Number.isFinite(number) ? number : otherwise
}

const readSignal = (signal: Signal, problems: Array<string>) =>
  Effect.gen(function*() {
    const exporter = Option.getOrElse(yield* readVariable(`OTEL_${signal}_EXPORTER`), () => "otlp")
    if (!exporter.split(",").map((name) => name.trim()).includes("otlp")) return Option.none()
    const own = yield* readVariable(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)
    const general = yield* readVariable("OTEL_EXPORTER_OTLP_ENDPOINT")
    const url = Option.orElse(own, () =>
      Option.map(general, (base) => `${base.replace(/\/+$/, "")}/v1/${signal.toLowerCase()}`))
    if (Option.isNone(url)) {
      return Option.none()
    }
    if (!/^https?:\/\//i.test(url.value) || !URL.canParse(url.value)) {
      problems.push(`OTEL_EXPORTER_OTLP_${Option.isSome(own) ? `${signal}_` : ""}ENDPOINT is not an http or https URL`)
      return Option.none()
    }
    const protocol = Option.getOrElse(yield* readFor(signal, "PROTOCOL"), () =>
      "http/protobuf")
    if (protocol !== "http/json" && protocol !== "http/protobuf") {
      problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf and http/json are supported`)
      return Option.none()
    }
    const { register } = yield* Secrets
    const pairs = Option.match(yield* readFor(signal, "HEADERS"), { onNone: () => ({}), onSome: parsePairs })
    const headers = Object.entries(pairs)
    for (const [name, value] of headers) {
      for (const secret of findHeaderSecrets(name, value)) yield* register(Redacted.make(secret))
    }
    return Option.some<SignalSettings>({
      url: url.value,
      protocol,
      headers: Object.fromEntries(headers.map(([name, value]) => [name, Redacted.make(value)])),
      timeout: readMilliseconds(yield* readFor(signal, "TIMEOUT"), 10_000)
    })
  })

export const readSettings: Effect.Effect<OtlpSettings, never, Secrets> = Effect.gen(function*() {
  const problems: Array<string> = []
  const traces = yield* readSignal("TRACES", problems)
  const metrics = yield* readSignal("METRICS", problems)
  const { "service.name": resourceName, ...attributes } = Option.match(
    yield* readVariable("OTEL_RESOURCE_ATTRIBUTES"),
    { onNone: (): Readonly<Record<string, string>> => ({}), onSome: parsePairs }
  )
  const capture = yield* readVariable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT")
  return {
    traces,
    metrics,
    metricInterval: readMilliseconds(yield* readVariable("OTEL_METRIC_EXPORT_INTERVAL"), 60_000),
    resource: {
      serviceName: Option.getOrElse(yield* readVariable("OTEL_SERVICE_NAME"), () => resourceName ?? "altimate-code"),
      serviceVersion: version,
      attributes
    },
    // Some instrumentations name the places instead of `true`.
    capturesMessages: Option.exists(capture, (value) => /^(true|1|span_only|span_and_event)$/i.test(value)),
    problems: [...new Set(problems)]
  }
})
