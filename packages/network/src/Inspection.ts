/**
 * What is found on the way to a host, step by step.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"
import type { Proxy, Route } from "./Route.ts"

/**
 * The steps, in this order: `Tunnel` only where a proxy is asked for one, `Tls` only for https. With a proxy, `Dns` and `Tcp`
 * are about the proxy, which looks the host up itself. Times are in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export type Stage =
  | {
    readonly _tag: "Route"
    readonly route: Route
    /** The steps that come now, unless one fails. */
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
    /** `TLSv1.3` and so on. */
    readonly protocol: string
    /** `h2` or `http/1.1`, when the host chose one. */
    readonly alpn: Option.Option<string>
    readonly issuer: string
    readonly subject: string
    readonly validTo: Date
    /** Why the certificate is not accepted; none: it is. */
    readonly problem: Option.Option<{ readonly code: string; readonly words: string }>
    readonly millis: number
  }
