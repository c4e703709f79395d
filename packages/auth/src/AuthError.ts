/**
 * What can go wrong with credentials.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * One step of the search for a credential, and what it said.
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
 * There is no usable credential, and why:
 *
 * - `CorruptStore`: `auth.json` is not what it should be; it is left as it is;
 * - `StoreIO`: `auth.json` cannot be read or written;
 * - `Locked`: another process kept `auth.json` locked for too long;
 * - `Conflict`: the configuration asks for two ways at once, or for one that it says nothing of;
 * - `Malformed`: what a source has is no token or AWS key that a request can carry;
 * - `TokenCommand`: the configured `tokenCommand` gives no token;
 * - `NoCredentials`: no source has a credential; `steps` says what each one said;
 * - `Profile`: an AWS profile that was asked for by name yields no credentials;
 * - `Expired`: a session of `aws sso login` or `aws login` has to be renewed by its user;
 * - `Timeout`: the AWS credential chain took too long;
 * - `Chain`: the AWS SDK's credential providers could not be loaded.
 *
 * `line` and `column` count from 1; `hint` says what to do next. No field ever holds a secret or text of a file, apart
 * from a single character that does not belong into it, by its name.
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
  message: Schema.String,
  hint: Schema.String,
  path: Schema.optional(Schema.String),
  line: Schema.optional(Schema.Number),
  column: Schema.optional(Schema.Number),
  steps: Schema.optional(Schema.Array(Step))
}) {}
