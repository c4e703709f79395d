/** What goes wrong with TLS and HTTP, in words. */
import * as Predicate from "effect/Predicate"
import type { PeerCertificate } from "node:tls"
import { NetworkError } from "../../NetworkError.ts"
import { headersTooLarge } from "../http/headerLimit.ts"
import { shown, type Target } from "../route/target.ts"
import type { Way } from "../route/way.ts"
import { described, names } from "./certificateNames.ts"

/** Codes of Node.js and OpenSSL for a certificate that is not accepted, e.g. UNABLE_TO_VERIFY_LEAF_SIGNATURE. */
export const notTrusted = (code: string): boolean =>
  !code.startsWith("ERR_SSL_") && /CERT|SIGNATURE|_ISSUER_|_CRL_/.test(code)

const trustIt = "set caFile in options (or NODE_EXTRA_CA_CERTS) to"

/** A handshake that failed. `look` finds out who answers; it is asked only when the certificate is the cause. */
export const tlsFailure = async (
  error: unknown,
  target: Target,
  way: Pick<Way, "hasClientCertificate"> & { readonly alpn: string },
  look: () => Promise<PeerCertificate | undefined>
): Promise<unknown> => {
  const code = codeOf(error)
  return code !== undefined && notTrusted(code)
    ? certificateFailure(code, target, await look())
    : answerFailed(error, target, way)
}

/** Why a certificate is not accepted, in words that fit behind "its certificate". */
export const certificateWords = (code: string, peer: PeerCertificate | undefined): string => {
  const issuer = peer === undefined ? "an authority" : described(peer.issuer)
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `has expired${peer === undefined ? "" : ` on ${peer.valid_to}; issued by ${issuer}`}`
    case "CERT_NOT_YET_VALID":
      return `is not valid yet${peer === undefined ? "" : `, but from ${peer.valid_from} on; issued by ${issuer}`}`
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `is signed by nobody but itself${peer === undefined ? "" : ` (${described(peer.subject)})`}`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `is for another name${peer === undefined ? "" : `: ${names(peer)}; issued by ${issuer}`}`
    default:
      return `was issued by ${issuer}, which is not trusted here`
  }
}

const certificateFailure = (code: string, target: Target, peer: PeerCertificate | undefined): NetworkError =>
  new NetworkError({
    reason: "Certificate",
    code,
    message: `no connection to ${shown(target)}: its certificate ${certificateWords(code, peer)} (${code})`,
    hint: certificateHint(code, target)
  })

const certificateHint = (code: string, target: Target): string => {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `Tell whoever runs ${target.host}, or the proxy that issued it; and check this machine's clock.`
    case "CERT_NOT_YET_VALID":
      return "Check this machine's clock."
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `If this is the certificate that ${target.host} should have, get it from whoever runs it and ${trustIt} that file (PEM).`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "Another host answers: check the host in baseURL, and any proxy on the way. "
        + `If the name has to be trusted, its certificate must be issued for it; caFile and NODE_EXTRA_CA_CERTS don't change that.`
    default:
      return `If that is your company's authority: get its certificate (PEM) from whoever runs the network, and ${trustIt} that file.`
  }
}

/** What a handshake or a request failed with, when it is about the protocol; any other error comes back as it is. */
export const answerFailed = (
  error: unknown,
  target: Target,
  { alpn, hasClientCertificate }: Pick<Way, "hasClientCertificate"> & { readonly alpn: string }
): unknown => {
  const code = codeOf(error)
  if (code === undefined || error instanceof NetworkError) return error
  const failed = (reason: NetworkError["reason"], words: string, hint: string) =>
    new NetworkError({ reason, code, message: `no connection to ${shown(target)}: ${words}`, hint })
  const alert = target.tls ? alertOf(error) : undefined
  if (alert?.words === "no application protocol") return failed("Protocol", ...otherVersion(alpn))
  if (alert !== undefined && aboutCertificate.test(alert.words)) {
    return hasClientCertificate
      ? failed(
        "ClientCertificate",
        `it did not accept the client's certificate (${alert.words})`,
        "Check that the certificate in clientCert is valid, issued by the authority that the gateway trusts, and that the file has the authorities between."
      )
      : failed(
        "ClientCertificate",
        `it wants a certificate of the client's (${alert.words})`,
        wantsCertificate
      )
  }
  if (alert !== undefined) {
    return failed(
      "Protocol",
      `it refused TLS (${alert.words})`,
      `Check the host of the URL, and which versions of TLS ${target.host} takes.`
    )
  }
  if (target.tls && (code === "EPROTO" || notTls.test(code))) {
    return new NetworkError({
      reason: "Protocol",
      code: "EPROTO",
      message: `no connection to ${shown(target)}: it does not speak TLS`,
      hint: `Check the URL of ${shown(target)}: its port, and whether it should begin with http instead of https.`
    })
  }
  if (isHeaderOverflow(code, error)) return headersTooLarge(shown(target))
  if (code.startsWith("HPE_")) {
    return looksLikeHttp2(error) ? failed("Protocol", ...otherVersion(alpn)) : failed(
      "Protocol",
      "what it answers is not HTTP",
      `Check scheme and port of the URL${target.tls ? "" : ": does it want https?"}.`
    )
  }
  if (code.startsWith("ERR_HTTP2_")) {
    return notHttp2(code, error)
      ? failed("Protocol", ...otherVersion("h2"))
      : Object.assign(new Error("the other side ended the request"), { code: "ECONNRESET" })
  }
  return error
}

const wantsCertificate =
  "Set clientCert and clientKey in options to the files (PEM) of the certificate that you got for this gateway, and of its key."

/** A connection with TLS that ended where an answer should have begun. */
export const resetFailure = (
  target: Target,
  code: string,
  { hasClientCertificate }: Pick<Way, "hasClientCertificate">
): NetworkError =>
  new NetworkError({
    reason: "Reset",
    code,
    message: `no answer from ${shown(target)}: the connection was closed (${code})`,
    hint: `Check the network and any proxy on the way. ${
      hasClientCertificate
        ? "A gateway that does not accept the client's certificate can look like this too: check the one in clientCert."
        : "A gateway that wants a client certificate can look like this too: then set clientCert and clientKey in options."
    }`
  })

/** Of the version that was not tried. */
export const otherVersion = (alpn: string): readonly [words: string, hint: string] =>
  alpn === "h2"
    ? [
      "it does not speak HTTP/2",
      "Leave out \"http2\": true in options: without it HTTP/1.1 is used, which nearly every gateway speaks."
    ]
    : ["it speaks HTTP/2 only", "Set \"http2\": true in options."]

/** In HTTP/2, Node ends a session whose headers come in too many pieces. */
const isHeaderOverflow = (code: string, error: unknown): boolean =>
  code === "HPE_HEADER_OVERFLOW" || (code === "ERR_HTTP2_ERROR" && messageOf(error).includes("CONTINUATION"))

/** A stream can only be reset in HTTP/2; the other side may say that it wants the older version for this request. */
const notHttp2 = (code: string, error: unknown): boolean =>
  code === "ERR_HTTP2_ERROR" || /HTTP_1_1_REQUIRED/.test(messageOf(error))
  || (code === "ERR_HTTP2_SESSION_ERROR" && /PROTOCOL_ERROR|Protocol error/.test(messageOf(error)))

/** A frame with the settings of HTTP/2 comes first from whoever speaks nothing else. Source: RFC 9113, section 3.4. */
const looksLikeHttp2 = (error: unknown): boolean =>
  Predicate.hasProperty(error, "rawPacket") && error.rawPacket instanceof Uint8Array && error.rawPacket[0] === 0
  && error.rawPacket[3] === 4

/** What OpenSSL takes an answer without TLS for. */
const notTls = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE|UNEXPECTED_MESSAGE|HTTP_REQUEST)$/

const aboutCertificate = /certificate|unknown ca|handshake failure|access denied/

/** What the other side says in a TLS alert, from OpenSSL's message, which has it in words in each of its versions. */
export const alertOf = (error: unknown): { readonly words: string } | undefined => {
  const words = /(?:sslv3|tlsv1|tlsv13)? ?alert ([a-z0-9 ]+?)(?::|$)/i.exec(messageOf(error))?.[1]
  return words === undefined || words.startsWith("number") ? undefined : { words: words.toLowerCase() }
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : ""

export const codeOf = (error: unknown): string | undefined =>
  Predicate.hasProperty(error, "code") && Predicate.isString(error.code) ? error.code : undefined
