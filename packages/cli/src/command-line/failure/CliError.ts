/** What can go wrong in the command itself. */
import * as Schema from "effect/Schema"

/**
 * - `Usage`: the command line, or what it asks for, is wrong
 * - `Attachment`: a file can't be attached
 * - `Stdin`: what was piped in can't be used
 * - `Stdout`: what is to be written can't be, for example because the disk is full
 * - `Answer`: the model's answer can't be understood, or there is no answer
 * - `Steps`: the turn took as many steps as it may
 * - `Mcp`: an MCP server is not connected
 * - `Installation`: a part of the program is missing
 */
export class CliError extends Schema.TaggedError<CliError>("@altimate-code/cli/CliError")("CliError", {
  reason: Schema.Literal("Usage", "Attachment", "Stdin", "Stdout", "Answer", "Steps", "Mcp", "Installation"),
  /** What is wrong, in one sentence. */
  message: Schema.String,
  /** What to do instead. */
  hint: Schema.String,
  /** Bedrock's stop reason, if the model did not answer. */
  stopReason: Schema.optionalWith(Schema.String, { exact: true })
}) {}
