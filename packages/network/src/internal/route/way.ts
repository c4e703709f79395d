/** All that a connection needs to know. */
import type { SecureContext } from "node:tls"
import type { Route } from "../../Route.ts"
import type { Lookup } from "../connection/addresses.ts"

export interface Way {
  readonly route: Route
  readonly lookup: Lookup
  /** For TLS with anybody: a proxy too. Undefined where there is none on the way. */
  readonly trust: SecureContext | undefined
  /** For TLS with the target itself: with the client's certificate, if there is one. */
  readonly identity: SecureContext | undefined
  readonly hasClientCertificate: boolean
}
