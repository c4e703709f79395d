/** A host that can't be reached at all. */
import { NetworkError } from "../NetworkError.ts"
import { codeOf } from "./tlsFailure.ts"

/** What a connection failed with, in words; a failure that has words already comes back as it is. */
export const unreachable = (url: string) => (error: unknown): NetworkError => {
  if (error instanceof NetworkError) return error
  const code = codeOf(error)
  const { host } = new URL(url)
  return new NetworkError({
    reason: "Unreachable",
    message: `no connection to ${host}: ${code ?? "no answer within the time limit"}`,
    hint: code === "ENOTFOUND"
      ? `No such name is known here: check ${host}; a VPN, a private DNS or a proxy may be missing.`
      : `Check ${host}, the network or VPN, and whether a proxy is needed.`,
    ...(code === undefined ? {} : { code })
  })
}
