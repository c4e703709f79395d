/**
 * The steps of connecting to a host, and their results.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"
import type { Proxy, Route } from "./Route.ts"

/**
 * The steps in order. `Tunnel` occurs only with a tunnel through a proxy, `Tls` only with https. With a proxy, `Dns` and `Tcp` describe the
 * connection to the proxy, which looks up the host itself. Times are in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export type Stage =
  | {
    readonly _tag: "Route"
    readonly route: Route
    /** The steps that follow, unless one fails. */
    readonly following: ReadonlyArray<"Dns" | "Tcp" | "Tunnel" | "Tls">
  }
  | {
    readonly _tag: "Dns"
    readonly host: string
    readonly addresses: ReadonlyArray<string>
    readonly millis: number
  }
  | {
    readonly _tag: "Tcp"
    readonly host: string
    readonly port: number
    readonly address: string
    readonly millis: number
  }
  | { readonly _tag: "Tunnel"; readonly proxy: Proxy; readonly millis: number }
  | {
    readonly _tag: "Tls"
    /** For example `TLSv1.3`. */
    readonly protocol: string
    /** `h2` or `http/1.1`, if the host chose one. */
    readonly alpn: Option.Option<string>
    readonly issuer: string
    readonly subject: string
    readonly validTo: Date
    /** Why the certificate is rejected; none if it is accepted. */
    readonly problem: Option.Option<{ readonly code: string; readonly message: string }>
    readonly millis: number
  }
