/** The requests and responses of the AWS SDK's clients. */
import { buildQueryString } from "@smithy/core/protocols"
import type { NodeHttpHandler } from "@smithy/node-http-handler"

export type Request = Parameters<NodeHttpHandler["handle"]>[0]
export type Output = Awaited<ReturnType<NodeHttpHandler["handle"]>>

/** The path including the query. */
export const buildPath = ({ path, query }: Request): string => {
  const text = buildQueryString(query)
  return text === "" ? path : `${path}?${text}`
}
