import { publicUrl } from "@altimate-code/log/PublicUrl"
import type { CustomHeaders } from "./customHeaders.ts"
import type { Identity } from "./identity.ts"
import { makeMask } from "./makeMask.ts"

/** Header names whose values may be secrets and are never logged. */
const secretName = /authorization|token|secret|api-?key|cookie|signature|password|credential/i

/**
 * Returns a function that prepares a header's value for the log. `custom` headers are redacted completely, authorization headers except for
 * the scheme.
 */
export const makeRedact = (identity: Identity, custom: CustomHeaders): (name: string, value: string) => string => {
  const mask = makeMask(identity, custom)
  const customNames = new Set(Object.keys(custom).map((name) => name.toLowerCase()))
  return (name, value) => {
    const lower = name.toLowerCase()
    if (customNames.has(lower)) return "<redacted>"
    // The query of a login page's URL may contain a token.
    if (!secretName.test(lower)) return mask(lower === "location" ? publicUrl(value) : value)
    return lower.endsWith("authorization") ? `${value.split(" ")[0]} <redacted>` : "<redacted>"
  }
}

/** Formats the headers for the log, on one line. */
export const redactHeaders = (
  headers: Readonly<Record<string, string>>,
  identity: Identity,
  custom: CustomHeaders = {}
): string => {
  const redact = makeRedact(identity, custom)
  return Object.entries(headers).map(([name, value]) => `${name.toLowerCase()}: ${redact(name, value)}`).join("; ")
}
