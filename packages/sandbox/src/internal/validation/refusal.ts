import { randomUUID } from "node:crypto"
import { end, head, type Headers, type Steps, wholeResponse } from "../http/steps.ts"

/** An HTTP error with Bedrock's name and message. */
export interface Refusal {
  readonly status: number
  readonly name: string
  readonly message: string
  /** The services in front of Bedrock, which check API keys, write `Message`; Bedrock itself writes `message`. */
  readonly messageKey?: "message" | "Message" | undefined
  readonly retryAfter?: number | string | undefined
}

export const invalidRequest = (message: string): Refusal => ({ status: 400, name: "ValidationException", message })

/** A strict gateway's message about an unknown field. */
export const extraneousField = (field: string): Refusal =>
  invalidRequest(`The model returned the following errors: extraneous key [${field}] is not permitted`)

export const unserializableRequest = (message: string): Refusal => ({
  status: 400,
  name: "SerializationException",
  message
})

export const expiredToken: Refusal = {
  status: 403,
  name: "ExpiredTokenException",
  message: "The security token included in the request is expired"
}

export const overloadedModel: Refusal = {
  status: 429,
  name: "ThrottlingException",
  message: "Too many requests, please wait before trying again."
}

export const scriptEnded = (turns: number): Refusal =>
  invalidRequest(`The sandbox's script has ended after ${turns} ${turns === 1 ? "turn" : "turns"}.`)

/** The headers of every response from Bedrock itself. */
export const bedrockHeaders = (contentType: string): Headers => ({
  "x-amzn-requestid": randomUUID(),
  "content-type": contentType
})

export const refuse = (refusal: Refusal): Steps =>
  wholeResponse(
    refusal.status,
    {
      ...bedrockHeaders("application/json"),
      // Recorded from bedrock-runtime: a URL follows the name.
      "x-amzn-errortype": `${refusal.name}:http://internal.amazon.com/coral/com.amazon.coral.service/`,
      ...(refusal.retryAfter === undefined ? {} : { "retry-after": String(refusal.retryAfter) })
    },
    JSON.stringify({ [refusal.messageKey ?? "message"]: refusal.message })
  )

const coralUnknown = JSON.stringify({
  Output: { __type: "com.amazon.coral.service#UnknownOperationException" },
  Version: "1.0"
})

/** Recorded from bedrock-runtime, for an ARN whose slash was not percent-encoded: HTTP 200, on both routes. */
export const splitArn = (): Steps => wholeResponse(200, bedrockHeaders("application/json"), coralUnknown)

/** For an unknown path or method. Other methods than `POST` get XML. */
export const unknownOperation = (method: string): Steps => {
  const headers = { "x-amzn-errortype": "UnknownOperationException" }
  return method === "POST"
    ? wholeResponse(404, { ...bedrockHeaders("application/json"), ...headers }, coralUnknown)
    : wholeResponse(404, { ...bedrockHeaders("application/xml"), ...headers }, "<UnknownOperationException/>\n")
}

/** Not from Bedrock, so without a request ID. */
export const htmlPage = (status: number): Steps =>
  wholeResponse(
    status,
    { "content-type": "text/html" },
    `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  )

/** Not from Bedrock either. */
export const empty = (status: number): Steps => [head(status, status === 204 ? {} : { "content-length": "0" }), end]

export const redirect = (status: number, location: string): Steps => wholeResponse(status, { location }, "")
