/**
 * What can go wrong on the way to a host.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * There is no connection, or no readable answer, and why:
 *
 * - `Proxy`: the proxy can't be reached or used, or did not let the request through;
 * - `Certificate`: the host's certificate is not accepted;
 * - `ClientCertificate`: the host wants a certificate of the client's, or does not accept the one that it got;
 * - `File`: a file of certificates or keys can't be read or used;
 * - `Protocol`: the host does not speak TLS, or not the version of HTTP that was tried;
 * - `Timeout`: there was no connection within the time limit;
 * - `Unreachable`: its name is not known, or nothing listens there;
 * - `Reset`: the connection ended before there was an answer;
 * - `Encoding`: the answer's body is compressed, and its compression is damaged or cut off.
 *
 * `hint` says what to do next. No field ever holds a password or text of a file.
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
    /** The code of Node.js or OpenSSL, for example `ECONNREFUSED` or `CERT_HAS_EXPIRED`; `HTTP 407` of a proxy's answer. */
    code: Schema.optional(Schema.String)
  }
) {}
