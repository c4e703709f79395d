/** The user's own headers on a request of the SDK. */
import type { Gateway } from "@altimate-code/config/Gateway"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

export type CustomHeaders = Gateway["headers"]

/** What the SDK says of the body it sends, and to whom: with another's word for it the body could not be read. */
const own: ReadonlySet<string> = new Set(["content-type", "content-length", "transfer-encoding", "host"])

/**
 * For the step "build", with the priority "low": before the request is signed, so that a signature covers them, and after the
 * SDK's `user-agent`, which they may replace.
 */
export const customHeaders =
  (headers: CustomHeaders) =>
  <Args extends { readonly request: unknown }, Output>(next: (args: Args) => Promise<Output>) =>
  (args: Args): Promise<Output> => {
    const { request } = args
    if (Predicate.hasProperty(request, "headers") && Predicate.isRecord(request.headers)) {
      for (const [name, { value }] of Object.entries(headers)) {
        const lower = name.toLowerCase()
        if (own.has(lower)) continue
        for (const given of Object.keys(request.headers)) {
          if (given.toLowerCase() === lower) delete request.headers[given]
        }
        request.headers[lower] = Redacted.value(value)
      }
    }
    return next(args)
  }

/** The text without the headers' values: a gateway may repeat what it was sent. Shorter ones would mask any text. */
export const maskHeaders = (headers: CustomHeaders, text: string): string =>
  Object.values(headers)
    .map(({ value }) => Redacted.value(value).trim())
    .filter((value) => value.length >= 6)
    // The longest first: one value may be a part of another.
    .toSorted((a, b) => b.length - a.length)
    .reduce((masked, value) => masked.replaceAll(value, "<redacted>"), text)
