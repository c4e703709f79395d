/**
 * By which way a host is reached: directly, or by a proxy, and who said so.
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
  /** Scheme, host and port; never its user and password. */
  readonly url: string
  /** `user:password`, decoded. */
  readonly login: Option.Option<Redacted.Redacted<string>>
  /** Where it was written. */
  readonly origin: Origin
}

/**
 * An entry of `NO_PROXY` that no host can match, and why, with what to write instead.
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
 * `exclusion` is the entry of `NO_PROXY` that keeps a host from the proxy that it would otherwise have.
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
 * The route in a few words, for example `direct`, `direct (.example.com in NO_PROXY)` or
 * `by the proxy http://proxy.example.com:3128 from HTTPS_PROXY`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (route: Route): string =>
  route._tag === "Proxy"
    ? `by the ${named(route.proxy)}`
    : Option.match(route.exclusion, {
      onNone: () => "direct",
      onSome: ({ entry, variable }) => `direct (${entry} in ${variable})`
    })

/**
 * A proxy in a few words, for example `proxy http://proxy.example.com:3128 from HTTPS_PROXY`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const named = ({ origin, url }: Proxy): string => `proxy ${url} from ${describeOrigin(origin)}`
