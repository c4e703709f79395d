/** Plans connections: the route and the certificates for a URL. */
import type { Gateway } from "@altimate-code/config/Gateway"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createSecureContext, type SecureContext } from "node:tls"
import { NetworkError } from "../../NetworkError.ts"
import { makeLookup } from "../connection/lookup.ts"
import { readAuthorities } from "../tls/authorities.ts"
import { type ClientCertificate, readClientCertificate } from "../tls/clientCertificate.ts"
import { chooseRoute } from "./chooseRoute.ts"
import type { ConnectionPlan } from "./connectionPlan.ts"
import { parseTarget } from "./target.ts"

export type Planner = (url: string) => Effect.Effect<ConnectionPlan, NetworkError>

/** The authorities are read once, when TLS is first needed; the client certificate is read for each request. */
export const makePlanner = (gateway: Gateway): Effect.Effect<Planner> =>
  Effect.gen(function*() {
    // With the register of secrets: connections are planned outside of the fibers that own it.
    const context = yield* Effect.context<never>()
    const lookup = makeLookup()
    // Concurrent requests must get the same TLS context: each new context closes the connections of the previous one.
    const { withPermits } = yield* Effect.makeSemaphore(1)
    let trustCache: { readonly ca: Array<string>; readonly context: SecureContext } | undefined
    let identityCache: (ClientCertificate & { readonly context: SecureContext }) | undefined

    const trust = Effect.gen(function*() {
      if (trustCache === undefined) {
        const ca = [...yield* readAuthorities(gateway.caFile)]
        trustCache = { ca, context: yield* makeContext({ ca }) }
      }
      return trustCache
    })

    const identity = Effect.gen(function*() {
      const { ca, context } = yield* trust
      const client = yield* readClientCertificate(gateway)
      if (Option.isNone(client)) return context
      const { cert, key } = client.value
      if (identityCache?.cert !== cert || Redacted.value(identityCache.key) !== Redacted.value(key)) {
        identityCache = { cert, key, context: yield* makeContext({ ca, cert, key: Redacted.value(key) }) }
      }
      return identityCache.context
    })

    return (url: string) =>
      Effect.gen(function*() {
        const route = yield* chooseRoute(url, gateway.proxy)
        const { tls } = parseTarget(url)
        const hasTlsProxy = route._tag === "Proxy" && route.proxy.url.startsWith("https:")
        return {
          route,
          lookup,
          trust: tls || hasTlsProxy ? (yield* trust).context : undefined,
          identity: tls ? yield* identity : undefined,
          hasClientCertificate: Option.isSome(gateway.clientCert)
        }
      }).pipe(withPermits(1), Effect.provide(context))
  })

const makeContext = (
  options: { readonly ca: Array<string>; readonly cert?: string; readonly key?: string }
): Effect.Effect<SecureContext, NetworkError> =>
  Effect.try({
    try: () => createSecureContext(options),
    catch: (error) =>
      new NetworkError({
        reason: "File",
        message: `the certificates can't be used for TLS (${
          error instanceof Error && "code" in error ? String(error.code) : "unknown cause"
        })`,
        hint: "Check the files named by caFile, clientCert and clientKey in options."
      })
  })
