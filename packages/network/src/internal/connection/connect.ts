/** Connects to a host by whichever of its addresses answers first. Source: RFC 8305, "Happy Eyeballs Version 2". */
import { connect as connectTcp, type Socket } from "node:net"
import type { Target } from "../route/target.ts"
import { codeOf } from "../tls/tlsFailure.ts"
import { addressesOf, type Lookup } from "./addresses.ts"
import { timedOut } from "./connectLimit.ts"
import { Unconnected } from "./unreachable.ts"
import { until } from "./wait.ts"

/** How long an address has for itself before the next one is tried as well, in milliseconds. Source: RFC 8305, section 5. */
const attemptDelay = 250

/** After this time without traffic a connection is probed, so that one whose other end is gone fails, in milliseconds. */
const keepAliveDelay = 1000

type Open = (address: string) => Socket

/** `to` names the host in errors. */
export const tcp = async (lookup: Lookup, target: Target, to: string, signal: AbortSignal): Promise<Socket> =>
  tcpTo(await addressesOf(lookup, target.host, to, signal), target, to, signal)

/** The same, with the host's addresses. */
export const tcpTo = (
  addresses: ReadonlyArray<string>,
  { host, port }: Target,
  to: string,
  signal: AbortSignal
): Promise<Socket> =>
  raced(
    addresses,
    { host, to },
    signal,
    (address) =>
      connectTcp({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelay })
  )

/**
 * The next address starts after a delay, or at once when one fails, and those before it continue: Node's own `autoSelectFamily`
 * gives them up, so that over a slow line none ever connects. The first connection wins, the others are closed.
 */
export const raced = (
  addresses: ReadonlyArray<string>,
  { host, to }: { readonly host: string; readonly to: string },
  signal: AbortSignal,
  open: Open
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const waiting = [...addresses]
    const trying = new Set<string>()
    const failures = new Map<string, string>()
    const losing = new AbortController()
    let timer: NodeJS.Timeout | undefined

    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", aborted)
      losing.abort(new Error("another address has connected"))
    }
    const aborted = () => {
      const silent = [...trying].filter((address) => address !== host)
      const missing = silent.length === 0 ? "no answer" : `no answer from ${silent.join(", ")}`
      end()
      reject(timedOut(signal.reason, to, [missing, ...outcomes(failures, host)].join(", "), checkNetwork))
    }
    const next = () => {
      clearTimeout(timer)
      const address = waiting.shift()
      if (address === undefined) return
      trying.add(address)
      until(open(address), "connect", losing.signal).then((socket) => {
        if (losing.signal.aborted) return void socket.destroy()
        end()
        resolve(socket)
      }, (error: unknown) => {
        if (losing.signal.aborted) return
        trying.delete(address)
        failures.set(address, codeOf(error) ?? "failed")
        if (failures.size < addresses.length) return next()
        end()
        reject(unconnected(failures, host))
      })
      timer = setTimeout(next, attemptDelay)
    }
    signal.addEventListener("abort", aborted, { once: true })
    if (signal.aborted) return aborted()
    next()
  })

const checkNetwork = "Check the network or VPN, and whether a proxy is needed (HTTPS_PROXY or options.proxy)."

/** What came of the addresses, when none has connected. */
const unconnected = (failures: ReadonlyMap<string, string>, host: string): Unconnected => {
  const codes = [...failures.values()]
  // What a host answered says more than that this machine has no IPv6.
  const code = codes.find((code) => !noRoute.test(code)) ?? codes[0] ?? "ENOTFOUND"
  return new Unconnected(code, outcomes(failures, host).join(", "))
}

const noRoute = /^(ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT|EHOSTUNREACH)$/

/** `ECONNREFUSED (10.0.0.1, 10.0.0.2)`, for each code; without the address where it is the host itself. */
const outcomes = (failures: ReadonlyMap<string, string>, host: string): ReadonlyArray<string> => {
  const addresses = new Map<string, Array<string>>()
  for (const [address, code] of failures) addresses.set(code, [...addresses.get(code) ?? [], address])
  return [...addresses].map(([code, addresses]) => addresses[0] === host ? code : `${code} (${addresses.join(", ")})`)
}
