/** The URL and the headers for requests to a remote server. */
import * as PercentEncoding from "@altimate-code/system/PercentEncoding"
import * as Effect from "effect/Effect"
import type { RemoteServer } from "../../../mcp/McpConfig.ts"
import type { McpHost } from "../../../mcp/McpHost.ts"
import { StartError } from "../mcpError.ts"

/**
 * Moves user and password from the URL to the `Authorization` header: `fetch` rejects such URLs, and errors would show them. Sets a
 * `User-Agent`, because many firewalls reject requests without one.
 */
export const resolveRemoteAddress = (
  { headers, url }: Pick<RemoteServer, "headers" | "url">,
  { name, version }: McpHost["client"]
): Effect.Effect<{ readonly url: URL; readonly headers: Headers }, StartError> =>
  Effect.gen(function*() {
    const address = URL.canParse(url) ? new URL(url) : undefined
    if (address === undefined || !/^https?:$/.test(address.protocol)) {
      return yield* new StartError({ reason: "Address", message: "its URL is not valid" })
    }
    const sent = yield* Effect.try({
      try: () => new Headers(headers),
      catch: () => new StartError({ reason: "Address", message: "the name or value of a header is not valid in HTTP" })
    })
    if (!sent.has("user-agent")) sent.set("user-agent", `${name}/${version}`)
    if ((address.username !== "" || address.password !== "") && !sent.has("authorization")) {
      const login = [address.username, address.password].map(PercentEncoding.decode).join(":")
      sent.set("authorization", `Basic ${Buffer.from(login).toString("base64")}`)
    }
    address.username = ""
    address.password = ""
    return { url: address, headers: sent }
  })
