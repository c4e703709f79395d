/** Finds out whether a request failed because of the model's ID. Pure. */
import type { Reason } from "../../BedrockError.ts"

interface Failure {
  readonly reason: Reason
  readonly message: string
  readonly sentences?: ReadonlyArray<string> | undefined
}

export type ModelProblem = "on-demand" | "invalid" | "not-found"

/** Bedrock uses both an ASCII apostrophe and U+2019. */
const onDemand = /on-demand throughput isn['\u2019]t supported/i

/** How Bedrock and common gateways report an unknown ID or name. */
const invalid = [
  /model (id|identifier|name) is invalid|resolve the foundation model|at 'modelId' failed/i,
  /\b(invalid|unknown|unrecogni[sz]ed|unsupported|no such) model\b(?! (output|response|error))/i,
  /\bmodel( id| identifier| name)?:? \S{1,150} (is )?(not|isn['\u2019]t|doesn['\u2019]t|does not) (a )?(valid|found|known|available|exist|recogni[sz]ed|registered|configured|mapped)/i,
  /\bmodel (is )?not (found|known|available|registered|configured)\b|model_not_found|\bmodel does(n['\u2019]t| not) exist/i,
  /no (healthy )?deployments? (available|found) for|not a valid model/i
]

/** See `Diagnosis.modelProblem`. */
export const modelProblem = (failure: Failure): ModelProblem | undefined => {
  const texts = [failure.message, ...failure.sentences ?? []]
  if (texts.some((text) => onDemand.test(text))) return "on-demand"
  const isRefusal = failure.reason === "Validation" || failure.reason === "ModelNotFound"
  if (isRefusal && texts.some((text) => invalid.some((pattern) => pattern.test(text)))) return "invalid"
  return failure.reason === "ModelNotFound" ? "not-found" : undefined
}
