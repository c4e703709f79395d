/** What to do when there is no connection. */

/** `type` is a code of Node.js or OpenSSL. */
export const connectionHint = (type: string | undefined, url: string): string => {
  switch (type) {
    case "ENOTFOUND":
      return `The host in ${url} was not found. Check its name, and whether a VPN or a private DNS server is needed.`
    case "ECONNREFUSED":
      return `Nothing is listening at ${url}. Check the host and port, and that the gateway is running.`
    case undefined:
      return `Check that ${url} can be reached from this machine.`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `The certificate at ${url} is for another host. Check the host in baseURL, and any proxy in between.`
    case "EPROTO":
      return `${url} does not speak TLS. Check whether it should begin with http instead of https.`
    default:
      return certificateCode.test(type)
        ? "The server's certificate is not trusted here. If your company's certificate authority signed it, set caFile in options (or NODE_EXTRA_CA_CERTS) to that authority's certificate file."
        : `The connection to ${url} failed. Check the network and any proxy in between.`
  }
}

/** Matches the codes for a certificate that is not accepted, for example `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
const certificateCode = /CERT|SIGNATURE/
