import * as Either from "effect/Either"
import type { Options } from "../../SandboxOptions.ts"
import type { ConverseRequest } from "../converse/request.ts"
import { invalidRequest, type Refusal } from "./refusal.ts"

const actions = {
  "converse": "bedrock:InvokeModel",
  "converse-stream": "bedrock:InvokeModelWithResponseStream"
} as const

/**
 * Checks the guardrail of a request against those of the account, as a policy with the condition `bedrock:GuardrailIdentifier` does. Source of
 * the first message: the IAM user guide, "Access denied error messages".
 */
export const check = (
  guardrails: Options["guardrails"],
  { guardrailConfig }: ConverseRequest,
  modelId: string,
  operation: keyof typeof actions
): Either.Either<void, Refusal> => {
  if (guardrails === undefined) return Either.void
  if (guardrailConfig === undefined) {
    return guardrails.isRequired === true
      ? Either.left({
        status: 403,
        name: "AccessDeniedException",
        message: `User: arn:aws:sts::111122223333:assumed-role/dev/me is not authorized to perform: ${
          actions[operation]
        } on resource: arn:aws:bedrock:us-east-1::foundation-model/${modelId} with an explicit deny in an identity-based policy`
      })
      : Either.void
  }
  const { guardrailIdentifier, guardrailVersion } = guardrailConfig
  return guardrails.known.some(({ id, version }) => id === guardrailIdentifier && version === guardrailVersion)
    ? Either.void
    : Either.left(invalidRequest("The guardrail identifier or version provided in the request does not exist."))
}
