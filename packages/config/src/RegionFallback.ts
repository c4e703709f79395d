/**
 * Which AWS region applies.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ConfigError } from "./ConfigError.ts"
import * as Environment from "./Environment.ts"
import { errorAt } from "./internal/file/errorAt.ts"
import type { Setting } from "./Origin.ts"

/**
 * Chooses the region, given the configured one. Fails with reason `Value` if the chosen region
 * does not look like a region.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly resolve: (configured: Option.Option<Setting<string>>) => Effect.Effect<Setting<string>, ConfigError>
}

/**
 * The policy that chooses the AWS region. Without a layer, that of `layer`.
 *
 * @since 0.1.0
 * @category services
 */
export class RegionFallback extends Context.Reference<RegionFallback>()("@altimate-code/config/RegionFallback", {
  defaultValue: (): Service => live
}) {}

const byDefault: Setting<string> = { value: "us-east-1", origin: { _tag: "Default" } }

const checkRegion = (region: Setting<string>): Effect.Effect<Setting<string>, ConfigError> =>
  /^[a-z0-9-]+$/.test(region.value) ? Effect.succeed(region) : errorAt(region.origin, {
    reason: "Value",
    message: "expected an AWS region, found characters other than a-z, 0-9 and -",
    expected: "an AWS region",
    found: "characters other than a-z, 0-9 and -",
    hint: "Write the region's code, for example us-east-1."
  })

const live: Service = {
  resolve: (configured) => {
    const written = Option.filter(configured, ({ value }) => value.trim() !== "")
    return Effect.flatMap(
      Option.isSome(written) ? Effect.succeed(written) : Environment.readSetting("AWS_REGION"),
      (region) => checkRegion(Option.getOrElse(region, () => byDefault))
    )
  }
}

/**
 * The configured region, then `AWS_REGION`, then `us-east-1`. Blank counts as unset.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<RegionFallback> = Layer.succeed(RegionFallback, live)
