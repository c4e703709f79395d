/** Everything needed to make a connection. */
import type { SecureContext } from "node:tls"
import type { Route } from "../../Route.ts"
import type { Lookup } from "../connection/lookup.ts"

export interface ConnectionPlan {
  readonly route: Route
  readonly lookup: Lookup
  /** For TLS with any host, including a proxy; undefined if TLS is not used. */
  readonly trust: SecureContext | undefined
  /** For TLS with the target itself: includes the client certificate, if there is one. */
  readonly identity: SecureContext | undefined
  readonly hasClientCertificate: boolean
}
