/** Finds out by which way, and with which certificates, a URL is reached. */
import type { Gateway } from "@altimate-code/config/Gateway"
import type { Secrets } from "@altimate-code/log/Secrets"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createSecureContext, type SecureContext } from "node:tls"
import { NetworkError } from "../../NetworkError.ts"
import { makeLookup } from "../connection/addresses.ts"
import { authorities } from "../tls/authorities.ts"
import { type ClientCertificate, clientCertificate } from "../tls/clientCertificate.ts"
import { decide } from "./decide.ts"
import { targetOf } from "./target.ts"
import type { Way } from "./way.ts"

export type Prepare = (url: string) => Effect.Effect<Way, NetworkError>

/** The authorities are read once, where TLS is first needed; the client's certificate for each request. */
export const makePrepare = (
  gateway: Gateway
): Effect.Effect<Prepare, never, FileSystem.FileSystem | Secrets> =>
  Effect.gen(function*() {
    const context = yield* Effect.context<FileSystem.FileSystem | Secrets>()
    const lookup = makeLookup()
    // Requests that begin together must get the same certificates, or each would close the connections of the others.
    const { withPermits } = yield* Effect.makeSemaphore(1)
    let trusted: { readonly ca: Array<string>; readonly context: SecureContext } | undefined
    let identified: (ClientCertificate & { readonly context: SecureContext }) | undefined

    const trust = Effect.gen(function*() {
      if (trusted === undefined) {
        const ca = [...yield* authorities(gateway.caFile)]
        trusted = { ca, context: yield* contextOf({ ca }) }
      }
      return trusted
    })

    const identity = Effect.gen(function*() {
      const { ca, context } = yield* trust
      const client = yield* clientCertificate(gateway)
      if (Option.isNone(client)) return context
      const { cert, key } = client.value
      if (identified?.cert !== cert || Redacted.value(identified.key) !== Redacted.value(key)) {
        identified = { cert, key, context: yield* contextOf({ ca, cert, key: Redacted.value(key) }) }
      }
      return identified.context
    })

    return (url: string) =>
      Effect.gen(function*() {
        const route = yield* decide(url, gateway.proxy)
        const { tls } = targetOf(url)
        const toProxy = route._tag === "Proxy" && route.proxy.url.startsWith("https:")
        return {
          route,
          lookup,
          trust: tls || toProxy ? (yield* trust).context : undefined,
          identity: tls ? yield* identity : undefined,
          hasClientCertificate: Option.isSome(gateway.clientCert)
        }
      }).pipe(withPermits(1), Effect.provide(context))
  })

const contextOf = (
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
        hint: "Check the files of caFile, clientCert and clientKey in options."
      })
  })
