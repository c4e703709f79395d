/** Explains turns that end without an answer, or without what the answer needed. */
import type { Question } from "@altimate-code/agent/permission/Approver"
import type { Grant } from "@altimate-code/agent/permission/PermissionRules"
import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import { printable } from "@altimate-code/log/Printable"
import { fromMetadata } from "@altimate-code/provider/GuardrailReport"
import * as Option from "effect/Option"
import { CliError } from "../../command-line/failure/CliError.ts"
import * as Bedrock from "../../model/bedrock.ts"

type Finished = Extract<TurnEvent, { readonly type: "finished" }>

const retryHint = "Try again. If it keeps happening, try another prompt or model."

/** Bedrock's stop reasons that are more specific than the finish reason. */
const byStopReason: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  refusal: ["The model refused to answer.", "Change the prompt, or try another model."],
  guardrail_intervened: [
    "A guardrail stopped the answer.",
    "Change the prompt, or ask the administrators of the guardrail what it blocks. If responses have no trace, they can't say which policy acted: set options.guardrail.trace to enabled."
  ],
  content_filtered: ["A content filter stopped the answer.", "Change the prompt, or try another model."],
  malformed_model_output: ["The model's output was malformed, so there is no answer.", retryHint],
  malformed_tool_use: ["The model's tool call was malformed, so there is no answer.", retryHint],
  model_context_window_exceeded: [
    "The context window is full, so there is no answer.",
    "Shorten the prompt or its attachments, or start a new session."
  ]
}

const byReason: Readonly<Record<Finished["reason"], readonly [message: string, hint: string]>> = {
  "stop": ["The model's answer is empty.", retryHint],
  "length": [
    "The answer reached its token limit before any text.",
    "--max-tokens, or limit.output of the model, raises the limit. --effort low makes the model think less."
  ],
  "content-filter": byStopReason["content_filtered"]!,
  "error": ["The model ended its answer with an error.", retryHint],
  "other": ["The model ended without an answer.", retryHint],
  "unknown": ["The model ended without an answer.", retryHint],
  "steps": ["The turn reached its step limit.", retryHint]
}

const describeCutCall = (tool: string) =>
  [
    `The answer reached its token limit inside a call of ${printable(tool)}, which was not run.`,
    "--max-tokens, or limit.output of the model, raises the limit. Or ask for smaller steps."
  ] as const

/** Makes the error for a turn that ended without an answer. */
export const makeNoAnswerError = ({ cutCall, metadata, reason, why }: Finished): CliError => {
  const stopReason = Bedrock.stopReason(metadata)
  const report = fromMetadata(metadata)
  if (why !== undefined && Option.isSome(report)) {
    return new CliError({
      reason: "Answer",
      message: why,
      hint: "Change the prompt, or ask the administrators of the guardrail to change this policy.",
      ...(stopReason === undefined ? {} : { stopReason }),
      guardrail: report.value
    })
  }
  const known = stopReason !== undefined && Object.hasOwn(byStopReason, stopReason)
    ? byStopReason[stopReason]
    : undefined
  const [message, hint] = cutCall !== undefined ? describeCutCall(cutCall) : known ?? byReason[reason]
  return new CliError({
    reason: "Answer",
    message: stopReason === undefined || reason === "stop" ? message : `${message.slice(0, -1)} (${stopReason}).`,
    hint,
    ...(stopReason === undefined ? {} : { stopReason })
  })
}

/** Makes the error for a turn whose calls could not be permitted. */
export const makeNotAllowedError = (questions: ReadonlyArray<Question>): CliError => {
  const calls = [...new Set(questions.map(({ action, tool }) => printable(`${tool} ${action.title}`)))]
  const others = questions.filter(({ isAcceptableEdit }) => !isAcceptableEdit)
  const rules = formatRules(others.flatMap(({ patterns }) => patterns))
  return new CliError({
    reason: "NotAllowed",
    message: `${
      calls.length === 1 ? "A tool call was" : `${calls.length} tool calls were`
    } not allowed, because there is no terminal to ask in:\n${calls.map((call) => `  ${call}`).join("\n")}`,
    hint: [
      ...(others.length < questions.length ? ["Allow edits in the project with --mode accept-edits."] : []),
      ...(others.length > 0
        ? [
          `Allow ${
            others.length < questions.length ? "other calls" : "it"
          } under "permission" in altimate-code.json${rules}, or run every call that no rule denies with --yolo.`
        ]
        : [])
    ].join(" ")
  })
}

/** More rules are not written out. */
const maxRules = 4

const formatRules = (grants: ReadonlyArray<Grant>): string => {
  const byPermission = new Map<string, Set<string>>()
  for (const { pattern, permission } of grants) {
    byPermission.set(permission, new Set(byPermission.get(permission)).add(pattern))
  }
  const count = [...byPermission.values()].reduce((sum, { size }) => sum + size, 0)
  if (count === 0 || count > maxRules) return ""
  const rules = [...byPermission].map(([permission, patterns]) =>
    `${JSON.stringify(permission)}: { ${
      [...patterns].map((pattern) => `${JSON.stringify(pattern)}: "allow"`).join(", ")
    } }`
  )
  return ` as { ${rules.join(", ")} }`
}
