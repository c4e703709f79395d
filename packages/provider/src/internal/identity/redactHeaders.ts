import { publicUrl } from "@altimate-code/log/PublicUrl"
import { type CustomHeaders, maskHeaders } from "./customHeaders.ts"
import { type Identity, maskIdentity } from "./identity.ts"

/** Header names whose values may be secrets and are never logged. */
const secretName = /authorization|token|secret|api-?key|cookie|signature|password|credential/i

/** A header's value for the log. `custom` headers are redacted completely, authorization headers except for the scheme. */
export const redactHeader = (name: string, value: string, identity: Identity, custom: CustomHeaders): string => {
  const lower = name.toLowerCase()
  if (Object.keys(custom).some((name) => name.toLowerCase() === lower)) return "<redacted>"
  // The query of a login page's URL may contain a token.
  const text = lower === "location" ? publicUrl(value) : value
  if (!secretName.test(lower)) return maskHeaders(custom, maskIdentity(identity, text))
  return lower.endsWith("authorization") ? `${value.split(" ")[0]} <redacted>` : "<redacted>"
}

/** Formats the headers for the log, on one line. */
export const redactHeaders = (
  headers: Readonly<Record<string, string>>,
  identity: Identity,
  custom: CustomHeaders = {}
): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name.toLowerCase()}: ${redactHeader(name, value, identity, custom)}`)
    .join("; ")
