/** Explains why a host can't be reached. */
import { NetworkError } from "../../NetworkError.ts"
import { getErrorCode } from "../errorCode.ts"
import { displayHost, parseTarget } from "../route/target.ts"

/** No connection was made: the name has no address, or none of its addresses could be connected to. */
export class Unconnected extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Returns an error with a hint for a failed connection. A `NetworkError` is returned unchanged. */
export const toHostError = (url: string) => (error: unknown): NetworkError => {
  if (error instanceof NetworkError) return error
  const code = getErrorCode(error)
  const target = parseTarget(url)
  const why = error instanceof Unconnected ? error.message : code ?? "the connection failed"
  return new NetworkError({
    reason: "Unreachable",
    message: `no connection to ${displayHost(target)}: ${why}`,
    hint: code === "ENOTFOUND"
      ? `Check the name ${target.host}. You may need a VPN, a private DNS server or a proxy.`
      : code?.startsWith("EAI_") === true
      ? "Check this machine's DNS server, and the VPN."
      : `Check ${displayHost(target)}, the network or VPN, and whether you need a proxy.`,
    ...(code === undefined ? {} : { code })
  })
}
