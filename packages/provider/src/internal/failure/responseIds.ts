/** Reads the IDs that identify a request in the logs of AWS and the gateway. Pure. */

/** Common headers, by priority: gateways' own request IDs first, trace IDs last. */
const names = [
  "x-request-id",
  "x-correlation-id",
  "request-id",
  "x-amz-apigw-id",
  "apigw-requestid",
  "x-kong-request-id",
  "x-litellm-call-id",
  "x-amz-cf-id",
  "cf-ray",
  "x-azure-ref",
  "x-amzn-trace-id",
  "x-cloud-trace-context",
  "traceparent"
]

/** The IDs in the headers of a response. */
export interface ResponseIds {
  /** AWS's request ID. */
  readonly requestId?: string | undefined
  /** Preceded by its header name: `x-request-id 4711`. */
  readonly gatewayRequestId?: string | undefined
}

/** Header names must be in lower case. */
export const readResponseIds = (headers: Readonly<Record<string, string>>): ResponseIds => {
  const name = names.find((name) => (headers[name] ?? "").trim() !== "")
  return {
    requestId: headers["x-amzn-requestid"],
    gatewayRequestId: name === undefined ? undefined : `${name} ${headers[name]!.trim().slice(0, 200)}`
  }
}
