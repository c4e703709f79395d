/** Headers that a command prints, for a remote server whose credential does not last. */
import * as CommandOutput from "@altimate-code/system/CommandOutput"
import * as Cut from "@altimate-code/system/Cut"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberSet from "effect/FiberSet"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { McpServer, Options } from "../../../McpServers.ts"
import { Workspace } from "../../../Workspace.ts"

type Remote = Extract<McpServer, { type: "remote" }>

type Printed = Readonly<Record<string, string>>

const line = /^([^\s:]+):[ \t]*(.*)$/

const expected = "it has to print a JSON object of texts, or lines such as \"Authorization: Bearer …\""

/** Repeats nothing of what was printed. */
const parse = (output: string): Either.Either<Printed, string> => {
  const text = output.trim()
  if (text === "") return Either.left(`it printed nothing; ${expected}`)
  if (text.startsWith("{")) {
    const read = Either.getOrUndefined(Either.try((): unknown => JSON.parse(text)))
    return Predicate.isRecord(read) && Object.values(read).every(Predicate.isString)
      ? Either.right(read as Printed)
      : Either.left(expected)
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "").map((text) => line.exec(text))
  return lines.every((match) => match !== null)
    ? Either.right(Object.fromEntries(lines.map(([, name, value]) => [name!, value!.trim()])))
    : Either.left(expected)
}

/** One header's value. */
const parseValue = (name: string) => (output: string): Either.Either<Printed, string> =>
  output.trim() === "" ? Either.left(`for ${name} it printed nothing`) : Either.right({ [name]: output.trim() })

const isValid = (headers: Printed): boolean => Either.isRight(Either.try(() => new Headers(headers)))

/** Runs the command, or that of each header. Fails with why there are no headers. */
const printed = (
  { headersCommand, url }: Remote,
  name: string,
  { register, timeout }: { readonly register: Options["registerHeader"]; readonly timeout: number }
): Effect.Effect<Printed, string, Workspace> =>
  Effect.gen(function*() {
    const { commandEnvironment, makeMasker } = yield* Workspace
    const masked = (text: string) => {
      const { end, next } = makeMasker()
      return next(text) + end()
    }
    // By variables: a name or a URL in the text of a command could be read as a part of it. The other names are those of helpers that exist.
    const server = { MCP_SERVER_NAME: name, MCP_SERVER_URL: url }
    const environment = {
      ...commandEnvironment,
      ...Object.fromEntries(
        Object.entries(server).flatMap(([name, value]) => [
          [`ALTIMATE_CODE_${name}`, value],
          [`CLAUDE_CODE_${name}`, value]
        ])
      )
    }
    const run = (command: CommandOutput.Command, parse: (output: string) => Either.Either<Printed, string>) =>
      CommandOutput.run(command, {
        what: "header",
        environment,
        timeLimit: Duration.millis(timeout),
        say: () => Effect.void,
        repeatedLines: 3
      }).pipe(
        Effect.flatMap((bytes) => parse(new TextDecoder().decode(bytes))),
        Effect.filterOrFail(isValid, () => "it printed a name or a value that is not valid in an HTTP header"),
        Effect.mapError((why) => `its headersCommand failed: ${Cut.shorten(masked(why), 450)}`)
      )
    const commands = headersCommand === undefined
      ? []
      : Predicate.isString(headersCommand) || isWords(headersCommand)
      ? [run(headersCommand, parse)]
      : Object.entries(headersCommand).map(([name, command]) => run(command, parseValue(name)))
    const headers: Printed = Object.assign({}, ...yield* Effect.all(commands, { concurrency: "unbounded" }))
    for (const [name, value] of Object.entries(headers)) yield* register?.(name, value) ?? Effect.void
    return headers
  })

const isWords = (command: NonNullable<Remote["headersCommand"]>): command is ReadonlyArray<string> =>
  Array.isArray(command)

/**
 * The same `fetch` with the headers that the command prints, which win over others of these names. It is run before a connection is opened,
 * and once more when a request is answered with 401: that request was refused, so it is sent again with the new headers.
 */
export const withHeaders = (
  server: Remote,
  name: string,
  { options: { fetch, registerHeader: register }, timeout }: {
    readonly options: Pick<Options, "fetch" | "registerHeader">
    readonly timeout: number
  }
): Effect.Effect<Options["fetch"], string, Scope.Scope | Workspace> =>
  Effect.gen(function*() {
    const run = printed(server, name, { register, timeout })
    const runPromise = yield* FiberSet.makeRuntimePromise<Workspace>()
    let current = yield* run
    let renewing: Promise<void> | undefined
    const renew = () =>
      renewing ??= runPromise(Effect.either(run)).then((renewed) => {
        renewing = undefined
        if (Either.isLeft(renewed)) throw new Error(renewed.left)
        current = renewed.right
      })
    const send: Options["fetch"] = (url, init) => {
      const headers = new Headers(init?.headers)
      for (const [name, value] of Object.entries(current)) headers.set(name, value)
      return fetch(url, { ...init, headers })
    }
    return async (url, init) => {
      const used = current
      const response = await send(url, init)
      if (response.status !== 401) return response
      await response.body?.cancel()
      // Another request may have had them renewed by now.
      if (used === current) await renew()
      return send(url, init)
    }
  })
