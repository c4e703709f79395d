/** Finds the ID of a request in the logs of AWS and of the gateway. Pure. */

/** The usual headers: first those that only gateways set, last the IDs of traces. */
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
export interface AnswerIds {
  /** AWS's request ID. */
  readonly requestId?: string | undefined
  /** After the name of its header: `x-request-id 4711`. */
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
