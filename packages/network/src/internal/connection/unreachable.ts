/** A host that can't be reached at all. */
import { NetworkError } from "../../NetworkError.ts"
import { shown, targetOf } from "../route/target.ts"
import { codeOf } from "../tls/tlsFailure.ts"

/** No connection was made: the name has no address, or none of its addresses has connected. */
export class Unconnected extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What a connection failed with, as an error with a hint; one that has a hint comes back as it is. */
export const unreachable = (url: string) => (error: unknown): NetworkError => {
  if (error instanceof NetworkError) return error
  const code = codeOf(error)
  const target = targetOf(url)
  const why = error instanceof Unconnected ? error.message : code ?? "the connection failed"
  return new NetworkError({
    reason: "Unreachable",
    message: `no connection to ${shown(target)}: ${why}`,
    hint: code === "ENOTFOUND"
      ? `Check the name ${target.host}; a VPN, a private DNS or a proxy may be missing.`
      : code?.startsWith("EAI_") === true
      ? "Check this machine's DNS server, and the VPN."
      : `Check ${shown(target)}, the network or VPN, and whether a proxy is needed.`,
    ...(code === undefined ? {} : { code })
  })
}
