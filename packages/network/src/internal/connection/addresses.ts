/** Looks up the addresses of a host. */
import { isIP } from "node:net"
import { getErrorCode } from "../errorCode.ts"
import { unlessAborted } from "./abortableWait.ts"
import { toTimeoutError } from "./connectLimit.ts"
import { Unconnected } from "./hostFailure.ts"
import type { Lookup } from "./lookup.ts"

/** Returns all addresses of a host, in the order in which to try them. `to` is the name of the host in errors. */
export const findAddresses = async (
  lookup: Lookup,
  host: string,
  to: string,
  signal: AbortSignal
): Promise<ReadonlyArray<string>> => {
  if (isIP(host) !== 0) return [host]
  try {
    return interleave(await unlessAborted(lookup(host), signal))
  } catch (error) {
    if (signal.aborted) {
      const hint = "Check this machine's DNS server, and the VPN."
      throw toTimeoutError(error, to, `the DNS lookup of ${host} got no answer`, hint)
    }
    const code = getErrorCode(error) ?? "ENOTFOUND"
    throw new Unconnected(
      code,
      code === "ENOTFOUND" ? `DNS has no address for ${host} (${code})` : `the DNS lookup of ${host} failed (${code})`
    )
  }
}

/** Alternates between address families, beginning with the first address's. Source: RFC 8305, section 4. */
export const interleave = (addresses: ReadonlyArray<string>): ReadonlyArray<string> => {
  const family = isIP(addresses[0] ?? "")
  const first = addresses.filter((address) => isIP(address) === family)
  const second = addresses.filter((address) => isIP(address) !== family)
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((address) => address !== undefined)
}
