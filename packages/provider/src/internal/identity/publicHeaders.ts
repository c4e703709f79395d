import { type CustomHeaders, maskHeaders } from "./customHeaders.ts"
import { type Identity, mask } from "./identity.ts"

/** Headers that authorise, or that may: what they hold is never shown. */
const secret = /authorization|token|secret|api-?key|cookie|signature|password|credential/i

/** The value of a header as it may be logged: of the user's own, `custom`, nothing. The scheme of an authorization is kept. */
export const publicHeader = (name: string, value: string, identity: Identity, custom: CustomHeaders): string => {
  const lower = name.toLowerCase()
  if (Object.keys(custom).some((own) => own.toLowerCase() === lower)) return "<redacted>"
  if (!secret.test(lower)) return maskHeaders(custom, mask(identity, value))
  return lower.endsWith("authorization") ? `${value.split(" ")[0]} <redacted>` : "<redacted>"
}

/** Headers as they may be logged, in one line. */
export const publicHeaders = (
  headers: Readonly<Record<string, string>>,
  identity: Identity,
  custom: CustomHeaders = {}
): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name.toLowerCase()}: ${publicHeader(name, value, identity, custom)}`)
    .join("; ")
