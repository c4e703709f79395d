/** Errors of the command itself. */
import { GuardrailReport } from "@altimate-code/provider/GuardrailReport"
import * as Schema from "effect/Schema"

/**
 * - `Usage`: the command line is wrong, or can't be carried out with these settings
 * - `Attachment`: a file can't be attached
 * - `Stdin`: the piped input can't be used
 * - `Stdout`: the output can't be written, for example because the disk is full
 * - `Answer`: the model's answer can't be parsed, or there is none
 * - `Steps`: the turn reached its step limit
 * - `NotAllowed`: tool calls were not run, because there was no terminal to ask for permission
 * - `Mcp`: an MCP server is not connected
 * - `Installation`: a part of the program is missing
 */
export class CliError extends Schema.TaggedError<CliError>("@altimate-code/cli/CliError")("CliError", {
  reason: Schema.Literal(
    "Usage",
    "Attachment",
    "Stdin",
    "Stdout",
    "Answer",
    "Steps",
    "NotAllowed",
    "Mcp",
    "Installation"
  ),
  /** What is wrong, in one sentence. */
  message: Schema.String,
  /** What to do instead. */
  hint: Schema.String,
  /** Bedrock's stop reason, if the model did not answer. */
  stopReason: Schema.optionalWith(Schema.String, { exact: true }),
  /** What a guardrail did, if one stopped the answer. */
  guardrail: Schema.optionalWith(GuardrailReport, { exact: true })
}) {}
