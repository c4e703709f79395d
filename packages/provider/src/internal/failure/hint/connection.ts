/** What to do when there is no connection. */

export const connectionHint = (type: string | undefined, url: string): string => {
  switch (type) {
    case "ENOTFOUND":
      return `Check the host in ${url}: no such name is known here. A VPN or a private DNS may be missing.`
    case "ECONNREFUSED":
      return `Nothing listens at ${url}: check host and port, and whether the gateway runs.`
    case undefined:
      return `Check that ${url} can be reached from here.`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `Another host answers at ${url}: its certificate is not for this name. Check the host in baseURL, and any proxy on the way.`
    case "EPROTO":
      return `${url} does not speak TLS: check whether it should begin with http instead of https.`
    default:
      return certificate.test(type)
        ? "The server's certificate is not trusted here. If a company authority signed it, set caFile in options (or NODE_EXTRA_CA_CERTS) to that authority's file."
        : `The connection to ${url} broke: check the network and any proxy on the way.`
  }
}

/** Codes of Node.js and OpenSSL for a certificate that is not accepted, e.g. UNABLE_TO_VERIFY_LEAF_SIGNATURE. */
const certificate = /CERT|SIGNATURE/
