/** What the user can do about a failed request. */
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import * as Diagnosis from "@altimate-code/provider/Diagnosis"
import * as Option from "effect/Option"
import { authenticationHint } from "./authenticationHint.ts"
import { blockedHint, loginHint } from "./blockedHint.ts"
import { connectionHint } from "./connectionHint.ts"
import { contentHint } from "./contentHint.ts"
import { type FailedRequest, failedRequest } from "./failedRequest.ts"
import { hintOf } from "./hintOf.ts"
import { modelHint } from "./model/modelHint.ts"
import { pathHint } from "./pathHint.ts"
import { permissionHint } from "./permissionHint.ts"
import { statusHint } from "./statusHint.ts"
import { timeoutHint } from "./timeoutHint.ts"
import { waitingHint } from "./waitingHint.ts"

/** Empty if the message says it all. */
export const requestHint = (error: BedrockError): string => {
  const general = generalHint(error)
  return error.cause !== undefined || error.model === undefined ? general : modelHint(error, error.model, general)
}

/** The hint without advice about the ID of the model. */
export const generalHint = (error: BedrockError): string => {
  const { cause, gatewayRequestId } = error
  if (cause !== undefined) return hintOf(cause)
  const hint = Option.match(failedRequest(error), { onNone: () => unsentHint(error), onSome: sentHint })
  const support = gatewayRequestId === undefined
    ? ""
    : `The gateway's operators can find this request by ${gatewayRequestId}.`
  return [hint, support].filter((part) => part !== "").join(" ")
}

const unsentHint = (error: BedrockError): string => {
  if (error.type === "SdkNotLoaded") return "This installation is incomplete. Reinstall altimate-code."
  return error.reason === "Timeout" ? timeoutHint(error) : ""
}

const sentHint = (request: FailedRequest): string => {
  const { error, url } = request
  const { reason, sender, status, type } = error
  if (sender?.kind === "login") return loginHint(request)
  const waiting = waitingHint(error)
  if (waiting !== undefined) return waiting
  // An exception name or a firewall's page is more specific than the status, except for a request that is too large.
  const isNamed = type !== undefined && !(reason === "Validation" && status !== 400)
  const isFirewall = reason === "Blocked" && status !== 451 && status !== 511
  const ofStatus = isNamed || isFirewall ? undefined : statusHint(request)
  if (ofStatus !== undefined) return ofStatus
  switch (reason) {
    case "Blocked":
      return blockedHint(request)
    case "Authentication":
      return authenticationHint(request)
    case "Permission":
      return permissionHint(request)
    case "ModelNotFound":
      if (Diagnosis.modelProblem(error) === "invalid") {
        return "The endpoint does not know this model. Check its ID, or ask the gateway's operators which models it has."
      }
      return Diagnosis.isWrongPath(error)
        ? pathHint(request)
        : `The model was not found at ${url}. Check its ID and the path in baseURL.`
    case "Validation":
      return validationHint(request)
    case "Throttled":
      return type === undefined
        ? "The gateway limits the rate of requests. Try again in a minute; its operators can raise the limit."
        : "Rate limit reached. Try again in a minute. If it happens often, ask for a higher quota, or set a lower --max-tokens or limit.output: each request reserves that many tokens of the quota."
    case "Timeout":
      return timeoutHint(error)
    case "Unavailable":
      return sender === undefined && type === undefined
        ? "The gateway, or Bedrock behind it, has a problem. Try again later; if it keeps happening, tell the gateway's operators."
        : "Try again later; if it keeps happening, tell the operators of the service that answered."
    case "TruncatedStream":
      return "The answer is incomplete. Try again. If this keeps happening, a proxy in between may cut off or buffer long answers."
    case "WrongContentType":
      return contentHint(request)
    case "Connection":
      return connectionHint(type, url)
    case "ModelError":
      return "The model failed while it generated the answer. Try again, or use another prompt or model."
  }
}

const validationHint = ({ error, evidence: { dropped, guardrail, region }, text }: FailedRequest): string => {
  const { status, type } = error
  if (status === undefined && type === undefined) {
    return "The request could not be built. Correct the value that the message names."
  }
  // Node.js refuses to send it.
  if (status === undefined && type?.startsWith("ERR_") === true) {
    return "A header, the URL or the credential contains a character that HTTP does not allow. Copy the named value again, complete and on one line."
  }
  if (guardrail !== undefined && /guardrail/i.test(text)) {
    const drop = [...dropped, "guardrailConfig"].map((name) => `"${name}"`).join(", ")
    return Option.contains(Diagnosis.refusedField(error), "guardrailConfig")
      ? `The gateway refuses guardrails, and the request is not sent without one, because it would be unprotected. If that is acceptable, set options.drop to [${drop}].`
      : `Check options.guardrail (${guardrail}): whether its ID and version exist, in ${region} and in the account of this credential. altimate-code config show says which file sets it.`
  }
  switch (Diagnosis.modelProblem(error)) {
    case "on-demand":
      return "This model needs a cross-region prefix (such as `us.` or `global.`) or an inference profile. Write it into the model ID."
    case "invalid":
      return "The model's prefix is not valid in this region, or the gateway expects IDs without one."
    default:
      return Option.match(Option.filter(Diagnosis.refusedField(error), (field) => !dropped.includes(field)), {
        onNone: () => "",
        onSome: (field) =>
          `If the gateway does not know this field, leave it out of requests: set options.drop to [${
            [...dropped, field].map((name) => `"${name}"`).join(", ")
          }].`
      })
  }
}
