/** What to do when a credential is valid but not allowed to make this request. */
import type { FailedRequest } from "./failedRequest.ts"
import { keyHint } from "./keyHint.ts"

export const permissionHint = (request: FailedRequest): string =>
  keyHint(request) ?? apiGatewayHint(request) ?? policyHint(request) ?? gatewayHint(request)
    ?? `This model is not allowed for ${request.credential}. Ask for access to it `
      + "(bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream, or the gateway's own permission), or use another model."

/** Sentences of API Gateway. Source: its user guide, "Gateway response types" and "Lambda authorizers". */
const apiGatewayHint = ({ error, text }: FailedRequest): string | undefined => {
  if (/not authorized to access this resource/i.test(text)) {
    return "The gateway's authorizer, not Bedrock, refused the credential. Ask the gateway's operators for access to this path."
  }
  if (/^(HTTP 403|ForbiddenException): Forbidden\.?$/i.test(error.message)) {
    return "The gateway refused the request before it reached Bedrock, without giving a reason. Amazon API Gateway does this when an API key is missing "
      + "(x-api-key in options.headers) or when its firewall objects to the content of the prompt. Ask its operators."
  }
  return undefined
}

/** Source: IAM user guide, "Access denied error messages". */
const policyHint = ({ credential, evidence: { guardrail }, text }: FailedRequest): string | undefined => {
  const action = /not authorized to perform: ?([\w-]+:[\w*]+)/i.exec(text)?.[1]
  const service = action?.split(":")[0]
  if (/explicit(ly)? den(y|ied)/i.test(text)) {
    const policy = /explicit deny in (?:an? |the )?([\w -]*?(?:policy|boundary))/i.exec(text)?.[1]
    const subject = policy === undefined ? "A policy" : `${/^[aeiou]/i.test(policy) ? "An" : "A"} ${policy}`
    const usual = service === undefined || service === "bedrock"
      ? describeUsualDenial(guardrail)
      : ""
    return `${subject} denies this explicitly, so more permissions do not help. ${usual}Ask the owner of the policy what it requires.`
  }
  if (action === undefined) return undefined
  const missing = /because no ([\w -]*?(?:policy|boundary)) allows/i.exec(text)?.[1]
  const policy = missing === undefined ? "" : ` No ${missing} allows it.`
  switch (service) {
    case "execute-api":
      return `Amazon API Gateway, not Bedrock, refused ${credential}. Ask for ${action} on this API.${policy}`
    case "vpc-lattice-svcs":
      return `Amazon VPC Lattice, not Bedrock, refused ${credential}. Ask for ${action} on this service.${policy}`
    case "aws-marketplace":
      return `This model must be enabled once for the AWS account, by someone with the permission ${action}. Ask the account's administrators.${policy}`
    default: {
      const alternative = action === "bedrock:InvokeModelWithResponseStream"
        ? " If only bedrock:InvokeModel is allowed, set options.streaming to off."
        : action === "bedrock:CallWithBearerToken"
        ? " Without it, use AWS credentials instead of a bearer token."
        : ""
      return `This is not allowed for ${credential}: ask for ${action}.${policy}${alternative}`
    }
  }
}

const describeUsualDenial = (guardrail: string | undefined): string =>
  guardrail === undefined
    ? "Such a policy often requires a guardrail (the condition bedrock:GuardrailIdentifier): set options.guardrail to {\"id\": \"…\", \"version\": \"…\"}. Others allow only certain models, regions or networks. "
    : `The request had the guardrail ${guardrail}: the policy may require another one or another version (the condition bedrock:GuardrailIdentifier), or allow only certain models, regions or networks. `

/** A refusal without an exception name is not from AWS. */
const gatewayHint = ({ credential, error, evidence, url }: FailedRequest): string | undefined => {
  if (error.type !== undefined || evidence.response === undefined) return undefined
  const why = error.sentences === undefined || error.sentences.length === 0
    ? "without a reason"
    : "for the reason above"
  return `The gateway at ${url} refused this request, ${why}. The request was sent with ${credential}. Ask the gateway's operators.`
}
