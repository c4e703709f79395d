/** Where a remote server is, and what goes along with each request to it. */
import * as PercentEncoding from "@altimate-code/system/PercentEncoding"
import * as Effect from "effect/Effect"
import type { McpServer, Options } from "../../../McpServers.ts"

type Remote = Extract<McpServer, { type: "remote" }>

/**
 * The URL without user and password, which no `fetch` takes and which an error could show: they go into the header that they stand
 * for. Requests without a `User-Agent` are refused by many firewalls.
 */
export const remoteAddress = (
  { headers, url }: Pick<Remote, "headers" | "url">,
  { name, version }: Options["client"]
): Effect.Effect<{ readonly url: URL; readonly headers: Headers }, string> =>
  Effect.gen(function*() {
    const place = URL.canParse(url) ? new URL(url) : undefined
    if (place === undefined || !/^https?:$/.test(place.protocol)) return yield* Effect.fail("its URL is not valid")
    const sent = yield* Effect.try({
      try: () => new Headers(headers),
      catch: () => "a name or a value of its headers is not valid in HTTP"
    })
    if (!sent.has("user-agent")) sent.set("user-agent", `${name}/${version}`)
    if ((place.username !== "" || place.password !== "") && !sent.has("authorization")) {
      const login = [place.username, place.password].map(PercentEncoding.decode).join(":")
      sent.set("authorization", `Basic ${Buffer.from(login).toString("base64")}`)
    }
    place.username = ""
    place.password = ""
    return { url: place, headers: sent }
  })
