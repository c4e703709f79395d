/** What to do when something in front of Bedrock has refused a request, or wants a login. */
import { describe, type Identity } from "../../identity/identity.ts"
import { namedSender } from "../senderName.ts"
import type { Failure, Sent } from "./hint.ts"

export const blockedHint = ({ now, sender }: Failure, { url }: Sent): string => {
  const id = sender?.supportId === undefined ? "" : `${sender.supportId}, `
  const time = now === undefined ? "" : ` and the time, ${new Date(now).toISOString().slice(0, 19)}Z`
  const isNamed = sender !== undefined && sender.kind !== "gateway"
  const who = isNamed ? namedSender(sender) : "Something in front of Bedrock"
  const why = sender?.kind === "proxy"
    ? ". It may let nobody reach this host, or object to what the prompt contains."
    : ", probably for its content: code, HTML or SQL in a prompt can look like an attack."
  return `${who} refused this request before Bedrock saw it${why} `
    + `Ask ${
      isNamed ? "its" : "the gateway's"
    } operators to let requests to this URL through; give them ${id}the URL ${url}${time}.`
}

export const loginHint = (identity: Identity): string =>
  "A page where people sign in came in place of an answer, so this URL is not meant for programs, or does not accept the credential. "
  + `The request was sent with ${
    describe(identity)
  }. Ask the gateway's operators for the URL and the credential that programs use.`
