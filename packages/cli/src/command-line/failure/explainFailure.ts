/** Converts the failure of a turn into one with a hint for the user. */
import type { SessionError } from "@altimate-code/agent/session/SessionError"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import type * as AiError from "@effect/ai/AiError"
import * as Option from "effect/Option"
import { CliError } from "./CliError.ts"
import { generalHint, requestHint } from "./hints/requestHint.ts"
import { RequestError } from "./RequestError.ts"

/** An error of `@effect/ai` that is not a {@link BedrockError} means that a prompt can't be sent or an answer can't be parsed. */
const explainWith = (hintFor: (error: BedrockError) => string) =>
(
  failure: AiError.AiError | SessionError
): CliError | RequestError | SessionError => {
  if (failure._tag === "SessionError") return failure
  return Option.match(BedrockError.fromAiError(failure), {
    onSome: (error) => new RequestError({ error, hint: hintFor(error) }),
    onNone: () => {
      const message = ("description" in failure ? failure.description : undefined) ?? failure.message
      return failure._tag === "MalformedInput"
        ? new CliError({ reason: "Usage", message, hint: "Change the prompt or its attachments." })
        : new CliError({ reason: "Answer", message, hint: "The model's answer can't be used. Try again." })
    }
  })
}

/** Whether the content of the request may be the cause: a firewall inspects it, but a network's login page does not. */
const mayBeContent = ({ reason, sender }: BedrockError): boolean =>
  reason === "Blocked" && sender !== undefined && sender.kind !== "network"

const logHint = ({ detail }: BedrockError): ReadonlyArray<string> =>
  detail === undefined ? [] : ["The log shows the request that the server expected to be signed, after response=."]

const joined = (...parts: ReadonlyArray<string>): string => parts.filter((part) => part !== "").join(" ")

export const explain = explainWith((error) =>
  joined(
    requestHint(error),
    ...(mayBeContent(error)
      ? [
        "`altimate-code doctor` shows whether the content is the cause: its check \"large prompt\" sends code, HTML and SQL."
      ]
      : []),
    ...logHint(error)
  )
)

const explainTest = (prompt: "short" | "large", hintFor: (error: BedrockError) => string) =>
  explainWith((error) => {
    if (!mayBeContent(error)) return joined(hintFor(error), ...logHint(error))
    const details = [error.sender?.supportId, error.gatewayRequestId, `the URL ${error.url}`]
      .filter((part) => part !== undefined).join(", ")
    return prompt === "short"
      ? "One short sentence was refused, so the content of prompts is not the cause. Ask the gateway's operators what this URL requires: "
        + `a header, another path or another network address. Give them ${details}.`
      : "Short prompts pass and this one does not, so its content (code, HTML and SQL) or its size is the cause. Ask the gateway's operators to "
        + `allow requests to this URL without inspection, and give them ${details}.`
  })

/**
 * Explains the failure of one of the doctor's requests. If a short prompt, which is sent first, is blocked, content is not the cause. If
 * only the large one is blocked, its content or size is the cause.
 */
export const explainCheck = (prompt: "short" | "large") => explainTest(prompt, requestHint)

/** Explains the failure of a test of the endpoint, before a model was chosen, without advice about its ID. */
export const explainEndpoint = explainTest("short", generalHint)
