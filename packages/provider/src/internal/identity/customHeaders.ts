/** Adds the user's custom headers to a request of the SDK. */
import type { Gateway } from "@altimate-code/config/Gateway"
import { maskSecrets } from "@altimate-code/log/Secrets"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

export type CustomHeaders = Gateway["headers"]

/** Headers that describe the body and the host; overriding them would corrupt the request. */
const reserved: ReadonlySet<string> = new Set(["content-type", "content-length", "transfer-encoding", "host"])

/**
 * Middleware for the step "build" with priority "low": it runs before the request is signed, so that the signature covers the headers, and after
 * the SDK sets `user-agent`, which they may replace.
 */
export const customHeaders =
  (headers: CustomHeaders) =>
  <Args extends { readonly request: unknown }, Output>(next: (args: Args) => Promise<Output>) =>
  (args: Args): Promise<Output> => {
    const { request } = args
    if (Predicate.hasProperty(request, "headers") && Predicate.isRecord(request.headers)) {
      for (const [name, { value }] of Object.entries(headers)) {
        const lower = name.toLowerCase()
        if (reserved.has(lower)) continue
        for (const given of Object.keys(request.headers)) {
          if (given.toLowerCase() === lower) delete request.headers[given]
        }
        request.headers[lower] = Redacted.value(value)
      }
    }
    return next(args)
  }

/** Masks the values of the headers, which a gateway may repeat. */
export const maskHeaders = (headers: CustomHeaders, text: string): string =>
  maskSecrets(Object.values(headers).map(({ value }) => value))(text)
