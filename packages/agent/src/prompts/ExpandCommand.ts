/**
 * Makes the prompt of a custom command.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Locate, makeLocate } from "../internal/files/paths.ts"
import { commandAction } from "../internal/shell/commandAction.ts"
import { makePermissions } from "../internal/turn/permissions.ts"
import type { Session } from "../session/Session.ts"
import * as Shell from "../Shell.ts"
import * as CommandTemplate from "./CommandTemplate.ts"
import type { CustomCommand } from "./CustomCommands.ts"

/**
 * A command line of the command was not permitted or could not be run. Nothing was sent.
 *
 * @since 0.1.0
 * @category errors
 */
export class ExpandError extends Schema.TaggedError<ExpandError>("@altimate-code/agent/ExpandError")("ExpandError", {
  /** `Unsafe`: an argument could become a command. */
  reason: Schema.Literal("Unsafe", "NotPermitted", "NotRun"),
  message: Schema.String
}) {}

/**
 * A prompt, and the part of it that no command line has written.
 *
 * @since 0.1.0
 * @category models
 */
export interface Expanded {
  readonly prompt: string
  /** The text of the template with the arguments: the output of a command line is left out, since it may come from anybody. */
  readonly written: string
}

const timeout = "2 minutes"

/**
 * Inserts the arguments, then runs the command lines in order, each if the permission rules or the user allow it as a call of `bash`, and inserts
 * their output. `confirm` decides whether the command may run anything at all; it is not run for a command with a line that is denied anyway.
 *
 * @since 0.1.0
 * @category constructors
 */
export const expand = Effect.fn("ExpandCommand.expand")(
  function*<E = never, R = never>(
    command: CustomCommand,
    given: CommandTemplate.Arguments,
    session: Session,
    confirm: Effect.Effect<void, E, R> = Effect.void
  ) {
    const failed = (reason: ExpandError["reason"], line: string, why: string) =>
      new ExpandError({ reason, message: `/${command.name} was not sent: its command ${JSON.stringify(line)} ${why}` })
    const unsafe = CommandTemplate.findUnsafe(command.segments)
    if (unsafe !== undefined) {
      return yield* failed(
        "Unsafe",
        unsafe,
        "contains an argument and $(…), ${…}, <(…), ((…)), $'…' or <<, so the argument could become a command."
      )
    }
    const segments = CommandTemplate.insert(command.segments, given)
    // Separate lines, so that the text around a command line does not become one mention.
    const written = segments.map(({ text, type }) => type === "text" ? text : "\n").join("")
    if (segments.every(({ type }) => type === "text")) return { prompt: written, written } satisfies Expanded
    const { permit, refuseDenied } = yield* makePermissions(session)
    const notPermitted = (line: string) => ({ message }: { readonly message: string }) =>
      failed("NotPermitted", line, `may not run. ${message}`)
    const actionOf = (line: string) => Effect.provideServiceEffect(commandAction(line), Locate, makeLocate)
    for (const { text, type } of segments) {
      if (type === "shell") {
        yield* Effect.mapError(Effect.flatMap(actionOf(text), refuseDenied), notPermitted(text))
      }
    }
    yield* confirm
    const texts = yield* Effect.forEach(
      segments,
      ({ text, type }, index) =>
        type === "text" ? Effect.succeed(text) : Effect.gen(function*() {
          const action = yield* actionOf(text)
          yield* Effect.mapError(
            permit({ id: `${command.name}-${index}`, name: "bash" }, action),
            notPermitted(text)
          )
          const { ending, ok, output } = yield* Effect.mapError(
            Shell.run({ command: text, timeout }),
            ({ message }) => failed("NotRun", text, `could not be run: ${message}`)
          )
          const shown = output.trim() === "" ? "(no output)" : output.trimEnd()
          return ok ? shown : `${shown}\n(${ending})`
        })
    )
    return { prompt: texts.join(""), written } satisfies Expanded
  }
)
