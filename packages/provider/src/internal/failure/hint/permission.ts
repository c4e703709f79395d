/** What to do when a credential is good, and not for this. */
import { describe } from "../../identity/identity.ts"
import { capitalised, keyHint, wordsOf } from "./authentication.ts"
import type { Failure, Sent } from "./hint.ts"

export const permissionHint = (failure: Failure, sent: Sent): string =>
  keyHint(failure, sent) ?? apiGatewayHint(failure) ?? policyHint(failure, sent) ?? gatewayHint(failure, sent)
    ?? `${capitalised(describe(sent.identity))} may not use this model here: ask for access to it `
      + "(bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream, or the gateway's own grant), or choose another model."

/** Sentences of API Gateway. Source: its user guide, "Gateway response types" and "Lambda authorizers". */
const apiGatewayHint = (failure: Failure): string | undefined => {
  const words = wordsOf(failure)
  if (/not authorized to access this resource/i.test(words)) {
    return "The gateway's own authorizer refused the credential, not Bedrock: ask the gateway's operators for access to this path."
  }
  if (/^(HTTP 403|ForbiddenException): Forbidden\.?$/i.test(failure.message)) {
    return "The gateway refused the request before Bedrock saw it, and does not say why. Amazon API Gateway answers so where an API key is missing "
      + "(x-api-key in options.headers), and where its firewall objects to the prompt's content: ask its operators."
  }
  return undefined
}

/** Source: IAM user guide, "Access denied error messages". */
const policyHint = (failure: Failure, { identity }: Sent): string | undefined => {
  const words = wordsOf(failure)
  const action = /not authorized to perform: ?([\w-]+:[\w*]+)/i.exec(words)?.[1]
  const service = action?.split(":")[0]
  const user = capitalised(describe(identity))
  if (/explicit(ly)? den(y|ied)/i.test(words)) {
    const policy = /explicit deny in (?:an? |the )?([\w -]*?(?:policy|boundary))/i.exec(words)?.[1]
    const where = policy === undefined ? "A policy" : `${/^[aeiou]/i.test(policy) ? "An" : "A"} ${policy}`
    const required = service === undefined || service === "bedrock"
      ? "Often it requires a guardrail (the condition bedrock:GuardrailIdentifier; this program cannot send one yet), or allows certain models, regions or networks only. "
      : ""
    return `${where} denies this explicitly, so no further permission helps. ${required}Ask whoever maintains the policy what a request must fulfill.`
  }
  if (action === undefined) return undefined
  const missing = /because no ([\w -]*?(?:policy|boundary)) allows/i.exec(words)?.[1]
  const by = missing === undefined ? "" : ` No ${missing} allows it.`
  switch (service) {
    case "execute-api":
      return `Amazon API Gateway, not Bedrock, refused ${describe(identity)}: ask for ${action} on this API.${by}`
    case "vpc-lattice-svcs":
      return `Amazon VPC Lattice, not Bedrock, refused ${describe(identity)}: ask for ${action} on this service.${by}`
    case "aws-marketplace":
      return `This model has to be enabled once for the AWS account, by someone who may perform ${action}: ask the account's administrators.${by}`
    default: {
      const whole = action === "bedrock:InvokeModelWithResponseStream"
        ? " Where bedrock:InvokeModel alone is allowed, set options.streaming to off."
        : action === "bedrock:CallWithBearerToken"
        ? " Without it, AWS credentials have to be used instead of a bearer token."
        : ""
      return `${user} may not do this: ask for ${action}.${by}${whole}`
    }
  }
}

/** Without an exception's name the refusal is not AWS's. */
const gatewayHint = ({ form, sentences = [], type }: Failure, { identity, url }: Sent): string | undefined => {
  if (type !== undefined || form === undefined) return undefined
  const why = sentences.length === 0 ? "without a reason" : "for the reason above"
  return `The gateway at ${url} refused this request, ${why}. The request was sent with ${
    describe(identity)
  }. Ask the gateway's operators.`
}
