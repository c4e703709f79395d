import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ConfigError } from "../ConfigError.ts"
import { type ConfigFile, options, paths } from "../ConfigFile.ts"
import * as Gateway from "../Gateway.ts"
import type { Origin, Setting } from "../Origin.ts"
import { prefixRulesOf } from "./crossRegion.ts"
import { failure } from "./place.ts"
import { type Branch, find } from "./tree.ts"
import { acceptProxy } from "./url.ts"

/** The options as they apply, from the merged file's values and their places. */
export const gatewayOf = Effect.fn("gatewayOf")(function*(file: ConfigFile, merged: Branch) {
  const written = file.provider?.["amazon-bedrock"]?.options ?? {}
  const origin = (path: ReadonlyArray<string>): Origin => find(merged, path)?.origin ?? { _tag: "Default" }
  const setting = <A>(value: A | undefined, path: ReadonlyArray<string>): Option.Option<Setting<A>> =>
    Option.map(Option.fromNullable(value), (value) => ({ value, origin: origin(path) }))
  const fileSetting = (name: "caFile" | "clientCert" | "clientKey") =>
    Option.map(setting(written[name], paths[name]), (setting): Gateway.FileSetting => {
      const leaf = find(merged, paths[name])
      return leaf?._tag === "Leaf" && leaf.content !== undefined
        ? { ...setting, content: Redacted.make(leaf.content) }
        : setting
    })

  const headers: Record<string, Setting<Redacted.Redacted<string>>> = Object.create(null)
  for (const [name, value] of Object.entries(written.headers ?? {})) {
    const at = origin([...options("headers"), name])
    yield* acceptHeader(name, value, at)
    headers[name] = { value: Redacted.make(value), origin: at }
  }
  const proxy = setting(written.proxy, paths.proxy)
  if (Option.isSome(proxy)) yield* acceptProxy(proxy.value)
  const { crossRegion, timeout } = written
  return {
    auth: Option.getOrElse(setting(written.auth, options("auth")), () => Gateway.defaults.auth),
    tokenCommand: setting(written.tokenCommand, options("tokenCommand")),
    headers,
    proxy,
    caFile: fileSetting("caFile"),
    clientCert: fileSetting("clientCert"),
    clientKey: fileSetting("clientKey"),
    http2: written.http2 ?? Gateway.defaults.http2,
    allowInsecure: written.allowInsecure ?? Gateway.defaults.allowInsecure,
    limits: typeof timeout === "object" ? timeout : timeout === undefined ? {} : { total: timeout },
    streaming: Option.getOrElse(setting(written.streaming, options("streaming")), () => Gateway.defaults.streaming),
    drop: written.drop ?? Gateway.defaults.drop,
    crossRegion: Option.getOrElse(setting(crossRegion, paths.crossRegion), () => Gateway.defaults.crossRegion),
    prefixRules: yield* prefixRulesOf(written.prefixRules ?? [], find(merged, options("prefixRules")))
  } satisfies Gateway.Gateway
})

/** Of the connection's own, and of the signature: a request with two of them means nothing. */
const reserved =
  /^(host|connection|content-(length|type)|transfer-encoding|te|upgrade|expect|keep-alive|proxy-.*|x-amz-.*)$/i

const acceptHeader = (name: string, value: string, origin: Origin): Effect.Effect<void, ConfigError> => {
  const refuse = (what: string, hint: string) =>
    failure(origin, { reason: "Value", message: `the header ${printable(name)} ${what}`, hint })
  // Source: RFC 9110, section 5.6.2, "Tokens".
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    return refuse("has a name that HTTP does not allow", "Use letters, digits and hyphens.")
  }
  if (reserved.test(name)) {
    return refuse("can't be set here: the request has one of its own", "Leave it out.")
  }
  // oxlint-disable-next-line no-control-regex
  if (!/^[\t\x20-\x7e]*$/.test(value)) {
    return refuse("has a value that HTTP does not allow", "Use printable ASCII characters in one line.")
  }
  return Effect.void
}
