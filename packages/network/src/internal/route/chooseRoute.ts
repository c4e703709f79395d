/** Chooses the route to a URL. */
import * as Environment from "@altimate-code/config/Environment"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { registerSecrets } from "@altimate-code/log/PublicUrl"
import * as PercentEncoding from "@altimate-code/system/PercentEncoding"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { NetworkError } from "../../NetworkError.ts"
import type { Proxy, Route } from "../../Route.ts"
import { findExclusion, ignoredEntries } from "./noProxy.ts"
import { parseTarget, type Target } from "./target.ts"

/** The configured proxy, else the environment's, unless `NO_PROXY` lists the host. A proxy that the program gives in code is always used. */
export const chooseRoute = (
  url: string,
  option: Option.Option<Setting<string>>
): Effect.Effect<Route, NetworkError> =>
  Effect.gen(function*() {
    const target = parseTarget(url)
    const written = Option.isSome(option) ? option : yield* fromEnvironment(target)
    if (Option.isNone(written)) return { _tag: "Direct", exclusion: Option.none(), ignored: [] }
    const { list, variable } = written.value.origin._tag === "Given" ? noList : yield* readNoProxy
    const ignored = ignoredEntries(list).map((entry) => ({ ...entry, variable }))
    const entry = findExclusion(list, target)
    if (entry !== undefined) return { _tag: "Direct", exclusion: Option.some({ entry, variable }), ignored }
    yield* registerSecrets(withScheme(written.value.value))
    return { _tag: "Proxy", proxy: yield* readProxy(written.value), ignored }
  })

/** As for the proxies, lower case takes precedence. */
const readNoProxy = Effect.gen(function*() {
  for (const variable of ["no_proxy", "NO_PROXY"]) {
    const list = yield* Environment.readVariable(variable)
    if (Option.isSome(list)) return { list: list.value, variable }
  }
  return noList
})

const noList = { list: "", variable: "NO_PROXY" }

/** As in curl: the variable for the scheme, then the one for all schemes; each in lower or upper case. */
const fromEnvironment = (target: Target): Effect.Effect<Option.Option<Setting<string>>> =>
  Effect.gen(function*() {
    for (const name of [target.tls ? "https_proxy" : "http_proxy", "all_proxy"]) {
      for (const variable of [name, name.toUpperCase()]) {
        const value = yield* Environment.readVariable(variable)
        if (Option.isSome(value)) {
          return Option.some({ value: value.value, origin: { _tag: "Environment", variable } })
        }
      }
    }
    return Option.none()
  })

const withScheme = (text: string): string => /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`

const readProxy = ({ origin, value }: Setting<string>): Effect.Effect<Proxy, NetworkError> => {
  const text = withScheme(value)
  const scheme = text.split(":")[0]!.toLowerCase()
  const refuse = (message: string, hint: string) =>
    new NetworkError({ reason: "Proxy", message: `${describe(origin)}: ${message}`, hint })
  if (scheme !== "http" && scheme !== "https") {
    return refuse(
      scheme.startsWith("socks")
        ? `SOCKS proxies (${scheme}://) are not supported`
        : "this is not the URL of an HTTP proxy",
      "Set options.proxy, HTTPS_PROXY or HTTP_PROXY to an HTTP proxy, for example http://proxy.example.com:3128. "
        + "To reach the gateway without a proxy, add its host to NO_PROXY."
    )
  }
  // A proxy's URL has no path. What looks like one follows an unencoded `/` in the password.
  if (!URL.canParse(text) || /[/\\?#]./.test(text.slice(text.indexOf("://") + 3))) {
    return refuse(
      "this is not a valid URL",
      "Write it like http://user:password@proxy.example.com:3128. "
        + "In the user name and password, write %40 for @, %3A for :, %2F for / and %23 for #."
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
