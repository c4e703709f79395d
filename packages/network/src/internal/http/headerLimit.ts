/** The size limit for response headers. */
import { NetworkError } from "../../NetworkError.ts"

/** In bytes. Some gateways and login proxies send more than Node's default of 16 KiB in cookies and policies. */
export const maxHeaderSize = 64 * 1024

/** `who` is the sender of the response. */
export const toHeaderSizeError = (who: string, reason: "Protocol" | "Proxy" = "Protocol"): NetworkError =>
  new NetworkError({
    reason,
    code: "HPE_HEADER_OVERFLOW",
    message: `the response headers from ${who} are larger than ${maxHeaderSize / 1024} KiB`,
    hint:
      "Ask the operators of the gateway, or of a proxy in front of it, which header is so large. It is often a cookie, a policy or a trace."
  })

/** The size of the headers as HTTP/2 counts it. Source: RFC 9113, section 6.5.2, "SETTINGS_MAX_HEADER_LIST_SIZE". */
export const measureHeaders = (
  headers: Readonly<Record<string, string | number | ReadonlyArray<string> | undefined>>
): number =>
  Object.entries(headers)
    .flatMap(([name, values]) => [values ?? []].flat().map((value) => name.length + Buffer.byteLength(`${value}`) + 32))
    .reduce((sum, size) => sum + size, 0)
