/**
 * The route to a host, direct or through a proxy, and which setting determines it.
 *
 * @since 0.1.0
 */
import { describe as describeOrigin, type Origin } from "@altimate-code/config/Origin"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/**
 * @since 0.1.0
 * @category models
 */
export interface Proxy {
  /** Scheme, host and port, without user name and password. */
  readonly url: string
  /** `user:password`, decoded. */
  readonly login: Option.Option<Redacted.Redacted<string>>
  /** The setting or variable that names the proxy. */
  readonly origin: Origin
}

/**
 * An entry in `NO_PROXY` that can't match any host. `why` explains the reason, and what to write instead.
 *
 * @since 0.1.0
 * @category models
 */
export interface IgnoredEntry {
  readonly entry: string
  readonly variable: string
  readonly why: string
}

/**
 * `exclusion` is the entry in `NO_PROXY` that excludes the host from the configured proxy.
 *
 * @since 0.1.0
 * @category models
 */
export type Route =
  | {
    readonly _tag: "Direct"
    readonly exclusion: Option.Option<{ readonly entry: string; readonly variable: string }>
    readonly ignored: ReadonlyArray<IgnoredEntry>
  }
  | { readonly _tag: "Proxy"; readonly proxy: Proxy; readonly ignored: ReadonlyArray<IgnoredEntry> }

/**
 * Describes the route for messages, for example `direct`, `direct (.example.com in NO_PROXY)` or
 * `through the proxy http://proxy.example.com:3128 from HTTPS_PROXY`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (route: Route): string =>
  route._tag === "Proxy"
    ? `through the ${describeProxy(route.proxy)}`
    : Option.match(route.exclusion, {
      onNone: () => "direct",
      onSome: ({ entry, variable }) => `direct (${entry} in ${variable})`
    })

/**
 * Describes a proxy for messages, for example `proxy http://proxy.example.com:3128 from HTTPS_PROXY`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeProxy = ({ origin, url }: Proxy): string => `proxy ${url} from ${describeOrigin(origin)}`
