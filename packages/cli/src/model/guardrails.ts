/** Describes what a guardrail did, in words for the user. */
import type { Intervention } from "@altimate-code/agent/turn/ModelProvider"
import {
  type Finding,
  fromMetadata,
  type GuardrailReport,
  isInputBlocked
} from "@altimate-code/provider/GuardrailReport"
import type * as Response from "@effect/ai/Response"
import * as Option from "effect/Option"

/** `US_PASSPORT_NUMBER` as words, which stay in capitals where they are an abbreviation. */
const toWords = (name: string): string =>
  name.toLowerCase().replaceAll("_", " ").replace(
    /\b(aws|ca|cvv|ip|mac|pin|swift|uk|url|us)\b/g,
    (word) => word.toUpperCase()
  )

const quote = (text: string): string => JSON.stringify(text)

const inParentheses = (facts: ReadonlyArray<string>): string => facts.length === 0 ? "" : ` (${facts.join(", ")})`

const describeFinding = ({ confidence, policy, score, strength, threshold, what }: Finding): string => {
  switch (policy) {
    case "topic":
      return `the denied topic ${quote(what)}`
    case "content":
      return `the content filter for ${what === "PROMPT_ATTACK" ? "prompt attacks" : toWords(what)}${
        inParentheses([
          ...(strength === undefined ? [] : [`strength ${toWords(strength)}`]),
          ...(confidence === undefined ? [] : [`confidence ${toWords(confidence)}`])
        ])
      }`
    case "word":
      return `the word filter for ${quote(what)}`
    case "profanity":
      return "the profanity filter"
    case "sensitive":
      return `the filter for sensitive information (${toWords(what)})`
    case "pattern":
      return what === ""
        ? "a pattern for sensitive information"
        : `the pattern ${quote(what)} for sensitive information`
    case "grounding": {
      const check = what === "RELEVANCE" ? "the relevance check" : "the contextual grounding check"
      return `${check}${
        inParentheses([
          ...(score === undefined ? [] : [`score ${score}`]),
          ...(threshold === undefined ? [] : [`threshold ${threshold}`])
        ])
      }`
    }
  }
}

const places = { input: "the prompt", output: "the answer" } as const
const verbs = { blocked: "blocked", masked: "masked parts of" } as const

/** The names of the guardrails, and who requires them, for example ` (gr1, version 1)`. */
const nameGuardrails = ({ guardrails, isEnforced }: GuardrailReport): string =>
  inParentheses([...guardrails, ...(isEnforced ? ["required by your account or organization"] : [])])

/** For example `A guardrail (gr1) blocked the prompt: the denied topic "Finance".`; none if no policy acted. */
export const describeReport = (report: GuardrailReport): Option.Option<string> => {
  const clauses = (["blocked", "masked"] as const).flatMap((action) =>
    (["input", "output"] as const).flatMap((source) => {
      const found = report.findings.filter((finding) => finding.action === action && finding.source === source)
      return found.length === 0
        ? []
        : [`${verbs[action]} ${places[source]}: ${found.map(describeFinding).join(", ")}`]
    })
  )
  return clauses.length === 0
    ? Option.none()
    : Option.some(`A guardrail${nameGuardrails(report)} ${clauses.join("; it ")}.`)
}

/** What a guardrail did to an answer. */
export const describeIntervention = (
  metadata: Response.FinishPart["metadata"],
  stopReason: string | undefined
): Intervention | undefined => {
  const report = fromMetadata(metadata)
  const described = Option.flatMap(report, describeReport)
  const isPromptBlocked = Option.exists(report, isInputBlocked)
  if (Option.isNone(described) && stopReason !== "guardrail_intervened") return undefined
  const text = Option.getOrElse(
    described,
    () => `A guardrail${Option.match(report, { onNone: () => "", onSome: nameGuardrails })} stopped the answer.`
  )
  return {
    isPromptBlocked,
    text: isPromptBlocked ? `${text} What was blocked is left out of later requests in this session.` : text
  }
}
