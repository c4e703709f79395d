/** The commands of the program, and how a command line runs one of them. */
import * as Directories from "@altimate-code/config/Directories"
import * as PipedFiles from "@altimate-code/config/PipedFiles"
import * as LogFile from "@altimate-code/log/LogFile"
import * as Secrets from "@altimate-code/log/Secrets"
import { DecisionLevel } from "@altimate-code/system/logging/DecisionLevel"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Argv from "./command-line/argv.ts"
import { type CommandTree, group, nameOf, withAliases } from "./command-line/commandTree.ts"
import * as Completions from "./command-line/completions.ts"
import * as Failure from "./command-line/failure/renderFailure.ts"
import { globalOptions, type Globals } from "./command-line/globalOptions.ts"
import * as Help from "./command-line/help.ts"
import { decode } from "./command-line/parameter.ts"
import { masked, Stdio, type StdoutClosed } from "./command-line/Stdio.ts"
import * as WorkingDirectory from "./command-line/workingDirectory.ts"
import * as Auth from "./commands/auth.ts"
import * as Config from "./commands/config.ts"
import { doctor } from "./commands/doctor/doctor.ts"
import * as Mcp from "./commands/mcp/mcp.ts"
import * as Models from "./commands/models/models.ts"
import * as Providers from "./commands/providers.ts"
import * as Run from "./commands/run/run.ts"
import * as Sandbox from "./commands/sandbox/sandbox.ts"
import { screen } from "./commands/screen/screen.ts"
import * as Session from "./commands/session/session.ts"
import { trust } from "./commands/trust.ts"
import { usage } from "./commands/usage/usage.ts"
import type { Platform, Policies, Services } from "./Services.ts"
import { version } from "./Version.ts"
import { registerCredentials } from "./workspace/childEnvironment.ts"

type Tree = CommandTree<Services, Failure.Failure | StdoutClosed>

const section = group<Services, Failure.Failure | StdoutClosed>

/** All commands. */
export const commands: Tree = {
  ...screen,
  shortcuts: { "--print": "run" },
  children: [
    Run.run,
    section("session", "List, show, export, fork, rename and delete sessions.", [
      withAliases(Session.list, "ls"),
      Session.show,
      Session.exportSession,
      withAliases(Session.fork, "cp"),
      withAliases(Session.rename, "mv"),
      withAliases(Session.remove, "rm")
    ]),
    usage,
    section("auth", "Store, remove and list credentials.", [Auth.login, Auth.logout, withAliases(Auth.list, "ls")]),
    section("providers", "Show which credential is used, and why.", [
      withAliases(Providers.list, "ls"),
      Auth.login,
      Auth.logout
    ]),
    section("config", "Show which settings apply, and where each comes from.", [
      Config.show,
      Config.path,
      Config.schema
    ]),
    section("mcp", "Check the MCP servers and list their tools.", [withAliases(Mcp.list, "ls")]),
    { ...Models.models, children: [Models.resolve] },
    doctor,
    trust,
    Sandbox.sandbox
  ]
}

/** Runs a command line and returns the exit code. Reports every failure on stderr. */
export const run = (args: ReadonlyArray<string>): Effect.Effect<number, never, Platform | Policies> =>
  Effect.gen(function*() {
    const argv = yield* Argv.parse(args, commands)
    const globals = yield* decode(globalOptions, { ...argv, words: [] }, nameOf(argv.path))
    if (globals.version) return yield* print(`${version}\n`)
    if (Option.isSome(globals.completions)) return yield* print(Completions.render(commands, globals.completions.value))
    yield* WorkingDirectory.enter(argv, globals)
    const command = argv.path.at(-1)!.run
    return command === undefined || globals.help
      ? yield* print(Help.render(argv.path))
      : yield* execute(command(argv, nameOf(argv.path)), nameOf(argv.path), globals)
  }).pipe(Effect.catchAll(report))

const report = (failure: Failure.Failure) =>
  Effect.as(writeFailure((colors) => Failure.render(failure, { colors })), Failure.exitCode(failure))

const writeFailure = (block: (colors: boolean) => string) =>
  Effect.flatMap(Stdio, ({ colors, writeError }) => writeError(block(colors)))

const print = (text: string) =>
  Stdio.pipe(
    Effect.flatMap(({ write }) => write(text)),
    Effect.as(Failure.exitCodes.success),
    Effect.catchTags({ StdoutClosed: () => Effect.succeed(Failure.exitCodes.success), CliError: report })
  )

/** Runs a command while the log file is open. */
const execute = (
  command: Effect.Effect<void, Failure.Failure | StdoutClosed, Services>,
  name: string,
  globals: Globals
) =>
  Effect.gen(function*() {
    const { path: logPath } = yield* LogFile.LogFile
    yield* registerCredentials
    yield* Effect.logInfo(`${name} (version ${version}, Node ${process.version})`).pipe(
      Effect.annotateLogs("service", "cli")
    )
    return yield* command.pipe(
      Effect.as(Failure.exitCodes.success as number),
      Effect.catchTag("StdoutClosed", () => Effect.succeed(Failure.exitCodes.success)),
      Effect.catchAll((failure) => {
        const exitCode = Failure.exitCode(failure)
        const more = failure._tag === "AuthError" || exitCode === Failure.exitCodes.requestFailed
          ? logPath
          : Option.none()
        return log(failure).pipe(
          Effect.zipRight(writeFailure((colors) => Failure.render(failure, { colors, logPath: more }))),
          Effect.as(exitCode)
        )
      }),
      Effect.catchAllDefect((defect) =>
        Effect.logError("unexpected failure", Cause.die(defect)).pipe(
          Effect.annotateLogs("service", "cli"),
          Effect.zipRight(writeFailure((colors) =>
            Failure.render(
              {
                message: `This is a bug in altimate-code: ${defect instanceof Error ? defect.message : String(defect)}`,
                hint: "Please report it with the last lines of the log."
              },
              { colors, logPath }
            )
          )),
          Effect.as(Failure.exitCodes.requestFailed)
        )
      )
    )
  }).pipe(
    withServices(globals),
    Effect.catchTag("ConfigError", (error) => report(error))
  )

/** Provides the services of a command, and opens the log file. Not combined from layers, because that takes many more operations. */
const withServices = ({ logLevel, printLogs }: Globals) =>
<E, R>(
  self: Effect.Effect<number, E, R>
) =>
  Effect.gen(function*() {
    const directories = yield* Directories.make
    const secrets = Secrets.make()
    const stdio = masked(yield* Stdio, secrets)
    const { data } = directories
    const log = LogFile.layer({
      ...(data.startsWith(Directories.noHome) ? {} : { directory: (yield* Path.Path).join(data, "log") }),
      level: logLevel,
      printLogs,
      writeError: stdio.writeError
    })
    return yield* self.pipe(
      Effect.provide(log),
      Effect.provide(
        Context.make(Directories.Directories, directories).pipe(
          Context.add(Secrets.Secrets, secrets),
          Context.add(PipedFiles.PipedFiles, { texts: new Map() }),
          Context.add(Stdio, stdio),
          // The users of the command look for these lines.
          Context.add(DecisionLevel, LogLevel.Info)
        )
      )
    )
  })

/** Logs a failure, except a failed request, which has been logged with more detail where it failed. */
const log = (failure: Failure.Failure) =>
  failure._tag === "RequestError" ? Effect.void : Effect.logError("failed").pipe(
    Effect.annotateLogs({ service: "cli", error: failure.message, type: failure._tag, reason: failure.reason })
  )
