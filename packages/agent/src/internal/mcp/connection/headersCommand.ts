/** Runs the command that prints the headers for a remote server, for credentials that expire. */
import * as CommandOutput from "@altimate-code/system/CommandOutput"
import * as Cut from "@altimate-code/system/Cut"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberSet from "effect/FiberSet"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { RemoteServer } from "../../../mcp/McpConfig.ts"
import type { McpHost } from "../../../mcp/McpHost.ts"
import { Workspace } from "../../../Workspace.ts"
import { describe, printable } from "../describe.ts"
import { StartError } from "../mcpError.ts"

interface Options {
  readonly host: McpHost
  /** In milliseconds. */
  readonly timeout: number
}

type HeaderValues = Readonly<Record<string, string>>

const line = /^([^\s:]+):[ \t]*(.*)$/

const expected = "it must print a JSON object of strings, or lines such as \"Authorization: Bearer …\""

/** The errors never quote the output, which may be a secret. */
const parseHeaders = (output: string): Either.Either<HeaderValues, string> => {
  const text = output.trim()
  if (text === "") return Either.left(`it printed nothing; ${expected}`)
  if (text.startsWith("{")) {
    const read = Either.getOrUndefined(Either.try((): unknown => JSON.parse(text)))
    return Predicate.isRecord(read) && Object.values(read).every(Predicate.isString)
      ? Either.right(read as HeaderValues)
      : Either.left(expected)
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "").map((text) => line.exec(text))
  return lines.every((match) => match !== null)
    ? Either.right(Object.fromEntries(lines.map(([, name, value]) => [name!, value!.trim()])))
    : Either.left(expected)
}

/** Parses the output of a command for one header. */
const parseValue = (name: string) => (output: string): Either.Either<HeaderValues, string> =>
  output.trim() === "" ? Either.left(`it printed nothing for ${name}`) : Either.right({ [name]: output.trim() })

const isValid = (headers: HeaderValues): boolean => Either.isRight(Either.try(() => new Headers(headers)))

/** Runs the command, or the command of each header. */
const runCommands = (
  { headersCommand, url }: RemoteServer,
  name: string,
  { host: { headersCommandEnvironment, registerHeader }, timeout }: Options
): Effect.Effect<HeaderValues, StartError, Workspace> =>
  Effect.gen(function*() {
    const { commandEnvironment, makeMasker } = yield* Workspace
    const mask = (text: string) => {
      const { end, next } = makeMasker()
      return next(text) + end()
    }
    // Passed as variables, because the shell would interpret special characters of a name or a URL in the command line.
    const environment = { ...commandEnvironment, ...headersCommandEnvironment?.({ name, url }) }
    const run = (command: CommandOutput.Command, parse: (output: string) => Either.Either<HeaderValues, string>) =>
      CommandOutput.run(command, {
        outputName: "header",
        environment,
        timeLimit: Duration.millis(timeout),
        onStderrLine: () => Effect.void,
        repeatedLines: 3
      }).pipe(
        Effect.flatMap((bytes) => parse(new TextDecoder().decode(bytes))),
        Effect.filterOrFail(isValid, () => "it printed a header name or value that is not valid in HTTP"),
        Effect.mapError((error) =>
          new StartError({
            reason: "HeadersCommand",
            message: printable(`its headersCommand failed: ${Cut.shorten(mask(describe(error)), 450)}`)
          })
        )
      )
    const commands = headersCommand === undefined
      ? []
      : Predicate.isString(headersCommand) || isArgumentList(headersCommand)
      ? [run(headersCommand, parseHeaders)]
      : Object.entries(headersCommand).map(([name, command]) => run(command, parseValue(name)))
    const headers: HeaderValues = Object.assign({}, ...yield* Effect.all(commands, { concurrency: "unbounded" }))
    for (const [name, value] of Object.entries(headers)) yield* registerHeader?.(name, value) ?? Effect.void
    return headers
  })

const isArgumentList = (command: NonNullable<RemoteServer["headersCommand"]>): command is ReadonlyArray<string> =>
  Array.isArray(command)

/**
 * Makes a `fetch` that sends the headers that the command prints, which override other headers with the same names. The command runs
 * before the connection is opened, and again after a 401 response; that request is then retried with the new headers.
 */
export const withHeaders = (
  server: RemoteServer,
  name: string,
  options: Options
): Effect.Effect<McpHost["fetch"], StartError, Scope.Scope | Workspace> =>
  Effect.gen(function*() {
    const run = runCommands(server, name, options)
    const runPromise = yield* FiberSet.makeRuntimePromise<Workspace>()
    let current = yield* run
    let renewing: Promise<void> | undefined
    const renew = () =>
      renewing ??= runPromise(Effect.either(run)).then((renewed) => {
        renewing = undefined
        if (Either.isLeft(renewed)) throw renewed.left
        current = renewed.right
      })
    const send: McpHost["fetch"] = (url, init) => {
      const headers = new Headers(init?.headers)
      for (const [name, value] of Object.entries(current)) headers.set(name, value)
      return options.host.fetch(url, { ...init, headers })
    }
    return async (url, init) => {
      const used = current
      const response = await send(url, init)
      if (response.status !== 401) return response
      await response.body?.cancel()
      // A concurrent request may have renewed them already.
      if (used === current) await renew()
      return send(url, init)
    }
  })
