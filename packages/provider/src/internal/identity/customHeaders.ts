/** Adds the user's custom headers to a request of the SDK. */
import type { Gateway } from "@altimate-code/config/Gateway"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

export type CustomHeaders = Gateway["headers"]

/** Headers that describe the body and the host. Overriding them would corrupt the request. */
const reserved: ReadonlySet<string> = new Set(["content-type", "content-length", "transfer-encoding", "host"])

/**
 * Middleware for the step "build" with priority "low". It runs before the request is signed, so that the signature covers the headers, and after
 * the SDK sets `user-agent`, so that they can replace it.
 */
export const addCustomHeaders =
  (headers: CustomHeaders) =>
  <Args extends { readonly request: unknown }, Output>(next: (args: Args) => Promise<Output>) =>
  (args: Args): Promise<Output> => {
    const { request } = args
    if (Predicate.hasProperty(request, "headers") && Predicate.isRecord(request.headers)) {
      for (const [name, { value }] of Object.entries(headers)) {
        const lower = name.toLowerCase()
        if (reserved.has(lower)) continue
        for (const existing of Object.keys(request.headers)) {
          if (existing.toLowerCase() === lower) delete request.headers[existing]
        }
        request.headers[lower] = Redacted.value(value)
      }
    }
    return next(args)
  }
