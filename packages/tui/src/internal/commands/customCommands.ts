import { Approver } from "@altimate-code/agent/permission/Approver"
import { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import * as CommandTemplate from "@altimate-code/agent/prompts/CommandTemplate"
import * as Commands from "@altimate-code/agent/prompts/CustomCommands"
import * as ExpandCommand from "@altimate-code/agent/prompts/ExpandCommand"
import type { Workspace } from "@altimate-code/agent/Workspace"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Host, HostError } from "../../Host.ts"
import { labelOfMode } from "../../Keybinds.ts"
import { CurrentSession } from "../actions/currentSession.ts"
import { Display } from "../actions/display.ts"
import { reservedNames } from "../input/slashCommands.ts"

/** A custom command as the user typed it. */
export interface TypedCommand {
  /** Without the slash. */
  readonly name: string
  readonly args: string
}

/** The prompt of a command, and the text whose mentions of files are the user's own. */
export interface CommandPrompt {
  readonly prompt: string
  readonly own: string
}

/** Lists the custom commands in the menu, and makes their prompts. */
export const make = (approver: Approver["Type"]) =>
  Effect.gen(function*() {
    const { customCommands, keybinds } = yield* Host
    const { mode } = yield* PermissionPolicy
    const current = yield* CurrentSession
    const { send, showWarning } = yield* Display
    const context = yield* Effect.context<PermissionPolicy | FileSystem.FileSystem | Path.Path | Workspace>()

    const hintInPlanMode = Effect.map(
      mode === undefined ? Effect.succeed("ask") : SubscriptionRef.get(mode),
      (mode) => {
        const key = labelOfMode(keybinds)
        return mode !== "plan" ? "" : key === undefined ? "/mode ask leaves plan mode." : `${key}: leave plan mode`
      }
    )

    /** Finds the files again: they may have changed since the menu was made. */
    const find = customCommands.find(reservedNames).pipe(
      Effect.tap(({ commands }) =>
        send({
          type: "commands",
          commands: commands.map(({ argumentHint, description, name }) => ({
            name: `/${name}`,
            description: argumentHint === "" ? description : `${argumentHint}  ${description}`
          }))
        })
      )
    )

    const askForTrust = Effect.fn("CustomCommands.askForTrust")(function*(command: Commands.CustomCommand) {
      const lines = Commands.commandLines(command).join("\n")
      const answer = yield* approver.ask({
        id: `trust-${command.path}`,
        tool: "project command",
        action: { parts: [], title: `/${command.name}`, preview: { type: "command", text: lines } },
        patterns: [],
        because: `${command.path} comes with this project and runs commands`
      })
      if (answer._tag === "No") {
        return yield* new HostError({ message: `/${command.name} was not sent, because it is not trusted.`, hint: "" })
      }
      yield* customCommands.trust(command)
    })

    return {
      /** Shows the commands in the menu, and what is left out. */
      list: Effect.flatMap(find, ({ notices }) => Effect.forEach(notices, showWarning, { discard: true })),
      reload: Effect.asVoid(find),
      /** Answers with `command-found`. */
      findTyped: (text: string) =>
        Effect.gen(function*() {
          const fs = yield* FileSystem.FileSystem
          yield* find
          const [word = ""] = text.split(/\s/)
          const isPath = yield* Effect.orElseSucceed(fs.exists(word), () => false)
          yield* send({ type: "command-found", text, isPath })
        }).pipe(Effect.provide(context)),
      /** May ask for trust in a project's command, and for permission for its command lines. */
      makePrompt: ({ args, name }: TypedCommand) =>
        Effect.gen(function*() {
          const { commands } = yield* find
          const command = commands.find((command) => command.name === name)
          if (command === undefined) {
            return yield* new HostError({ message: `The file of /${name} can no longer be used.`, hint: "" })
          }
          const isUntrusted = yield* customCommands.isUntrusted(command)
          yield* Effect.forEach(customCommands.describeIgnored(command), showWarning, { discard: true })
          const { prompt, written } = yield* ExpandCommand.expand(
            command,
            CommandTemplate.parseArguments(args),
            yield* current.get,
            isUntrusted ? askForTrust(command) : Effect.void
          )
          // A project's file must not let the model read what the user has not named. An argument may be only in a command line.
          const own = command.source.root === undefined ? `${written}\n${args}` : args
          return { prompt, own } satisfies CommandPrompt
        }).pipe(
          Effect.catchTag("ExpandError", ({ message, reason }) =>
            Effect.flatMap(
              reason === "NotPermitted" ? hintInPlanMode : Effect.succeed(""),
              (hint) => new HostError({ message, hint })
            )),
          Effect.provideService(Approver, approver),
          Effect.provide(context)
        )
    }
  })
