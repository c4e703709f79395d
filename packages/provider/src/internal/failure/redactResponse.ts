/** The headers of a response without secrets. Pure. */
import { publicUrl } from "@altimate-code/log/PublicUrl"
import { isSecretName } from "@altimate-code/log/SecretName"
import type { ReceivedResponse } from "./body/receivedResponse.ts"

type Headers = ReceivedResponse["headers"]

/** How to sign in. Their names suggest a secret, but they have none. */
const challenges = new Set(["www-authenticate", "proxy-authenticate", "x-amzn-remapped-www-authenticate"])

const urls = new Set(["location", "content-location", "link", "refresh"])

/** A number is no secret: it counts tokens, as in `x-ratelimit-remaining-tokens`. */
const isNumber = (value: string): boolean => /^\d{1,12}$/.test(value)

export const redactResponse = (headers: Headers): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (urls.has(name)) return [name, publicUrl(value)]
      return [name, isSecretName(name) && !challenges.has(name) && !isNumber(value) ? "<redacted>" : value]
    })
  )
