/** What a refusal says of the model's ID. Pure. */
import type { Reason } from "../../BedrockError.ts"

interface Failure {
  readonly reason: Reason
  readonly message: string
  readonly type?: string | undefined
  readonly status?: number | undefined
  readonly sentences?: ReadonlyArray<string> | undefined
}

/** Found with an ASCII apostrophe and with U+2019. */
const onDemand = /on-demand throughput isn['\u2019]t supported/i

/** The words of Bedrock and of common gateways, for an ID or a name that leads to no model. */
const invalid = [
  /model (id|identifier|name) is invalid|resolve the foundation model|at 'modelId' failed/i,
  /\b(invalid|unknown|unrecogni[sz]ed|unsupported|no such) model\b(?! (output|response|error))/i,
  /\bmodel( id| identifier| name)?:? \S{1,150} (is )?(not|isn['\u2019]t|doesn['\u2019]t|does not) (a )?(valid|found|known|available|exist|recogni[sz]ed|registered|configured|mapped)/i,
  /\bmodel (is )?not (found|known|available|registered|configured)\b|model_not_found|\bmodel does(n['\u2019]t| not) exist/i,
  /no (healthy )?deployments? (available|found) for|not a valid model/i
]

/** That it lacks a profile, that there is none such, that nothing is at its URL, or nothing. */
export const saidOfModel = (failure: Failure): "on-demand" | "invalid" | "not found" | undefined => {
  const said = [failure.message, ...failure.sentences ?? []]
  if (said.some((sentence) => onDemand.test(sentence))) return "on-demand"
  const isRefusal = failure.reason === "Validation" || failure.reason === "ModelNotFound"
  if (isRefusal && said.some((sentence) => invalid.some((pattern) => pattern.test(sentence)))) return "invalid"
  return failure.reason === "ModelNotFound" ? "not found" : undefined
}
