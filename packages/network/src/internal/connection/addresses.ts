/** The addresses of a host. */
import * as Dns from "node:dns"
import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import { codeOf } from "../tls/tlsFailure.ts"
import { timedOut } from "./connectLimit.ts"
import { Unconnected } from "./unreachable.ts"
import { unlessAborted } from "./wait.ts"

/** What DNS and the system's `hosts` have for a name. */
export type Lookup = (host: string) => Promise<ReadonlyArray<string>>

/**
 * A lookup can't be stopped, and each holds one of Node's four threads, which file operations need as well: while one of a name
 * is under way, no second one starts. Like `net.connect`, it leaves out families that this machine has no address of.
 */
export const makeLookup = (): Lookup => {
  const hints = process.platform === "win32" ? 0 : Dns.ADDRCONFIG
  const pending = new Map<string, Promise<ReadonlyArray<string>>>()
  return (host) => {
    const known = pending.get(host)
    if (known !== undefined) return known
    const found = lookup(host, { all: true, hints }).then((found) => found.map(({ address }) => address))
      .finally(() => pending.delete(host))
    pending.set(host, found)
    return found
  }
}

/** All addresses of a host, in the order in which they are to be tried. `to` names the host in errors. */
export const addressesOf = async (
  lookup: Lookup,
  host: string,
  to: string,
  signal: AbortSignal
): Promise<ReadonlyArray<string>> => {
  if (isIP(host) !== 0) return [host]
  try {
    return interleaved(await unlessAborted(lookup(host), signal))
  } catch (error) {
    if (signal.aborted) {
      const hint = "Check this machine's DNS server, and the VPN."
      throw timedOut(error, to, `the DNS lookup of ${host} got no answer`, hint)
    }
    const code = codeOf(error) ?? "ENOTFOUND"
    throw new Unconnected(
      code,
      code === "ENOTFOUND" ? `DNS has no address for ${host} (${code})` : `the DNS lookup of ${host} failed (${code})`
    )
  }
}

/** One family after the other, beginning with the first address's. Source: RFC 8305, section 4. */
export const interleaved = (addresses: ReadonlyArray<string>): ReadonlyArray<string> => {
  const family = isIP(addresses[0] ?? "")
  const first = addresses.filter((address) => isIP(address) === family)
  const second = addresses.filter((address) => isIP(address) !== family)
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((address) => address !== undefined)
}
