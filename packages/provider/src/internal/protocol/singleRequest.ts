/** Reads the options of a single request that are given in code. */
import { ConfigError } from "@altimate-code/config/ConfigError"
import type { Gateway } from "@altimate-code/config/Gateway"
import type { GivenHeaders, GivenRequest } from "@altimate-code/config/given/GivenSettings"
import { position } from "@altimate-code/config/Origin"
import { makeRequest } from "@altimate-code/config/Settings"
import type * as AiError from "@effect/ai/AiError"
import * as Effect from "effect/Effect"
import { findAuthorization } from "../identity/findAuthorization.ts"
import { malformedInput } from "./malformed.ts"

/** Checks them like those of all requests. `place` begins the message of the error. */
export const makeSingleRequest = (
  given: GivenRequest & { readonly headers?: GivenHeaders | undefined },
  place = ""
): Effect.Effect<Pick<Gateway, "headers" | "request">, AiError.MalformedInput> =>
  makeRequest(given).pipe(
    Effect.tap(({ headers }) => refuseAuthorization(headers)),
    Effect.mapError(({ hint, message }) => malformedInput(`${place}${message}. ${hint}`))
  )

/** The credential authorizes every attempt, and is renewed if it is refused. */
const refuseAuthorization = (headers: Gateway["headers"]): Effect.Effect<void, ConfigError> => {
  const header = findAuthorization(Object.entries(headers))
  return header === undefined ? Effect.void : new ConfigError({
    reason: "Value",
    message: `${position(header[1].origin)}: the header ${header[0]} can't be set for a single request`,
    hint: "Give the gateway's client the credential: a token, or a layer of Auth."
  })
}
