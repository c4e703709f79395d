/**
 * Errors of connections.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * There is no connection or no readable response:
 *
 * - `Proxy`: the proxy can't be reached or used, or refused the request;
 * - `Certificate`: the host's certificate is rejected;
 * - `ClientCertificate`: the host requires a client certificate, or rejected the one it got;
 * - `File`: a certificate or key file can't be read or used;
 * - `Protocol`: the host does not speak TLS, or not the HTTP version that was tried;
 * - `Timeout`: there was no connection within the time limit;
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
    /** The code of Node.js or OpenSSL, for example `ECONNREFUSED` or `CERT_HAS_EXPIRED`; `HTTP 407` for a proxy's response. */
    code: Schema.optional(Schema.String)
  }
) {}
