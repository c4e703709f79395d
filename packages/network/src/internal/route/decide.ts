/** Decides the route to a URL. */
import * as Environment from "@altimate-code/config/Environment"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { registerSecrets } from "@altimate-code/config/PublicUrl"
import type { Secrets } from "@altimate-code/log/Secrets"
import * as PercentEncoding from "@altimate-code/system/PercentEncoding"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { NetworkError } from "../../NetworkError.ts"
import type { Proxy, Route } from "../../Route.ts"
import { exclusion, ignoredEntries } from "./noProxy.ts"
import { type Target, targetOf } from "./target.ts"

/** The option, else the environment's, unless `NO_PROXY` has the host. */
export const decide = (
  url: string,
  option: Option.Option<Setting<string>>
): Effect.Effect<Route, NetworkError, Secrets> =>
  Effect.gen(function*() {
    const target = targetOf(url)
    const written = Option.isSome(option) ? option : yield* fromEnvironment(target)
    if (Option.isNone(written)) return { _tag: "Direct", exclusion: Option.none(), ignored: [] }
    const { list, variable } = yield* noProxy
    const ignored = ignoredEntries(list).map((entry) => ({ ...entry, variable }))
    const entry = exclusion(list, target)
    if (entry !== undefined) return { _tag: "Direct", exclusion: Option.some({ entry, variable }), ignored }
    yield* registerSecrets(withScheme(written.value.value))
    return { _tag: "Proxy", proxy: yield* proxyOf(written.value), ignored }
  })

/** As for the proxies, the lower case counts where both are set. */
const noProxy = Effect.gen(function*() {
  for (const variable of ["no_proxy", "NO_PROXY"]) {
    const list = yield* Environment.variable(variable)
    if (Option.isSome(list)) return { list: list.value, variable }
  }
  return { list: "", variable: "NO_PROXY" }
})

/** As curl has it, and in either case: the scheme's own, then the one for all. */
const fromEnvironment = (target: Target): Effect.Effect<Option.Option<Setting<string>>> =>
  Effect.gen(function*() {
    for (const name of [target.tls ? "https_proxy" : "http_proxy", "all_proxy"]) {
      for (const variable of [name, name.toUpperCase()]) {
        const value = yield* Environment.variable(variable)
        if (Option.isSome(value)) {
          return Option.some({ value: value.value, origin: { _tag: "Environment", variable } })
        }
      }
    }
    return Option.none()
  })

const withScheme = (text: string): string => /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`

const proxyOf = ({ origin, value }: Setting<string>): Effect.Effect<Proxy, NetworkError> => {
  const text = withScheme(value)
  const scheme = text.split(":")[0]!.toLowerCase()
  const refuse = (message: string, hint: string) =>
    new NetworkError({ reason: "Proxy", message: `${describe(origin)}: ${message}`, hint })
  if (scheme !== "http" && scheme !== "https") {
    return refuse(
      scheme.startsWith("socks") ? `a SOCKS proxy (${scheme}://) can't be used` : "this is no URL of an HTTP proxy",
      "Name an HTTP proxy, for example http://proxy.example.com:3128, in options.proxy, HTTPS_PROXY or HTTP_PROXY; "
        + "or reach the gateway without a proxy: add its host to NO_PROXY."
    )
  }
  // Only the host is meant: a path is what follows an unencoded `/` of a password.
  if (!URL.canParse(text) || /[/\\?#]./.test(text.slice(text.indexOf("://") + 3))) {
    return refuse(
      "this is no URL",
      "Write it like http://user:password@proxy.example.com:3128, with %40 for @, %3A for :, %2F for / and %23 for # in user and password."
    )
  }
  const { host, password, protocol, username } = new URL(text)
  return Effect.succeed({
    url: `${protocol}//${host}`,
    login: username === "" && password === ""
      ? Option.none()
      : Option.some(Redacted.make(`${PercentEncoding.decode(username)}:${PercentEncoding.decode(password)}`)),
    origin
  })
}
