/**
 * Errors in the configuration.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The configuration cannot be used:
 *
 * - `Conflict`: two files exist where only one is read;
 * - `Misplaced`: the gateway's URL is in a place where it has no effect, so requests would go to AWS;
 * - `Read`: a file exists, or was named by the user, and cannot be read;
 * - `Write`: a change cannot be written;
 * - `Syntax`: the text is not JSON with comments;
 * - `Type`: a known setting has a value of the wrong type;
 * - `Substitution`: an `{env:…}` or `{file:…}` cannot be replaced with its value;
 * - `Value`: a setting has the right type but an invalid value.
 *
 * `message` begins with the position if it is known (`path:line:column: `); `line` and `column` count from 1. `hint` says what to do.
 * No field contains a setting's value or text from a file, except that the hint of `Misplaced` shows the lines to write, with secrets as
 * `<redacted>`.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigError extends Schema.TaggedError<ConfigError>("@altimate-code/config/ConfigError")("ConfigError", {
  reason: Schema.Literal("Conflict", "Misplaced", "Read", "Write", "Syntax", "Type", "Substitution", "Value"),
  message: Schema.String,
  path: Schema.optional(Schema.String),
  line: Schema.optional(Schema.Number),
  column: Schema.optional(Schema.Number),
  expected: Schema.optional(Schema.String),
  found: Schema.optional(Schema.String),
  hint: Schema.String
}) {}
