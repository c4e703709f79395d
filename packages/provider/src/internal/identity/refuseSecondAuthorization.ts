import type { Credential } from "@altimate-code/auth/Credential"
import { ConfigError } from "@altimate-code/config/ConfigError"
import { position } from "@altimate-code/config/Origin"
import type * as Settings from "@altimate-code/config/Settings"
import * as Effect from "effect/Effect"
import { findAuthorization } from "./findAuthorization.ts"

/** The `Authorization` header has the credential, so a header of the settings, for all requests or for those to one model, must not set it. */
export const refuseSecondAuthorization = (
  kind: Credential["_tag"] | undefined,
  { gateway, models }: Settings.Service
): Effect.Effect<void, ConfigError> => {
  if (kind !== "Bearer" && kind !== "AwsChain") return Effect.void
  const header = findAuthorization(
    [gateway.headers, ...Object.values(models).map(({ headers = {} }) => headers)]
      .flatMap(Object.entries<(typeof gateway.headers)[string]>)
  )
  if (header === undefined) return Effect.void
  const [sent, given] = kind === "Bearer" ? ["token", "token"] : ["AWS signature", "AWS credentials"]
  return new ConfigError({
    reason: "Value",
    message: `${position(header[1].origin)}: the ${sent} is sent in this header`,
    hint: `Leave out the ${given} or the header.`
  })
}
