/** Parses the list of hosts in `NO_PROXY`. */
import { BlockList, isIP } from "node:net"
import { domainToASCII } from "node:url"

/** A host and port as in a URL; the host is in lower case and without brackets. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/** An entry that can't match any host. */
export interface IgnoredEntry {
  readonly entry: string
  /** The reason, and what to write instead. */
  readonly why: string
}

/** Returns the first entry that matches. */
export const findExclusion = (list: string, hostPort: HostPort): string | undefined =>
  splitEntries(list).find((entry) => {
    const read = readEntry(entry)
    return read._tag !== "Ignored" && matches(read, hostPort)
  })

/** Lists the entries that can't match any host. */
export const ignoredEntries = (list: string): ReadonlyArray<IgnoredEntry> =>
  splitEntries(list).flatMap((entry) => {
    const read = readEntry(entry)
    return read._tag === "Ignored" ? [{ entry, why: read.why }] : []
  })

type Entry =
  | { readonly _tag: "All" }
  | { readonly _tag: "Name"; readonly name: string; readonly port: number | undefined }
  | { readonly _tag: "Addresses"; readonly addresses: BlockList; readonly port: number | undefined }
  | { readonly _tag: "Ignored"; readonly why: string }

const splitEntries = (list: string) => list.split(/[\s,]+/).filter((entry) => entry !== "")

const matches = (entry: Exclude<Entry, { readonly _tag: "Ignored" }>, { host, port }: HostPort): boolean => {
  if (entry._tag === "All") return true
  if (entry.port !== undefined && entry.port !== port) return false
  const family = isIP(host)
  if (entry._tag === "Addresses") return family !== 0 && entry.addresses.check(host, toIpVersion(family))
  const name = host.replace(/\.$/, "")
  return family === 0 && (name === entry.name || name.endsWith(`.${entry.name}`))
}

/**
 * The syntax of curl, Go and Python. `*` matches every host. A name, with or without a leading dot or `*.`, matches itself and all its
 * subdomains. An address matches itself, and `10.0.0.0/8` every address in the network, but only if the host is an address: names are not
 * looked up. With `:port`, an entry matches only that port.
 */
const readEntry = (entry: string): Entry => {
  if (entry === "*") return { _tag: "All" }
  if (entry.includes("://")) return ignore(`it is a URL; write only its host${hostOf(entry)}`)
  if (/["'`]/.test(entry)) return ignore("it contains a quotation mark")
  if (/[;|]/.test(entry)) return ignore("entries must be separated by commas")
  if (entry.includes("/")) return readNetwork(entry)
  if (familyOf(entry) === 6) return addressesOf(entry, 6, addressBits(6), undefined)
  const [, inBrackets, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(entry) ?? []
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536)) {
    return ignore("its port is not a number from 1 to 65535")
  }
  const portNumber = port === undefined ? undefined : Number(port)
  const name = (inBrackets ?? plain ?? entry).toLowerCase()
  const family = familyOf(name)
  if (inBrackets !== undefined && family !== 6) return ignore("the text in brackets is not an IPv6 address")
  if (family !== 0) return addressesOf(name, family, addressBits(family), portNumber)
  return readName(name, portNumber)
}

const readName = (written: string, port: number | undefined): Entry => {
  const name = written.replace(/^\*?\.+/, "").replace(/\.$/, "")
  if (name.includes("*")) return ignore("* must be an entry by itself or at the beginning, as in *.example.com")
  if (/^[\d.]+$/.test(name)) return ignore("it is not a complete address; a network is written 10.0.0.0/8")
  const ascii = domainToASCII(name)
  return /^[\w-]+(\.[\w-]+)*$/.test(ascii) ? { _tag: "Name", name: ascii, port } : ignore("it is not a host name")
}

const readNetwork = (entry: string): Entry => {
  const [network = "", bits = ""] = entry.split("/")
  const family = familyOf(network)
  if (family === 0) {
    return /^[\d.]+$|:/.test(network) && /^[\d.]+$/.test(bits)
      ? ignore("its network is not a complete address; write 10.0.0.0/8 or fd00::/8")
      : ignore(`it has a path; write only its host${hostOf(`http://${entry}`)}`)
  }
  return /^\d{1,3}$/.test(bits) && Number(bits) <= addressBits(family)
    ? addressesOf(network, family, Number(bits), undefined)
    : ignore(`the part after / must be a number from 0 to ${addressBits(family)}`)
}

const ignore = (why: string): Entry => ({ _tag: "Ignored", why })

const hostOf = (url: string): string => URL.canParse(url) ? `: ${new URL(url).host}` : ""

/** 0 for addresses with a zone ID (`%eth0`), which can't occur in URLs. */
const familyOf = (text: string): number => text.includes("%") ? 0 : isIP(text)

const addressBits = (family: number): number => family === 4 ? 32 : 128

const toIpVersion = (family: number) => family === 4 ? "ipv4" : "ipv6"

const addressesOf = (network: string, family: number, prefix: number, port: number | undefined): Entry => {
  const addresses = new BlockList()
  addresses.addSubnet(network, prefix, toIpVersion(family))
  return { _tag: "Addresses", addresses, port }
}
