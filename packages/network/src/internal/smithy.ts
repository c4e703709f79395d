/** What is used of the AWS SDK's HTTP side: loaded with the first request. */
import type { buildQueryString, HttpRequest, HttpResponse } from "@smithy/core/protocols"
import type { NodeHttpHandler } from "@smithy/node-http-handler"

export interface Smithy {
  readonly NodeHttpHandler: typeof NodeHttpHandler
  readonly HttpRequest: typeof HttpRequest
  readonly HttpResponse: typeof HttpResponse
  readonly buildQueryString: typeof buildQueryString
}

export const load = async (): Promise<Smithy> => {
  const [{ NodeHttpHandler }, { buildQueryString, HttpRequest, HttpResponse }] = await Promise.all([
    import("@smithy/node-http-handler"),
    import("@smithy/core/protocols")
  ])
  return { NodeHttpHandler, HttpRequest, HttpResponse, buildQueryString }
}
