/**
 * What can be wrong with the configuration.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The configuration cannot be used, and why:
 *
 * - `Conflict`: two files are in one place, where only one is read;
 * - `Misplaced`: the gateway's URL is in a place that is not read, so that requests would go to AWS itself;
 * - `Read`: a file is there, or was asked for, and cannot be read;
 * - `Write`: a change cannot be written;
 * - `Syntax`: the text is not JSON with comments;
 * - `Type`: a known setting has a value of another type;
 * - `Substitution`: an `{env:…}` or `{file:…}` cannot be filled in;
 * - `Value`: a setting has the right type and an unusable value.
 *
 * `message` begins with the place, as far as it is known (`path:line:column: `); `line` and `column` count from 1;
 * `hint` says what to do next. No field ever holds a setting's value or text of a file, except that the hint of `Misplaced` shows the
 * lines to write, with secrets as `<redacted>`.
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
