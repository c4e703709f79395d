/** Which hosts a list in `NO_PROXY` keeps from the proxy. Pure. */
import { BlockList, isIP } from "node:net"
import { domainToASCII } from "node:url"

/** A host as it is in a URL, in lower case and without brackets. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** An entry that matches no host, whichever it is. */
export interface Ignored {
  readonly entry: string
  /** Why, and what to write instead. */
  readonly why: string
}

/** The first entry that the place matches. */
export const exclusion = (list: string, place: Place): string | undefined =>
  entriesOf(list).find((entry) => {
    const read = readEntry(entry)
    return read._tag !== "Ignored" && matches(read, place)
  })

/** The entries that can't match anything. */
export const ignoredEntries = (list: string): ReadonlyArray<Ignored> =>
  entriesOf(list).flatMap((entry) => {
    const read = readEntry(entry)
    return read._tag === "Ignored" ? [{ entry, why: read.why }] : []
  })

type Entry =
  | { readonly _tag: "All" }
  | { readonly _tag: "Name"; readonly name: string; readonly port: number | undefined }
  | { readonly _tag: "Addresses"; readonly addresses: BlockList; readonly port: number | undefined }
  | { readonly _tag: "Ignored"; readonly why: string }

const entriesOf = (list: string) => list.split(/[\s,]+/).filter((entry) => entry !== "")

const matches = (entry: Exclude<Entry, { readonly _tag: "Ignored" }>, { host, port }: Place): boolean => {
  if (entry._tag === "All") return true
  if (entry.port !== undefined && entry.port !== port) return false
  const family = isIP(host)
  if (entry._tag === "Addresses") return family !== 0 && entry.addresses.check(host, ipv(family))
  const asked = host.replace(/\.$/, "")
  return family === 0 && (asked === entry.name || asked.endsWith(`.${entry.name}`))
}

/**
 * What curl, Go and Python take: `*` is every host; a name is itself and every name below it, with or without a dot (or `*.`) in
 * front; an address is itself; `10.0.0.0/8` is every address in it, for hosts that are written as addresses: no name is
 * looked up. With `:port` an entry is that port alone.
 */
const readEntry = (entry: string): Entry => {
  if (entry === "*") return { _tag: "All" }
  if (entry.includes("://")) return ignored(`it is a URL; write its host only${hostOf(entry)}`)
  if (/["'`]/.test(entry)) return ignored("it has a quotation mark")
  if (/[;|]/.test(entry)) return ignored("entries are separated by commas")
  if (entry.includes("/")) return readNetwork(entry)
  if (familyOf(entry) === 6) return addressesOf(entry, 6, longest(6), undefined)
  const [, inBrackets, bare, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(entry) ?? []
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536)) {
    return ignored("its port is not a number from 1 to 65535")
  }
  const only = port === undefined ? undefined : Number(port)
  const name = (inBrackets ?? bare ?? entry).toLowerCase()
  const family = familyOf(name)
  if (inBrackets !== undefined && family !== 6) return ignored("it has no IPv6 address between the brackets")
  if (family !== 0) return addressesOf(name, family, longest(family), only)
  return readName(name, only)
}

const readName = (written: string, port: number | undefined): Entry => {
  const name = written.replace(/^\*?\.+/, "").replace(/\.$/, "")
  if (name.includes("*")) return ignored("* can only be an entry of its own or the beginning, as in *.example.com")
  if (/^[\d.]+$/.test(name)) return ignored("it is not a complete address; a network is written 10.0.0.0/8")
  const ascii = domainToASCII(name)
  return /^[\w-]+(\.[\w-]+)*$/.test(ascii) ? { _tag: "Name", name: ascii, port } : ignored("it is not a host name")
}

const readNetwork = (entry: string): Entry => {
  const [network = "", bits = ""] = entry.split("/")
  const family = familyOf(network)
  if (family === 0) {
    return /^[\d.]+$|:/.test(network) && /^[\d.]+$/.test(bits)
      ? ignored("its network is not a complete address; write 10.0.0.0/8 or fd00::/8")
      : ignored(`it has a path; write its host only${hostOf(`http://${entry}`)}`)
  }
  return /^\d{1,3}$/.test(bits) && Number(bits) <= longest(family)
    ? addressesOf(network, family, Number(bits), undefined)
    : ignored(`behind the / belongs a number from 0 to ${longest(family)}`)
}

const ignored = (why: string): Entry => ({ _tag: "Ignored", why })

const hostOf = (url: string): string => URL.canParse(url) ? `: ${new URL(url).host}` : ""

/** Without those that name a network interface, as no URL can. */
const familyOf = (text: string): number => text.includes("%") ? 0 : isIP(text)

const longest = (family: number): number => family === 4 ? 32 : 128

const ipv = (family: number) => family === 4 ? "ipv4" : "ipv6"

const addressesOf = (network: string, family: number, prefix: number, port: number | undefined): Entry => {
  const addresses = new BlockList()
  addresses.addSubnet(network, prefix, ipv(family))
  return { _tag: "Addresses", addresses, port }
}
