import { type CustomHeaders, maskHeaders } from "./customHeaders.ts"
import { type Identity, mask } from "./identity.ts"

/** Names of headers that may contain a secret, whose values are never logged. */
const secretName = /authorization|token|secret|api-?key|cookie|signature|password|credential/i

/** The value of a header for the log: nothing of the user's `custom` headers, and only the scheme of an authorization. */
export const publicHeader = (name: string, value: string, identity: Identity, custom: CustomHeaders): string => {
  const lower = name.toLowerCase()
  if (Object.keys(custom).some((name) => name.toLowerCase() === lower)) return "<redacted>"
  if (!secretName.test(lower)) return maskHeaders(custom, mask(identity, value))
  return lower.endsWith("authorization") ? `${value.split(" ")[0]} <redacted>` : "<redacted>"
}

/** The headers for the log, on one line. */
export const publicHeaders = (
  headers: Readonly<Record<string, string>>,
  identity: Identity,
  custom: CustomHeaders = {}
): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name.toLowerCase()}: ${publicHeader(name, value, identity, custom)}`)
    .join("; ")
