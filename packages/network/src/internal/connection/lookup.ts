/** Looks up host names. */
/** Looks up the addresses of a name in DNS and the system's `hosts` file. */
export type Lookup = (host: string) => Promise<ReadonlyArray<string>>

/**
 * Runs at most one lookup of the same name at a time, because a lookup can't be cancelled and occupies one of Node's four threads, which file
 * operations need as well. Like `net.connect`, omits address families that this machine does not have.
 */
export const makeLookup = (): Lookup => {
  const pending = new Map<string, Promise<ReadonlyArray<string>>>()
  return (host) => {
    const running = pending.get(host)
    if (running !== undefined) return running
    const addresses = lookupAll(host).finally(() => pending.delete(host))
    pending.set(host, addresses)
    return addresses
  }
}

/** Node's module is loaded only here, because most of the time it is needed for nothing else. */
const lookupAll = async (host: string): Promise<ReadonlyArray<string>> => {
  const { ADDRCONFIG, promises } = await import("node:dns")
  const found = await promises.lookup(host, { all: true, hints: process.platform === "win32" ? 0 : ADDRCONFIG })
  return found.map(({ address }) => address)
}
