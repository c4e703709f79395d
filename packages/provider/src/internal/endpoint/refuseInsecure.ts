import { ConfigError } from "@altimate-code/config/ConfigError"
import type { Gateway } from "@altimate-code/config/Gateway"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Effect from "effect/Effect"
import type { Endpoint } from "../../EndpointPolicy.ts"

/** Refuses plain HTTP, except to this machine or with `allowInsecure`, because others on the network could read the credential. */
export const refuseInsecure = (
  { origin, url, why }: Endpoint,
  { allowInsecure }: Pick<Gateway, "allowInsecure">
): Effect.Effect<void, ConfigError> => {
  const { hostname, protocol } = new URL(url)
  return allowInsecure || protocol !== "http:" || isLoopback(hostname) ? Effect.void : new ConfigError({
    reason: "Value",
    message: `${why}: ${
      publicUrl(url)
    } begins with http://, so others on the network could read the credential and the conversation`,
    hint: `Use the gateway's https:// URL. If it has none and you trust the network, set ${
      origin._tag === "Given" ? "allowInsecure: true" : "options.allowInsecure to true"
    }.`
  })
}

const isLoopback = (hostname: string): boolean =>
  /^(localhost|.+\.localhost)\.?$/.test(hostname) || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)
