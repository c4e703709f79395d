import { type CustomHeaders, maskHeaders } from "./customHeaders.ts"
import { type Identity, mask } from "./identity.ts"

/** Headers that authorise, or that may: what they hold is never shown. */
const secret = /authorization|token|secret|api-?key|cookie|signature|password|credential/i

/** Headers as they may be logged, in one line: of the user's own, `custom`, the names alone. The scheme of an authorization is kept. */
export const publicHeaders = (
  headers: Readonly<Record<string, string>>,
  identity: Identity,
  custom: CustomHeaders = {}
): string => {
  const names = new Set(Object.keys(custom).map((name) => name.toLowerCase()))
  return Object.entries(headers).map(([given, value]) => {
    const name = given.toLowerCase()
    const isOwn = names.has(name)
    const scheme = name.endsWith("authorization") && !isOwn ? `${value.split(" ")[0]} ` : ""
    return `${name}: ${isOwn || secret.test(name) ? `${scheme}<redacted>` : maskHeaders(custom, mask(identity, value))}`
  }).join("; ")
}
