/** What this program's own commands and files can do about a failure: the provider knows neither. */
import type { SessionError } from "@altimate-code/agent/SessionError"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import type * as AiError from "@effect/ai/AiError"
import * as Bedrock from "../../model/bedrock.ts"
import type { CliError } from "./CliError.ts"

/** A failure of a request with all that there is to say about it. */
export const explain = (error: AiError.AiError | SessionError): BedrockError | CliError | SessionError => {
  const failure = Bedrock.unwrap(error)
  return failure._tag === "BedrockError" ? withHint(failure, adviceFor(failure)) : failure
}

const adviceFor = (failure: BedrockError): ReadonlyArray<string> => [
  ...(failure.reason === "Blocked" && failure.sender !== undefined && failure.sender.kind !== "network"
    ? ["`altimate-code doctor` shows whether it is the content: its line \"large prompt\" sends code, HTML and SQL."]
    : []),
  ...inLog(failure)
]

const inLog = ({ detail }: BedrockError): ReadonlyArray<string> =>
  detail === undefined ? [] : ["The log has what should have been signed, behind answer=."]

const withHint = (failure: BedrockError, more: ReadonlyArray<string>): BedrockError =>
  more.length === 0 ? failure : replaceHint(failure, [failure.hint, ...more].filter((part) => part !== "").join(" "))

const replaceHint = (failure: BedrockError, hint: string): BedrockError =>
  new BedrockError({ ...failure, message: failure.message, hint })

/**
 * The same for a request of the doctor's. Short prompts with nothing in them come first: what is refused of them is not refused for
 * its content, and what is refused after them is.
 */
export const explainCheck = (prompt: "short" | "large") => (error: AiError.AiError | SessionError) => {
  const failure = Bedrock.unwrap(error)
  if (failure._tag !== "BedrockError") return failure
  if (failure.reason !== "Blocked" || failure.sender === undefined || failure.sender.kind === "network") {
    return withHint(failure, inLog(failure))
  }
  const { gatewayRequestId, sender: { supportId }, url } = failure
  const give = [supportId, gatewayRequestId, `the URL ${url}`].filter((part) => part !== undefined).join(", ")
  return replaceHint(
    failure,
    prompt === "short"
      ? `One short sentence was refused, so the content of prompts is not the cause. Ask the gateway's operators what this URL requires: `
        + `a header, another path, another network address. Give them ${give}.`
      : "Short prompts pass and this one does not, so it is refused for its content (code, HTML and SQL) or its size. Ask the gateway's operators to "
        + `let requests to this URL through unchecked; give them ${give}.`
  )
}
