import * as Schema from "effect/Schema"

/** The command line is wrong: exit code 2, nothing done. */
export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", {
  /** What is wrong, in one sentence. */
  message: Schema.String,
  /** What to type instead. */
  hint: Schema.String
}) {}
