/** The program: which commands there are, and what a command line does. */
import * as Directories from "@altimate-code/config/Directories"
import * as LogFile from "@altimate-code/log/LogFile"
import * as Secrets from "@altimate-code/log/Secrets"
import * as CliConfig from "@effect/cli/CliConfig"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Argv from "./command-line/argv.ts"
import { action, aliased, type CommandTree, group, paragraphs } from "./command-line/commandTree.ts"
import * as Completions from "./command-line/completions.ts"
import { CliError } from "./command-line/failure/CliError.ts"
import * as Failure from "./command-line/failure/renderFailure.ts"
import * as Help from "./command-line/help.ts"
import { masked, Stdio, type StdoutClosed } from "./command-line/Stdio.ts"
import * as WorkingDirectory from "./command-line/workingDirectory.ts"
import * as Auth from "./commands/auth.ts"
import * as Config from "./commands/config.ts"
import { doctor } from "./commands/doctor/doctor.ts"
import * as Mcp from "./commands/mcp/mcp.ts"
import * as Models from "./commands/models.ts"
import * as Providers from "./commands/providers.ts"
import * as Run from "./commands/run/run.ts"
import * as Sandbox from "./commands/sandbox/sandbox.ts"
import { screen } from "./commands/screen/screen.ts"
import * as Session from "./commands/session/session.ts"
import { trust } from "./commands/trust.ts"
import type { Platform, Policies, Services } from "./Services.ts"
import { version } from "./Version.ts"
import { registerCredentials } from "./workspace/childEnvironment.ts"

type Tree = CommandTree<Services, Failure.Failure | StdoutClosed>

const section = group<Services, Failure.Failure | StdoutClosed>

/** The table of contents. */
export const commands: Tree = action(
  screen,
  [
    ["altimate-code run \"why does this fail?\" -f build.log", "one task, the answer on stdout"]
  ],
  [
    Run.run,
    section("session", "Look at the conversations so far, export and delete them.", [
      aliased(Session.list, "ls"),
      Session.show,
      Session.exportSession,
      aliased(Session.remove, "rm")
    ]),
    section("auth", "Store, remove and list credentials.", [Auth.login, Auth.logout, aliased(Auth.list, "ls")]),
    section("providers", "See which credential is used, and why.", [
      aliased(Providers.list, "ls"),
      Auth.login,
      Auth.logout
    ]),
    section("config", "See which settings apply, and where each comes from.", [
      Config.show,
      Config.path,
      Config.schema
    ]),
    section("mcp", "See which MCP servers work, and which tools they have.", [aliased(Mcp.list, "ls")]),
    Models.models,
    doctor,
    trust,
    Sandbox.sandbox
  ],
  { "--print": "run" }
)

/** Runs a command line; answers with the exit code. Everything that goes wrong has been said on stderr by then. */
export const run = (args: ReadonlyArray<string>): Effect.Effect<number, never, Platform | Policies> =>
  Either.match(Argv.parse(args, commands), {
    onLeft: (error) => report(error),
    onRight: (argv) => {
      const { globals, path, rest } = argv
      if (globals.version) return print(`${version}\n`)
      if (Option.isSome(globals.completions)) {
        return print(Completions.render(commands, globals.completions.value))
      }
      return Effect.matchEffect(WorkingDirectory.enter(argv), {
        onFailure: report,
        onSuccess: () => globals.help || !path.at(-1)!.acts ? print(Help.render(path)) : execute(path, rest, globals)
      })
    }
  })

const report = (failure: Failure.Failure) =>
  Effect.as(complain((colors) => Failure.render(failure, { colors })), Failure.exitCode(failure))

const complain = (block: (colors: boolean) => string) =>
  Effect.flatMap(Stdio, ({ colors, writeError }) => writeError(block(colors)))

const print = (text: string) =>
  Stdio.pipe(
    Effect.flatMap(({ write }) => write(text)),
    Effect.as(Failure.exitCodes.success),
    Effect.catchTags({ StdoutClosed: () => Effect.succeed(Failure.exitCodes.success), CliError: report })
  )

/** With the log file open: parses what is the command's own, and runs its handler. */
const execute = (path: ReadonlyArray<Tree>, rest: ReadonlyArray<string>, globals: Argv.Globals) =>
  Effect.gen(function*() {
    const commandLine = path.map(({ name }) => name).join(" ")
    const { path: logPath } = yield* LogFile.LogFile
    yield* registerCredentials
    yield* Effect.logInfo(`${commandLine} (version ${version}, Node ${process.version})`).pipe(
      Effect.annotateLogs("service", "cli")
    )
    return yield* handle(path.at(-1)!, commandLine, rest).pipe(
      Effect.as(Failure.exitCodes.success as number),
      Effect.catchTag("StdoutClosed", () => Effect.succeed(Failure.exitCodes.success)),
      Effect.catchAll((failure) => {
        const exitCode = Failure.exitCode(failure)
        const more = failure._tag === "AuthError" || exitCode === Failure.exitCodes.requestFailed
          ? logPath
          : Option.none()
        return log(failure).pipe(
          Effect.zipRight(complain((colors) => Failure.render(failure, { colors, logPath: more }))),
          Effect.as(exitCode)
        )
      }),
      Effect.catchAllDefect((defect) =>
        Effect.logError("unexpected failure", Cause.die(defect)).pipe(
          Effect.annotateLogs("service", "cli"),
          Effect.zipRight(complain((colors) =>
            Failure.render(
              {
                message: `This is a bug in altimate-code: ${defect instanceof Error ? defect.message : String(defect)}`,
                hint: "Please report it, with the last lines of the log."
              },
              { colors, logPath }
            )
          )),
          Effect.as(Failure.exitCodes.requestFailed)
        )
      )
    )
  }).pipe(
    Effect.provide(
      Layer.unwrapEffect(Effect.gen(function*() {
        const { data } = yield* Directories.Directories
        const path = yield* Path.Path
        const { writeError } = yield* Stdio
        return LogFile.layer({
          ...(data.startsWith(Directories.noHome) ? {} : { directory: path.join(data, "log") }),
          level: globals.logLevel,
          printLogs: globals.printLogs,
          writeError
        })
      }))
    ),
    Effect.provide(masked),
    Effect.provide(Layer.merge(Directories.layer, Secrets.layer)),
    Effect.catchTag("ConfigError", (error) => report(error))
  )

/** A failed request has been logged where it failed, with more than is known here. */
const log = (failure: Failure.Failure) =>
  failure._tag === "BedrockError" ? Effect.void : Effect.logError("failed").pipe(
    Effect.annotateLogs({ service: "cli", error: failure.message, type: failure._tag, reason: failure.reason })
  )

const handle = (node: Tree, commandLine: string, rest: ReadonlyArray<string>) =>
  CommandDescriptor.parse(node.command.descriptor, [node.name, ...rest], CliConfig.make({ finalCheckBuiltIn: false }))
    .pipe(
      Effect.mapError(({ error }) =>
        new CliError({
          reason: "Usage",
          message: `${commandLine}: ${paragraphs(error).join(" ")}`,
          hint: `${commandLine} --help shows what it accepts.`
        })
      ),
      Effect.flatMap((directive) =>
        directive._tag === "UserDefined" && directive.leftover.length === 0
          ? node.command.transform(node.command.handler(directive.value), directive.value)
          : new CliError({
            reason: "Usage",
            message: `${commandLine}: too many arguments.`,
            hint: `${commandLine} --help shows what it accepts.`
          })
      )
    )
