/** The screen in a real terminal, with a gateway that plays a script. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as Effect from "effect/Effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open, type Options } from "../Terminal.ts"

export const token = { AWS_BEARER_TOKEN_BEDROCK: "screen-token" }

export const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

export const says = (...text: ReadonlyArray<string>) => ({ type: "text", text }) as const

/** Starts the screen and waits until it is ready. */
export const start = (options: {
  readonly script?: Script
  /** More options of the sandbox. */
  readonly sandbox?: Sandbox.Options
  /** Options of the provider. */
  readonly options?: Record<string, unknown>
  readonly config?: Record<string, unknown>
  readonly args?: ReadonlyArray<string>
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
  /** Work in a project directory: in the home directory, reading any file needs permission. */
  readonly inProject?: true
}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({
      ...options.sandbox,
      ...(options.script === undefined ? {} : { script: options.script })
    })
    const home = yield* makeHome
    const project = join(home.home, "project")
    mkdirSync(project)
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url, options.options), ...options.config })
    const launch = (
      args: ReadonlyArray<string> = options.args ?? [],
      other: Pick<Options, "program" | "env" | "cwd"> = {}
    ) =>
      open(args, {
        home: home.home,
        ...(options.inProject ? { cwd: project } : {}),
        ...other,
        // CI is set where these tests run, and must not matter.
        env: { CI: "true", ...token, ...options.env, ...other.env },
        ...(options.columns === undefined ? {} : { columns: options.columns }),
        ...(options.rows === undefined ? {} : { rows: options.rows })
      })
    const terminal = yield* launch()
    yield* terminal.see(/Amazon Bedrock[^]*ready/)
    return { sandbox, home, project, terminal, launch }
  })

/** Types and sends a prompt. */
export const ask = (terminal: Effect.Effect.Success<ReturnType<typeof open>>, prompt: string) =>
  Effect.zipRight(terminal.write(prompt), Effect.zipRight(terminal.see(prompt), terminal.write(keys.enter)))

/** A question ignores keys for a moment after the previous answer. Once it accepts them, the down key marks a choice. */
export const untilAnswerable = (terminal: Effect.Effect.Success<ReturnType<typeof open>>) =>
  terminal.write(keys.down).pipe(
    Effect.zipRight(terminal.see(/^› ?(?:\d )?[ysadne] /m, 0.1)),
    Effect.retry({ times: 200 })
  )

/** Not the requests for lists of models. */
const prompts = (requests: ReadonlyArray<Sandbox.RecordedRequest>) => requests.filter(({ method }) => method === "POST")

/** The messages of a request, as JSON. */
export const sent = (sandbox: Sandbox.Service, index: number) =>
  Effect.map(
    sandbox.waitFor((requests) => prompts(requests).length > index),
    (requests) => JSON.stringify((prompts(requests)[index]!.body as { messages: unknown }).messages)
  )
