/** Explains TLS and HTTP errors. */
import * as Predicate from "effect/Predicate"
import type { PeerCertificate } from "node:tls"
import { NetworkError } from "../../NetworkError.ts"
import { getErrorCode, getErrorMessage } from "../errorCode.ts"
import { toHeaderSizeError } from "../http/headerLimit.ts"
import type { ConnectionPlan } from "../route/connectionPlan.ts"
import { displayHost, type Target } from "../route/target.ts"
import { describeHosts, describeName } from "./certificateNames.ts"

/** Whether this is a Node.js or OpenSSL code for a rejected certificate, such as UNABLE_TO_VERIFY_LEAF_SIGNATURE. */
export const isCertificateError = (code: string): boolean =>
  !code.startsWith("ERR_SSL_") && /CERT|SIGNATURE|_ISSUER_|_CRL_/.test(code)

const setAuthority = "set caFile in options (or NODE_EXTRA_CA_CERTS) to"

/** Explains a failed handshake. `fetchCertificate` is called only if the certificate is the cause. */
export const toTlsError = async (
  error: unknown,
  target: Target,
  plan: Pick<ConnectionPlan, "hasClientCertificate"> & { readonly alpn: string },
  fetchCertificate: () => Promise<PeerCertificate | undefined>
): Promise<unknown> => {
  const code = getErrorCode(error)
  return code !== undefined && isCertificateError(code)
    ? toCertificateError(code, target, await fetchCertificate())
    : toProtocolError(error, target, plan)
}

/** Describes why a certificate is rejected; completes "its certificate …". */
export const describeRejection = (code: string, peer: PeerCertificate | undefined): string => {
  const issuer = peer === undefined ? "an authority" : describeName(peer.issuer)
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `expired${peer === undefined ? "" : ` on ${peer.valid_to}; issued by ${issuer}`}`
    case "CERT_NOT_YET_VALID":
      return `is not valid yet${peer === undefined ? "" : `, only from ${peer.valid_from}; issued by ${issuer}`}`
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `is self-signed${peer === undefined ? "" : ` (${describeName(peer.subject)})`}`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `is for a different name${peer === undefined ? "" : `: ${describeHosts(peer)}; issued by ${issuer}`}`
    default:
      return `was issued by ${issuer}, which this machine does not trust`
  }
}

const toCertificateError = (code: string, target: Target, peer: PeerCertificate | undefined): NetworkError =>
  new NetworkError({
    reason: "Certificate",
    code,
    message: `no connection to ${displayHost(target)}: its certificate ${describeRejection(code, peer)} (${code})`,
    hint: certificateHint(code, target)
  })

const certificateHint = (code: string, target: Target): string => {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `Tell the operators of ${target.host}, or of the proxy that issued the certificate. Also check this machine's clock.`
    case "CERT_NOT_YET_VALID":
      return "Check this machine's clock."
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `If ${target.host} should have this certificate, get it from its operators and ${setAuthority} that file (PEM).`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "A different host may have answered: check the host in baseURL and any proxy in between. "
        + "Otherwise the certificate must be reissued for this name; caFile and NODE_EXTRA_CA_CERTS do not change that."
    default:
      return `If this is your company's certificate authority, get its certificate (PEM) from your network administrators and ${setAuthority} that file.`
  }
}

/** Explains a handshake or request that failed because of the protocol. Other errors are returned unchanged. */
export const toProtocolError = (
  error: unknown,
  target: Target,
  { alpn, hasClientCertificate }: Pick<ConnectionPlan, "hasClientCertificate"> & { readonly alpn: string }
): unknown => {
  const code = getErrorCode(error)
  if (code === undefined || error instanceof NetworkError) return error
  const fail = (reason: NetworkError["reason"], problem: string, hint: string) =>
    new NetworkError({ reason, code, message: `no connection to ${displayHost(target)}: ${problem}`, hint })
  const alert = target.tls ? findAlert(error) : undefined
  if (alert === "no application protocol") return fail("Protocol", ...describeVersion(alpn))
  if (alert !== undefined && certificateAlert.test(alert)) {
    return hasClientCertificate
      ? fail(
        "ClientCertificate",
        `it rejected the client certificate (${alert})`,
        "Check that the certificate in clientCert is valid and issued by an authority that the gateway trusts, and that the file includes the intermediate certificates."
      )
      : fail(
        "ClientCertificate",
        `it requires a client certificate (${alert})`,
        setClientCertificate
      )
  }
  if (alert !== undefined) {
    return fail(
      "Protocol",
      `it refused TLS (${alert})`,
      `Check the host in the URL, and which versions of TLS ${target.host} supports.`
    )
  }
  if (target.tls && (code === "EPROTO" || plainTextError.test(code))) {
    return new NetworkError({
      reason: "Protocol",
      code: "EPROTO",
      message: `no connection to ${displayHost(target)}: it does not speak TLS`,
      hint: `Check the URL of ${
        displayHost(target)
      }: its port, and whether it should begin with http:// instead of https://.`
    })
  }
  if (isHeaderOverflow(code, error)) return toHeaderSizeError(displayHost(target))
  if (code.startsWith("HPE_")) {
    return looksLikeHttp2(error) ? fail("Protocol", ...describeVersion(alpn)) : fail(
      "Protocol",
      "its response is not HTTP",
      `Check the scheme and port in the URL${target.tls ? "" : ": does the port require https?"}.`
    )
  }
  if (code.startsWith("ERR_HTTP2_")) {
    return isHttp2Unsupported(code, error)
      ? fail("Protocol", ...describeVersion("h2"))
      : Object.assign(new Error("the other side ended the request"), { code: "ECONNRESET" })
  }
  return error
}

const setClientCertificate =
  "Set clientCert and clientKey in options to the files (PEM) with the certificate for this gateway and its key."

/** Returns an error for a TLS connection that was closed before a response. */
export const toResetError = (
  target: Target,
  code: string,
  { hasClientCertificate }: Pick<ConnectionPlan, "hasClientCertificate">
): NetworkError =>
  new NetworkError({
    reason: "Reset",
    code,
    message: `no response from ${displayHost(target)}: the connection was closed (${code})`,
    hint: `Check the network and any proxy in between. ${
      hasClientCertificate
        ? "This can also happen if the gateway rejects the client certificate: check the one in clientCert."
        : "This can also happen if the gateway requires a client certificate: if so, set clientCert and clientKey in options."
    }`
  })

/** Says that the host requires the other HTTP version, and how to use it. */
export const describeVersion = (alpn: string): readonly [problem: string, hint: string] =>
  alpn === "h2"
    ? [
      "it does not speak HTTP/2",
      "Remove \"http2\": true from options. HTTP/1.1 is then used, which nearly every gateway speaks."
    ]
    : ["it speaks only HTTP/2", "Set \"http2\": true in options."]

/** Whether the response headers are too large. In HTTP/2, Node closes a session whose headers arrive in too many frames. */
const isHeaderOverflow = (code: string, error: unknown): boolean =>
  code === "HPE_HEADER_OVERFLOW" || (code === "ERR_HTTP2_ERROR" && getErrorMessage(error).includes("CONTINUATION"))

/** Whether the host does not speak HTTP/2, or requires HTTP/1.1 for this request. */
const isHttp2Unsupported = (code: string, error: unknown): boolean =>
  code === "ERR_HTTP2_ERROR" || /HTTP_1_1_REQUIRED/.test(getErrorMessage(error))
  || (code === "ERR_HTTP2_SESSION_ERROR" && /PROTOCOL_ERROR|Protocol error/.test(getErrorMessage(error)))

/** Whether the server begins with a SETTINGS frame, as one that speaks only HTTP/2 does. Source: RFC 9113, section 3.4. */
const looksLikeHttp2 = (error: unknown): boolean =>
  Predicate.hasProperty(error, "rawPacket") && error.rawPacket instanceof Uint8Array && error.rawPacket[0] === 0
  && error.rawPacket[3] === 4

/** OpenSSL's error codes for a response without TLS. */
const plainTextError =
  /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE|UNEXPECTED_MESSAGE|HTTP_REQUEST)$/

const certificateAlert = /certificate|unknown ca|handshake failure|access denied/

/** The text of a TLS alert from the other side. All OpenSSL versions include it in the message. */
export const findAlert = (error: unknown): string | undefined => {
  const alert = /(?:sslv3|tlsv1|tlsv13)? ?alert ([a-z0-9 ]+?)(?::|$)/i.exec(getErrorMessage(error))?.[1]
  return alert === undefined || alert.startsWith("number") ? undefined : alert.toLowerCase()
}
