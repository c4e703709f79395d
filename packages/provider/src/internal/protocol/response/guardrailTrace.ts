/** Reads the trace of a guardrail. Pure. It is what the service reports, so nothing in it is taken for granted. */
import type { GuardrailAssessment, GuardrailTraceAssessment } from "@aws-sdk/client-bedrock-runtime"
import type { Finding, GuardrailReport } from "../../../GuardrailReport.ts"

export const readGuardrailTrace = (trace: GuardrailTraceAssessment): GuardrailReport => {
  const input = Object.entries(trace.inputAssessment ?? {})
  const output = Object.entries(trace.outputAssessments ?? {}).flatMap(([id, assessments]) =>
    [assessments ?? []].flat().map((assessment) => [id, assessment] as const)
  )
  const details = [...input, ...output].map(([, { appliedGuardrailDetails }]) => appliedGuardrailDetails)
  const guardrails = [...input, ...output].map(([id, { appliedGuardrailDetails: applied }]) =>
    applied?.guardrailVersion === undefined
      ? id
      : `${applied.guardrailId ?? id}, version ${applied.guardrailVersion}`
  )
  return {
    findings: unique([
      ...input.flatMap(([, assessment]) => readAssessment("input", assessment)),
      ...output.flatMap(([, assessment]) => readAssessment("output", assessment))
    ]),
    guardrails: [...new Set(guardrails)],
    isEnforced: details.some((applied) =>
      (applied?.guardrailOrigin ?? []).some((origin) => origin.endsWith("_ENFORCED"))
    ),
    ...(trace.actionReason !== undefined && { reason: trace.actionReason })
  }
}

/** Each piece of a streamed answer has an assessment of its own. */
const unique = (findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> =>
  Array.from(new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values())

/** `detected` policies that only watch have the action `NONE`. */
const actions: Readonly<Record<string, Finding["action"]>> = { BLOCKED: "blocked", ANONYMIZED: "masked" }

const readAssessment = (source: Finding["source"], assessment: GuardrailAssessment): ReadonlyArray<Finding> => {
  const found = (
    policy: Finding["policy"],
    action: string | undefined,
    what: string | undefined,
    rest: Partial<Finding> = {}
  ): ReadonlyArray<Finding> => {
    const known = actions[action ?? ""]
    return known === undefined ? [] : [{ source, policy, what: what ?? "", action: known, ...rest }]
  }
  const { contentPolicy, contextualGroundingPolicy, sensitiveInformationPolicy, topicPolicy, wordPolicy } = assessment
  return [
    ...(topicPolicy?.topics ?? []).flatMap(({ action, name }) => found("topic", action, name)),
    ...(contentPolicy?.filters ?? []).flatMap(({ action, confidence, filterStrength, type }) =>
      found("content", action, type, {
        ...(filterStrength !== undefined && { strength: filterStrength }),
        ...(confidence !== undefined && { confidence })
      })
    ),
    ...(wordPolicy?.customWords ?? []).flatMap(({ action, match }) => found("word", action, match)),
    ...(wordPolicy?.managedWordLists ?? []).flatMap(({ action, type }) => found("profanity", action, type)),
    // Their `match` is the sensitive text itself.
    ...(sensitiveInformationPolicy?.piiEntities ?? []).flatMap(({ action, type }) => found("sensitive", action, type)),
    ...(sensitiveInformationPolicy?.regexes ?? []).flatMap(({ action, name }) => found("pattern", action, name)),
    ...(contextualGroundingPolicy?.filters ?? []).flatMap(({ action, score, threshold, type }) =>
      found("grounding", action, type, {
        ...(score !== undefined && { score }),
        ...(threshold !== undefined && { threshold })
      })
    )
  ]
}
