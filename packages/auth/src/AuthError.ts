/**
 * Why there is no usable credential.
 *
 * @since 0.1.0
 */
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as Schema from "effect/Schema"

/**
 * One step of the search for a credential, and its outcome.
 *
 * @since 0.1.0
 * @category models
 */
export const Step = Schema.Struct({ step: Schema.String, outcome: Schema.String })

/**
 * @since 0.1.0
 * @category models
 */
export type Step = typeof Step.Type

/**
 * There is no usable credential:
 *
 * - `CorruptStore`: `auth.json` is not a valid credentials file; it is left unchanged;
 * - `StoreIO`: `auth.json` cannot be read, written or locked;
 * - `Locked`: another process held the lock of `auth.json` for too long;
 * - `Conflict`: the configuration sets two authorizations, or says to use a header and has none;
 * - `Malformed`: a token or AWS key contains characters that no request can carry;
 * - `TokenCommand`: the configured `tokenCommand` failed or did not print a token;
 * - `NoCredentials`: no source has a credential; `steps` lists them;
 * - `Profile`: an AWS profile that was chosen by name, or the default one, has no usable credentials;
 * - `Expired`: the session of `aws sso login` or `aws login` has expired;
 * - `Timeout`: the AWS credential chain took too long;
 * - `Chain`: the AWS SDK's credential providers could not be loaded.
 *
 * No field contains a secret or text of a file, except for the name of a single character that does not belong there.
 *
 * @since 0.1.0
 * @category errors
 */
export class AuthError extends Schema.TaggedError<AuthError>("@altimate-code/auth/AuthError")("AuthError", {
  reason: Schema.Literal(
    "CorruptStore",
    "StoreIO",
    "Locked",
    "Conflict",
    "Malformed",
    "TokenCommand",
    "NoCredentials",
    "Profile",
    "Expired",
    "Timeout",
    "Chain"
  ),
  /** What failed, in plain sentences. */
  message: Schema.String,
  /** The file that the failure is about. */
  path: Schema.optional(Schema.String),
  /** The place in that file; both count from 1. */
  line: Schema.optional(Schema.Number),
  column: Schema.optional(Schema.Number),
  /** The lock file that was not released or could not be made. */
  lock: Schema.optional(Schema.String),
  /** The source whose token cannot be used. */
  source: Schema.optional(Schema.Literal("environment", "stored", "configured", "command", "aws-chain")),
  /** The configured header that is a second authorization. */
  header: Schema.optional(Schema.String),
  /** The step of the AWS credential chain that failed or did not end. */
  step: Schema.optional(Schema.String),
  /** The AWS profile that was used; absent for the default profile, except for a `Timeout` of its `credential_process`. */
  profile: Schema.optional(Schema.String),
  /** The command that starts a new session, if the session has expired. */
  renewal: Schema.optional(Schema.Literal("aws sso login", "aws login")),
  /** Where a credential was looked for, in order, and what was found there. */
  steps: Schema.optional(Schema.Array(Step)),
  /** The network failure that kept the AWS SDK from getting credentials. */
  cause: Schema.optional(NetworkError)
}) {}
