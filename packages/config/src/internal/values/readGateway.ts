import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ConfigError } from "../../ConfigError.ts"
import { type ConfigFile, options, paths } from "../../ConfigFile.ts"
import * as Gateway from "../../Gateway.ts"
import type { Origin, Setting } from "../../Origin.ts"
import { errorAt } from "../file/errorAt.ts"
import { type Branch, find } from "../file/tree.ts"
import { readPrefixRules } from "./checkCrossRegion.ts"
import { checkProxy } from "./checkUrl.ts"
import { readHeaders } from "./readHeaders.ts"
import { readRequestOptions } from "./readRequestOptions.ts"

/** The effective options, from the merged file's values and their origins. */
export const readGateway = Effect.fn("readGateway")(function*(file: ConfigFile, merged: Branch) {
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

  const { headers, notices } = yield* readHeaders(
    written.headers ?? {},
    (name) => origin([...options("headers"), name])
  )
  const proxy = setting(written.proxy, paths.proxy)
  if (Option.isSome(proxy)) yield* checkProxy(proxy.value, "proxy")
  const signingService = setting(written.signingService, options("signingService"))
  if (Option.isSome(signingService)) yield* checkSigningService(signingService.value)
  const { crossRegion, timeout } = written
  const gateway = {
    auth: Option.getOrElse(setting(written.auth, options("auth")), () => Gateway.defaults.auth),
    apiKey: Option.map(
      setting(written.apiKey, paths.apiKey),
      ({ origin, value }): Setting<Redacted.Redacted<string>> => ({ value: Redacted.make(value), origin })
    ),
    signingService,
    tokenCommand: setting(written.tokenCommand, options("tokenCommand")),
    headers,
    proxy,
    caFile: fileSetting("caFile"),
    clientCert: fileSetting("clientCert"),
    clientKey: fileSetting("clientKey"),
    http2: written.http2 ?? Gateway.defaults.http2,
    allowInsecure: written.allowInsecure ?? Gateway.defaults.allowInsecure,
    limits: typeof timeout === "object" ? timeout : timeout === undefined ? {} : { total: timeout },
    retry: { ...Gateway.defaults.retry, ...written.retry },
    streaming: Option.getOrElse(setting(written.streaming, options("streaming")), () => Gateway.defaults.streaming),
    drop: written.drop ?? Gateway.defaults.drop,
    maxCost: setting(written.maxCost, options("maxCost")),
    crossRegion: Option.getOrElse(setting(crossRegion, paths.crossRegion), () => Gateway.defaults.crossRegion),
    prefixRules: yield* readPrefixRules(written.prefixRules ?? [], find(merged, options("prefixRules"))),
    request: yield* readRequestOptions(written, find(merged, ["provider", "amazon-bedrock", "options"]))
  } satisfies Gateway.Gateway
  return { gateway, notices }
})

/** The name becomes a part of the signature's scope, which is separated by slashes. */
const checkSigningService = ({ origin, value }: Setting<string>): Effect.Effect<void, ConfigError> =>
  /^[a-z0-9-]+$/.test(value) ? Effect.void : errorAt(origin, {
    reason: "Value",
    message: "expected the signing name of an AWS service, found characters other than a-z, 0-9 and -",
    expected: "the signing name of an AWS service",
    found: "characters other than a-z, 0-9 and -",
    hint: "Write, for example, execute-api (API Gateway), vpc-lattice-svcs (VPC Lattice) or lambda (function URLs)."
  })
