import { ConfigError } from "@altimate-code/config/ConfigError"
import type { Gateway } from "@altimate-code/config/Gateway"
import { publicUrl } from "@altimate-code/config/PublicUrl"
import * as Effect from "effect/Effect"
import type { Endpoint } from "../../EndpointPolicy.ts"

/** Over plain HTTP everybody on the way reads the credential: only this machine is near enough for it without being asked. */
export const refuseInsecure = (
  { url, why }: Endpoint,
  { allowInsecure }: Pick<Gateway, "allowInsecure">
): Effect.Effect<void, ConfigError> => {
  const { hostname, protocol } = new URL(url)
  return allowInsecure || protocol !== "http:" || isLoopback(hostname) ? Effect.void : new ConfigError({
    reason: "Value",
    message: `${why}: ${
      publicUrl(url)
    } begins with http://, so everybody on the way could read the credential and the conversation`,
    hint:
      "Use the gateway's https:// URL. Where there is none and the network is trusted, set options.allowInsecure to true."
  })
}

const isLoopback = (hostname: string): boolean =>
  /^(localhost|.+\.localhost)\.?$/.test(hostname) || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)
