/** Exports traces and metrics if the standard environment variables of OpenTelemetry ask for it. */
import { readVariable } from "@altimate-code/config/Environment"
import type { Settings } from "@altimate-code/config/Settings"
import type { Secrets } from "@altimate-code/log/Secrets"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CliError } from "../command-line/failure/CliError.ts"
import { load } from "../command-line/lazy.ts"

/** The variables of which one turns the export on. Source: OpenTelemetry, "OTLP Exporter Configuration". */
const endpoints = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
]

const isOn = Effect.gen(function*() {
  for (const name of endpoints) {
    if (Option.isSome(yield* readVariable(name))) {
      return !/^true$/i.test(Option.getOrElse(yield* readVariable("OTEL_SDK_DISABLED"), () => ""))
    }
  }
  return false
})

/** Without the variables nothing is loaded, and there are no spans, so no trace is sent to the gateway either. */
export const withTelemetry = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A, E | CliError, R | FileSystem.FileSystem | Secrets | Settings> =>
  Effect.flatMap(isOn, (isOn): Effect.Effect<A, E | CliError, R | FileSystem.FileSystem | Secrets | Settings> =>
    isOn
      ? Effect.flatMap(load(() => import("./otlp.ts")), ({ exported }) => exported(self))
      : Effect.withTracerEnabled(self, false))
