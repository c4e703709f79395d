/**
 * Why a sandbox could not be started.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The sandbox could not be started: `PortInUse` when another program has the port, `Listen` for anything else that
 * the operating system says. `hint` is what a person can do.
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
