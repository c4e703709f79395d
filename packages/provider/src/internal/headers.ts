import { type Identity, mask } from "./identity.ts"

/** Headers that authorise, or that may: what they hold is never shown. */
const secret = /authorization|token|secret|api-?key|cookie|signature|password|credential/i

/** Headers as they may be logged, in one line. The scheme of an authorization is kept. */
export const publicHeaders = (headers: Readonly<Record<string, string>>, identity: Identity): string =>
  Object.entries(headers).map(([name, value]) => {
    const scheme = /authorization$/i.test(name) ? `${value.split(" ")[0]} ` : ""
    return `${name.toLowerCase()}: ${secret.test(name) ? `${scheme}<redacted>` : mask(identity, value)}`
  }).join("; ")
