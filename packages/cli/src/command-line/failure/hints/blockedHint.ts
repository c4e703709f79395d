/** What to do when something in front of Bedrock refused a request or requires a login. */
import * as Sender from "@altimate-code/provider/Sender"
import type { FailedRequest } from "./failedRequest.ts"

export const blockedHint = ({ error: { sender }, evidence: { response }, url }: FailedRequest): string => {
  const isNamed = sender !== undefined && sender.kind !== "gateway"
  const subject = isNamed ? Sender.describe(sender) : "Something in front of Bedrock"
  const why = sender?.kind === "proxy"
    ? ". It may block this host for everyone, or object to the content of the prompt."
    : ", probably because of its content: code, HTML or SQL in a prompt can look like an attack."
  const id = sender?.supportId === undefined ? "" : `${sender.supportId}, `
  const time = response === undefined
    ? ""
    : ` and the time, ${new Date(response.receivedAt).toISOString().slice(0, 19)}Z`
  return `${subject} refused this request before it reached Bedrock${why} `
    + `Ask ${isNamed ? "its" : "the gateway's"} operators to allow requests to this URL, and give them `
    + `${id}the URL ${url}${time}.`
}

export const loginHint = ({ credential }: FailedRequest): string =>
  "The URL answered with a login page, so it is not meant for programs, or it does not accept the credential. "
  + `The request was sent with ${credential}. Ask the gateway's operators for the URL and the credential for programs.`
