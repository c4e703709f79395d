/**
 * The reason that there is no usable credential.
 *
 * @since 0.1.0
 */
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
 * - `Conflict`: the configuration contains two kinds of authorization, or requires a header and has none;
 * - `Malformed`: a token or AWS key contains invalid characters;
 * - `TokenCommand`: the configured `tokenCommand` failed or did not print a token;
 * - `GivenToken`: the effect or function that a program gives for a token failed; `cause` is its error;
 * - `NoCredentials`: no source has a credential; `steps` lists them;
 * - `Profile`: the chosen or default AWS profile has no usable credentials;
 * - `Expired`: the session of `aws sso login` or `aws login` has expired;
 * - `Timeout`: the AWS credential chain took too long;
 * - `Chain`: the AWS SDK's credential providers could not be loaded.
 *
 * No field contains a secret or text from a file, except the name of a single invalid character, and `cause`, which is the program's own error.
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
    "GivenToken",
    "NoCredentials",
    "Profile",
    "Expired",
    "Timeout",
    "Chain"
  ),
  /** What failed, in full sentences. */
  message: Schema.String,
  /** The file that the failure is about. */
  path: Schema.optional(Schema.String),
  /** The position in that file; both start at 1. */
  line: Schema.optional(Schema.Number),
  column: Schema.optional(Schema.Number),
  /** The lock file that was not released or could not be created. */
  lock: Schema.optional(Schema.String),
  /** The source whose token cannot be used. */
  source: Schema.optional(Schema.Literal("environment", "stored", "configured", "command", "aws-chain", "given")),
  /** The configured header that conflicts with `options.auth`. */
  header: Schema.optional(Schema.String),
  /** The step of the AWS credential chain that failed or timed out. */
  step: Schema.optional(Schema.String),
  /** The AWS profile. Absent for the default profile, unless its `credential_process` timed out. */
  profile: Schema.optional(Schema.String),
  /** The command that renews the session, if it has expired. */
  renewal: Schema.optional(Schema.Literal("aws sso login", "aws login")),
  /** The places that were searched, in order, and their outcomes. */
  steps: Schema.optional(Schema.Array(Step)),
  /** The network failure that prevented the AWS SDK from getting credentials, or the error of the program's own effect. */
  cause: Schema.optional(Schema.Unknown)
}) {}
