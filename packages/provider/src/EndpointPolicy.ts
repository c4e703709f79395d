/**
 * Decides which URL requests are sent to.
 *
 * @since 0.1.0
 */
import { ConfigError } from "@altimate-code/config/ConfigError"
import * as Environment from "@altimate-code/config/Environment"
import { describe, type Origin, type Setting } from "@altimate-code/config/Origin"
import type * as Settings from "@altimate-code/config/Settings"
import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { defaultHost } from "./internal/endpoint/defaultHost.ts"

/**
 * A base URL: requests are sent to its path followed by `/model/{modelId}/converse` or `/converse-stream`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Endpoint {
  /** Absolute, with path and query; the path does not end in `/` or `/model`. It may contain a password: use `publicUrl` to show it. */
  readonly url: string
  /** Where the URL is configured; for a default host, where its region is. */
  readonly origin: Origin
  /** The origin as text for users and logs. */
  readonly why: string
}

/**
 * Resolves the endpoint from the settings. Fails if the configured value is not an http(s) URL. Also fails if a gateway's URL is configured
 * under a key that is not read, because requests would otherwise go to AWS's own host.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly resolve: (
    settings: Pick<Settings.Service, "baseURL" | "misplacedUrl" | "region">
  ) => Effect.Effect<Endpoint, ConfigError>
}

/**
 * Resolves the endpoint. Without a layer, as `layer` does.
 *
 * @since 0.1.0
 * @category services
 */
export class EndpointPolicy extends Context.Reference<EndpointPolicy>()("@altimate-code/provider/EndpointPolicy", {
  defaultValue: (): Service => live
}) {}

const live: Service = {
  resolve: Effect.fn("EndpointPolicy.resolve")(function*(
    { baseURL, misplacedUrl, region }: Pick<Settings.Service, "baseURL" | "misplacedUrl" | "region">
  ) {
    if (Option.isSome(baseURL)) return yield* fromSetting(baseURL.value)
    if (!(yield* isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
      for (const name of ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"]) {
        const value = yield* Environment.readVariable(name)
        if (Option.isSome(value)) {
          return yield* fromSetting({ value: value.value, origin: { _tag: "Environment", variable: name } })
        }
      }
    }
    if (Option.isSome(misplacedUrl)) return yield* misplacedUrl.value
    const fips = yield* isTrue("AWS_USE_FIPS_ENDPOINT")
    return {
      url: `https://${defaultHost(region.value, fips)}`,
      origin: region.origin,
      why: `the default ${fips ? "FIPS " : ""}host of ${region.value} (region from ${describe(region.origin)})`
    }
  })
}

/**
 * The configured `endpoint` or `baseURL`, then `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, then `AWS_ENDPOINT_URL` (neither of
 * them with `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true`), then the region's default host, its FIPS one with
 * `AWS_USE_FIPS_ENDPOINT=true`. Blank variables are ignored.
 * Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints" and "Dual-stack and FIPS endpoints".
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<EndpointPolicy> = Layer.succeed(EndpointPolicy, live)

/**
 * The URL of AWS's control plane in `AWS_ENDPOINT_URL_BEDROCK`; none if it is not set, or with `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true`.
 * Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
 *
 * @since 0.1.0
 * @category queries
 */
export const resolveControlPlane: Effect.Effect<Option.Option<Endpoint>, ConfigError> = Effect.gen(function*() {
  const variable = "AWS_ENDPOINT_URL_BEDROCK"
  const value = yield* Environment.readVariable(variable)
  if (Option.isNone(value) || (yield* isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) return Option.none()
  return Option.some(yield* fromSetting({ value: value.value, origin: { _tag: "Environment", variable } }))
})

const fromSetting = (setting: Setting<string>): Effect.Effect<Endpoint, ConfigError> => {
  // `URL` would silently drop an invisible character from the host, or leave it in the path.
  const stray = StrayCharacter.find(setting.value, StrayCharacter.isVisible)
  if (Option.isSome(stray)) {
    return new ConfigError({
      reason: "Value",
      message: `${describe(setting.origin)}: the URL has ${StrayCharacter.describe(stray.value)}`,
      hint: "It was probably copied along with the value. Type the value again."
    })
  }
  return Effect.try({
    try: () => {
      const url = new URL(setting.value)
      if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error("not http")
      url.hash = ""
      // `href` writes an empty path as "/".
      url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/+model$/, "").replace(/\/+$/, "")
      return {
        url: url.href.replace(/\/(?=\?|$)/, ""),
        origin: setting.origin,
        why: describe(setting.origin)
      }
    },
    catch: () =>
      new ConfigError({
        reason: "Value",
        message: `${describe(setting.origin)}: the endpoint is not an absolute http or https URL`,
        hint: "Use a complete URL, for example https://gateway.example.com/bedrock/v1."
      })
  })
}

const isTrue = (name: string): Effect.Effect<boolean> =>
  Effect.map(Environment.readVariable(name), Option.exists((value) => value.toLowerCase() === "true"))
