/** Looks up host names. */
import * as Dns from "node:dns"
import { lookup } from "node:dns/promises"

/** Looks up the addresses of a name in DNS and the system's `hosts` file. */
export type Lookup = (host: string) => Promise<ReadonlyArray<string>>

/**
 * Runs at most one lookup of the same name at a time, because a lookup can't be cancelled and occupies one of Node's four threads, which file
 * operations need as well. Like `net.connect`, omits address families that this machine does not have.
 */
export const makeLookup = (): Lookup => {
  const hints = process.platform === "win32" ? 0 : Dns.ADDRCONFIG
  const pending = new Map<string, Promise<ReadonlyArray<string>>>()
  return (host) => {
    const running = pending.get(host)
    if (running !== undefined) return running
    const addresses = lookup(host, { all: true, hints }).then((found) => found.map(({ address }) => address))
      .finally(() => pending.delete(host))
    pending.set(host, addresses)
    return addresses
  }
}
