/** Faults that replace the model's answer, in the same way for both operations. */
import * as Option from "effect/Option"
import type { Fault, StreamException } from "../Script.ts"
import { reset, stall, type Steps } from "./http/steps.ts"
import { empty, expiredToken, htmlPage, redirect, type Refusal, refuse } from "./validation/refusal.ts"

const toThrottling = (fault: Extract<Fault, { type: "throttle" }>): Refusal => ({
  status: 429,
  name: "ThrottlingException",
  message: fault.message ?? "Too many requests, please wait before trying again.",
  retryAfter: fault.retryAfter
})

/** The steps of a fault that replaces the answer; `None` for a fault within an answer. */
export const replaceAnswer = (fault: Fault): Option.Option<Steps> => {
  switch (fault.type) {
    case "throttle":
      return Option.some(refuse(toThrottling(fault)))
    case "error":
      return Option.some(refuse(fault))
    case "expiredToken":
      return Option.some(refuse(expiredToken))
    case "html":
      return Option.some(htmlPage(fault.status ?? 502))
    case "empty":
      return Option.some(empty(fault.status ?? 200))
    case "redirect":
      return Option.some(redirect(fault.status ?? 307, fault.location))
    case "stall":
      return fault.afterEvents === undefined ? Option.some([stall]) : Option.none()
    case "reset":
      return fault.afterEvents === undefined ? Option.some([reset]) : Option.none()
    default:
      return Option.none()
  }
}

type Exception = Extract<Fault, { type: "exception" }>

const exceptions: Readonly<Record<StreamException, Omit<Refusal, "name">>> = {
  internalServerException: {
    status: 500,
    message: "The system encountered an unexpected error. Try your request again."
  },
  modelStreamErrorException: { status: 424, message: "The model returned an error while it was streaming." },
  validationException: { status: 400, message: "The input fails to satisfy the constraints of the model." },
  throttlingException: { status: 429, message: "Too many tokens, please wait before trying again." },
  serviceUnavailableException: {
    status: 503,
    message: "The service is temporarily unavailable. Try your request again."
  }
}

export const exceptionMessage = (fault: Exception): string => fault.message ?? exceptions[fault.exception].message

/** The same exception as an HTTP error: `ThrottlingException` for `throttlingException`. */
export const exceptionRefusal = (fault: Exception): Refusal => ({
  status: exceptions[fault.exception].status,
  name: `${fault.exception.charAt(0).toUpperCase()}${fault.exception.slice(1)}`,
  message: exceptionMessage(fault)
})
