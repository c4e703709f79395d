import { maskSecrets } from "@altimate-code/log/Secrets"
import type { CustomHeaders } from "./customHeaders.ts"
import { type Identity, listSecrets } from "./identity.ts"

/** Returns a function that masks the credential and the values of custom headers in text from a gateway, which may echo them. */
export const makeMask = (identity: Identity, custom: CustomHeaders): (text: string) => string =>
  maskSecrets([...listSecrets(identity), ...Object.values(custom).map(({ value }) => value)])
