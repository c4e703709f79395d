/**
 * Connection errors.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Connecting failed, or the response could not be read:
 *
 * - `Proxy`: the proxy can't be reached or used, or refused the request;
 * - `Certificate`: the host's certificate is rejected;
 * - `ClientCertificate`: the host requires a client certificate, or rejected it;
 * - `File`: a certificate or key file can't be read or used;
 * - `Protocol`: the host does not speak TLS or the HTTP version that was tried;
 * - `Timeout`: connecting, or the wait for a response, exceeded the time limit;
 * - `Unreachable`: the host's name is unknown, or nothing listens on the port;
 * - `Reset`: the connection was closed before a response;
 * - `Encoding`: the compressed response body is damaged or cut off.
 *
 * `hint` says what to do. No field contains a password or text from a file.
 *
 * @since 0.1.0
 * @category errors
 */
export class NetworkError extends Schema.TaggedError<NetworkError>("@altimate-code/network/NetworkError")(
  "NetworkError",
  {
    reason: Schema.Literal(
      "Proxy",
      "Certificate",
      "ClientCertificate",
      "File",
      "Protocol",
      "Timeout",
      "Reset",
      "Unreachable",
      "Encoding"
    ),
    message: Schema.String,
    hint: Schema.String,
    /** The error code of Node.js or OpenSSL, for example `ECONNREFUSED` or `CERT_HAS_EXPIRED`; `HTTP 407` for a proxy's response. */
    code: Schema.optional(Schema.String)
  }
) {}
