/** Connects to whichever of a host's addresses responds first. Source: RFC 8305, "Happy Eyeballs Version 2". */
import { connect as connectSocket, type Socket } from "node:net"
import { getErrorCode } from "../errorCode.ts"
import type { Target } from "../route/target.ts"

import { waitForEvent } from "./abortableWait.ts"
import { findAddresses } from "./addresses.ts"
import { toTimeoutError } from "./connectLimit.ts"
import { Unconnected } from "./hostFailure.ts"
import type { Lookup } from "./lookup.ts"

/** How long to wait before trying the next address in parallel, in milliseconds. Source: RFC 8305, section 5. */
const attemptDelay = 250

/** After how much idle time TCP probes detect a dead connection, in milliseconds. */
const keepAliveDelay = 1000

type Open = (address: string) => Socket

/** `to` is the name of the host in errors. */
export const connectTcp = async (lookup: Lookup, target: Target, to: string, signal: AbortSignal): Promise<Socket> =>
  connectToAny(await findAddresses(lookup, target.host, to, signal), target, to, signal)

/** Connects to a host whose addresses are known. */
export const connectToAny = (
  addresses: ReadonlyArray<string>,
  { host, port }: Target,
  to: string,
  signal: AbortSignal
): Promise<Socket> =>
  raceAddresses(
    addresses,
    { host, to },
    signal,
    (address) =>
      connectSocket({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelay })
  )

/**
 * Tries the next address after a delay, or immediately when one fails, while earlier attempts continue. (Node's own `autoSelectFamily` abandons
 * earlier attempts, so on a slow network it may never connect.) The first connection is used; the others are closed.
 */
export const raceAddresses = (
  addresses: ReadonlyArray<string>,
  { host, to }: { readonly host: string; readonly to: string },
  signal: AbortSignal,
  open: Open
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const waiting = [...addresses]
    const trying = new Set<string>()
    const failures = new Map<string, string>()
    const losers = new AbortController()
    let timer: NodeJS.Timeout | undefined

    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", onAbort)
      losers.abort(new Error("another address has connected"))
    }
    const onAbort = () => {
      const silent = [...trying].filter((address) => address !== host)
      const missing = silent.length === 0 ? "no answer" : `no answer from ${silent.join(", ")}`
      end()
      reject(toTimeoutError(signal.reason, to, [missing, ...listOutcomes(failures, host)].join(", "), checkNetwork))
    }
    const next = () => {
      clearTimeout(timer)
      const address = waiting.shift()
      if (address === undefined) return
      trying.add(address)
      waitForEvent(open(address), "connect", losers.signal).then((socket) => {
        if (losers.signal.aborted) return void socket.destroy()
        end()
        resolve(socket)
      }, (error: unknown) => {
        if (losers.signal.aborted) return
        trying.delete(address)
        failures.set(address, getErrorCode(error) ?? "failed")
        if (failures.size < addresses.length) return next()
        end()
        reject(toUnconnected(failures, host))
      })
      timer = setTimeout(next, attemptDelay)
    }
    signal.addEventListener("abort", onAbort, { once: true })
    if (signal.aborted) return onAbort()
    next()
  })

const checkNetwork = "Check the network or VPN, and whether you need a proxy (HTTPS_PROXY or options.proxy)."

/** An error for a host none of whose addresses could be connected to. */
const toUnconnected = (failures: ReadonlyMap<string, string>, host: string): Unconnected => {
  const codes = [...failures.values()]
  // A host's refusal is more informative than this machine's lack of IPv6.
  const code = codes.find((code) => !noRouteCode.test(code)) ?? codes[0] ?? "ENOTFOUND"
  return new Unconnected(code, listOutcomes(failures, host).join(", "))
}

const noRouteCode = /^(ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT|EHOSTUNREACH)$/

/** Lists the addresses by error code, such as `ECONNREFUSED (10.0.0.1, 10.0.0.2)`. An address that is the host itself is left out. */
const listOutcomes = (failures: ReadonlyMap<string, string>, host: string): ReadonlyArray<string> => {
  const addresses = new Map<string, Array<string>>()
  for (const [address, code] of failures) addresses.set(code, [...addresses.get(code) ?? [], address])
  return [...addresses].map(([code, addresses]) => addresses[0] === host ? code : `${code} (${addresses.join(", ")})`)
}
