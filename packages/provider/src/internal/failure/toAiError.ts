/** Puts the failure of a request into the errors of `@effect/ai`. */
import * as AiError from "@effect/ai/AiError"
import * as Option from "effect/Option"
import type { BedrockError } from "../../BedrockError.ts"

/** The headers of the response. Of an empty one only these are stored, and a wait can be in other headers than `retry-after`. */
const toHeaders = (
  { evidence, gatewayRequestId, requestId, retryAfterMillis }: BedrockError
): Record<string, string> => {
  const [name, ...id] = gatewayRequestId?.split(" ") ?? []
  return {
    ...(name !== undefined && { [name.toLowerCase()]: id.join(" ") }),
    ...(requestId !== undefined && { "x-amzn-requestid": requestId }),
    ...(retryAfterMillis !== undefined && { "retry-after": String(Math.ceil(retryAfterMillis / 1000)) }),
    ...evidence?.response?.headers
  }
}

/**
 * A response is an `HttpResponseError` with its status and headers, and a failed connection an `HttpRequestError`, so that handlers for other
 * providers understand them. Everything else, such as a missing credential, is an `UnknownError`. The `cause` of all is the error itself.
 */
export const toAiError = (method: string, error: BedrockError): AiError.AiError => {
  const common = { module: "BedrockLanguageModel", method, description: error.message }
  const request = {
    method: "POST",
    url: error.url ?? "",
    urlParams: [],
    hash: Option.none(),
    headers: {}
  } as const
  if (error.status !== undefined) {
    const { sentences, status } = error
    return Object.assign(
      new AiError.HttpResponseError({
        ...common,
        request,
        response: { status, headers: toHeaders(error) },
        reason: status < 400 ? "Decode" : "StatusCode",
        ...(sentences !== undefined && { body: sentences.join("\n") })
      }),
      // `HttpResponseError` has no such field, but every error can have a cause.
      { cause: error }
    )
  }
  return error.reason === "Connection" || error.reason === "Timeout"
    ? new AiError.HttpRequestError({ ...common, request, reason: "Transport", cause: error })
    : new AiError.UnknownError({ ...common, cause: error })
}
