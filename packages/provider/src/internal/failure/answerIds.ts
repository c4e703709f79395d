/** What a gateway calls a request in its own logs. Pure. */

/** The usual headers, those that only gateways set first; a trace is better than nothing. */
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

/** The IDs of an answer, fit for a line. */
export interface AnswerIds {
  /** AWS's own. */
  readonly requestId?: string | undefined
  /** With the name of its header in front: `x-request-id 4711`. */
  readonly gatewayRequestId?: string | undefined
}

/** Header names are in lower case. */
export const answerIds = (headers: Readonly<Record<string, string>>): AnswerIds => {
  const name = names.find((name) => (headers[name] ?? "").trim() !== "")
  return {
    requestId: headers["x-amzn-requestid"],
    gatewayRequestId: name === undefined ? undefined : `${name} ${headers[name]!.trim().slice(0, 200)}`
  }
}
