/** Which hosts a list in `NO_PROXY` keeps from the proxy. Pure. */
import { BlockList, isIP } from "node:net"

/** A host as it stands in a URL, in lower case and without brackets. */
export interface Place {
  readonly host: string
  readonly port: number
}

/**
 * The first entry that the place matches. Entries are separated by commas or white space: `*` is every host; a name is
 * itself and every name below it, with or without a dot (or `*.`) in front; an address is itself; `10.0.0.0/8` is every
 * address in it, for hosts that are written as addresses: no name is looked up. With `:port` an entry is that port alone.
 */
export const exclusion = (list: string, { host, port }: Place): string | undefined =>
  list.split(/[\s,]+/).find((entry) => {
    if (entry === "") return false
    if (entry === "*") return true
    const { name, port: only } = split(entry)
    if (only !== undefined && only !== port) return false
    return isIP(host) === 0 ? matchesName(name, host) : matchesAddress(name, host)
  })

/** The port, if there is one: an IPv6 address has colons of its own, and a port only behind brackets. */
const split = (entry: string): { readonly name: string; readonly port: number | undefined } => {
  const [, inBrackets, bare, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? []
  return { name: (inBrackets ?? bare ?? entry).toLowerCase(), port: port === undefined ? undefined : Number(port) }
}

const matchesName = (entry: string, host: string): boolean => {
  const name = entry.replace(/^\*?\.+/, "").replace(/\.$/, "")
  const asked = host.replace(/\.$/, "")
  return name !== "" && (asked === name || asked.endsWith(`.${name}`))
}

const matchesAddress = (entry: string, host: string): boolean => {
  const [network = "", bits] = entry.split("/")
  const family = isIP(network)
  if (family === 0) return false
  const longest = family === 4 ? 32 : 128
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (!(prefix <= longest)) return false
  const hosts = new BlockList()
  hosts.addSubnet(network, prefix, family === 4 ? "ipv4" : "ipv6")
  return hosts.check(host, isIP(host) === 4 ? "ipv4" : "ipv6")
}
