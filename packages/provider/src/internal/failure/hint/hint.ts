/** What a user can do about a failure. */
import type { Droppable } from "@altimate-code/config/Gateway"
import * as Option from "effect/Option"
import type { Reason } from "../../../BedrockError.ts"
import type { Sender } from "../../../Sender.ts"
import type { Identity } from "../../identity/identity.ts"
import type { Form } from "../body/answer.ts"
import { saidOfModel } from "../modelComplaint.ts"
import { refusedField } from "../refusedField.ts"
import { authenticationHint } from "./authentication.ts"
import { blockedHint, loginHint } from "./blocked.ts"
import { connectionHint } from "./connection.ts"
import { permissionHint } from "./permission.ts"
import { statusHint } from "./status.ts"
import { waitingHint } from "./waiting.ts"
import { isWrongPath, lacksRoute, wrongPath } from "./wrongPath.ts"

/** What an answer shows besides its words. */
export interface Evidence {
  readonly form?: Form | undefined
  /** How far this machine's clock is ahead of the other side's, and what it says, in milliseconds. */
  readonly skewMillis?: number | undefined
  readonly now?: number | undefined
  /** `www-authenticate` or `proxy-authenticate`. */
  readonly challenge?: string | undefined
  readonly upgrade?: string | undefined
  readonly location?: string | undefined
  readonly isStream?: boolean | undefined
}

export interface Failure extends Evidence {
  readonly reason: Reason
  readonly message: string
  readonly type?: string | undefined
  readonly status?: number | undefined
  readonly retryAfterMillis?: number | undefined
  /** All of the answer's; the message may have the first only. */
  readonly sentences?: ReadonlyArray<string> | undefined
  readonly sender?: Sender | undefined
}

export interface Sent {
  /** Fit to be shown. */
  readonly url: string
  readonly region: string
  readonly identity: Identity
  /** What was left out of the request already. */
  readonly drop: ReadonlyArray<Droppable>
  /** The URLs that have answered as expected since the start. */
  readonly answered?: ReadonlySet<string>
}

export const hintFor = (failure: Failure, sent: Sent): string => {
  const { reason, sender, status, type } = failure
  if (sender?.kind === "login") return loginHint(sent.identity)
  const wait = waitingHint(failure)
  if (wait !== undefined) return wait
  // A name says more than the status, but not of what is too large; and so does a firewall's page.
  const isNamed = type !== undefined && !(reason === "Validation" && status !== 400)
  const isFirewall = reason === "Blocked" && status !== 451 && status !== 511
  const ofStatus = isNamed || isFirewall ? undefined : statusHint(failure, sent)
  if (ofStatus !== undefined) return ofStatus
  switch (reason) {
    case "Blocked":
      return blockedHint(failure, sent)
    case "Authentication":
      return authenticationHint(failure, sent)
    case "Permission":
      return permissionHint(failure, sent)
    case "ModelNotFound":
      if (saidOfModel(failure) === "invalid") return unknownModel
      if (isWrongPath(failure)) return lacksRoute(sent) ?? wrongPath(sent.url)
      return `Nothing answered for this model at ${sent.url}: usually a model that isn't there, or a wrong path in baseURL.`
    case "Validation":
      return status === undefined && type === undefined
        ? "The request could not be built: change what the message names."
        : validation(failure, sent.drop)
    case "Throttled":
      return throttled(failure)
    case "Timeout":
      return timeoutHint(failure)
    case "Unavailable":
      return sender === undefined && type === undefined
        ? "The gateway, or Bedrock behind it, has a problem. Try again later; if it lasts, tell the gateway's operators."
        : "Try again later; if it lasts, tell the operators of what answered."
    case "TruncatedStream":
      return "The answer is not complete: try again. If it always breaks off, a proxy on the way may cut or buffer long answers."
    case "WrongContentType":
      return wrongContent(failure, sent.url)
    case "Connection":
      return connectionHint(type, sent.url)
    case "ModelError":
      return "The model failed while it answered: try again, or with another prompt or model."
  }
}

export const timeoutHint = ({ status, type }: Failure): string => {
  if (status !== undefined) return "The model took too long: try again, or ask for less at once."
  const option = type === undefined ? undefined : limits[type]
  return "Check that the gateway is up and lets long answers through; its own time limit may be shorter than the model needs."
    + (option === undefined ? "" : ` A higher ${option} (in milliseconds) waits longer.`)
}

const limits: Readonly<Record<string, string>> = {
  ConnectTimeout: "options.timeout.connect",
  FirstByteTimeout: "options.timeout.firstByte",
  IdleTimeout: "options.timeout.idle",
  TotalTimeout: "options.timeout.total"
}

const throttled = ({ type }: Failure): string =>
  type === undefined
    ? "The gateway limits how much may be asked in a time. Try again in a minute; its operators can raise the limit."
    : "Rate limit reached. Try again in a minute. If it happens often, ask for a higher quota or lower maxTokens, which is reserved in full for each request."

const wrongContent = ({ form, location, sentences = [], status, type }: Failure, url: string): string => {
  if (type === "NoStream") {
    return "This gateway does not stream: set options.streaming to auto (the default) or off, and answers are requested as a whole."
  }
  if (status !== undefined && status >= 300 && status < 400 && location !== undefined) {
    return "Redirects are not followed, so that no credential goes where one points. If that is the right address, set baseURL to it; "
      + "if it is a login page, ask the gateway's operators for the URL that programs with a token use."
  }
  if (form === "json" && sentences.length > 0) {
    return `The gateway reports an error although it answers HTTP ${
      status ?? 200
    }. Its own message above says which; ask its operators.`
  }
  return `Check baseURL: ${url} must be a Bedrock Runtime endpoint or a gateway that speaks its Converse protocol.`
}

const unknownModel =
  "Whatever answered does not know this model: check its ID, or ask the gateway's operators which models it has."

const validation = (failure: Failure, drop: ReadonlyArray<Droppable>): string => {
  switch (saidOfModel(failure)) {
    case "on-demand":
      return "This model needs a cross-region prefix (such as `us.` or `global.`) or an inference profile: write it into the model ID."
    case "invalid":
      return "The model's prefix is not valid in this region, or the gateway wants IDs without one."
    default:
      return Option.match(Option.filter(refusedField(failure), (field) => !drop.includes(field)), {
        onNone: () => "",
        onSome: (field) =>
          `If the gateway does not know this field, leave it out of requests: set options.drop to [${
            [...drop, field].map((name) => `"${name}"`).join(", ")
          }].`
      })
  }
}
