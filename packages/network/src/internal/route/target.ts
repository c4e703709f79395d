/** The other end of a connection. */
export interface Target {
  /** In lower case; IPv6 addresses without brackets. */
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** The target of an absolute http or https URL. */
export const parseTarget = (url: string): Target => {
  const { hostname, port, protocol } = new URL(url)
  const tls = protocol === "https:"
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (tls ? 443 : 80) : Number(port),
    tls
  }
}

/** `host:port`, as in a URL and in CONNECT. */
export const toAuthority = ({ host, port }: Target): string => `${host.includes(":") ? `[${host}]` : host}:${port}`

/** `host:port` for messages, without the default port. */
export const displayHost = (target: Target): string =>
  target.port === (target.tls ? 443 : 80) ? toAuthority(target).replace(/:\d+$/, "") : toAuthority(target)
