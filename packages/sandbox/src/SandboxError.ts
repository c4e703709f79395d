/**
 * Errors of starting a sandbox.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The sandbox could not be started: `PortInUse` if another program uses the port, `Listen` for any other error of the operating system. `hint` says
 * what the user can do.
 *
 * @since 0.1.0
 * @category errors
 */
export class SandboxError extends Schema.TaggedError<SandboxError>("@altimate-code/sandbox/SandboxError")(
  "SandboxError",
  {
    reason: Schema.Literal("PortInUse", "Listen"),
    message: Schema.String,
    hint: Schema.String
  }
) {}
