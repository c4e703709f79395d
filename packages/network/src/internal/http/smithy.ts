/** The parts of the AWS SDK's HTTP modules that are used here, loaded with the first request. */
import type { buildQueryString, HttpRequest, HttpResponse } from "@smithy/core/protocols"
import type { NodeHttpHandler } from "@smithy/node-http-handler"

export interface Smithy {
  readonly HttpRequest: typeof HttpRequest
  readonly HttpResponse: typeof HttpResponse
  readonly buildQueryString: typeof buildQueryString
}

export type Request = Parameters<NodeHttpHandler["handle"]>[0]
export type Output = Awaited<ReturnType<NodeHttpHandler["handle"]>>

export const load = async (): Promise<Smithy> => {
  const { buildQueryString, HttpRequest, HttpResponse } = await import("@smithy/core/protocols")
  return { HttpRequest, HttpResponse, buildQueryString }
}

/** The path including the query. */
export const buildPath = ({ buildQueryString }: Smithy, { path, query }: Request): string => {
  const text = buildQueryString(query)
  return text === "" ? path : `${path}?${text}`
}
