/** The screen over a gateway that plays a script, in a real terminal. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as Effect from "effect/Effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { guideConfig, makeHome } from "./BuiltCli.ts"
import { keys, open } from "./Terminal.ts"

export const token = { AWS_BEARER_TOKEN_BEDROCK: "screen-token" }

export const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

export const says = (...text: ReadonlyArray<string>) => ({ type: "text", text }) as const

/** The screen over a gateway that plays a script; what is typed and what it shows is the test's. */
export const start = (options: {
  readonly script?: Script
  readonly config?: Record<string, unknown>
  readonly args?: ReadonlyArray<string>
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
  /** In the home directory every file is asked for. */
  readonly inProject?: true
}) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make(options.script === undefined ? {} : { script: options.script })
    const home = yield* makeHome
    const project = join(home.home, "project")
    mkdirSync(project)
    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), ...options.config })
    const launch = (args: ReadonlyArray<string> = options.args ?? []) =>
      open(args, {
        home: home.home,
        ...(options.inProject ? { cwd: project } : {}),
        // CI is set where these tests run in the end, and must not matter.
        env: { CI: "true", ...token, ...options.env },
        ...(options.columns === undefined ? {} : { columns: options.columns }),
        ...(options.rows === undefined ? {} : { rows: options.rows })
      })
    const terminal = yield* launch()
    yield* terminal.see(/Amazon Bedrock[^]*ready/)
    return { sandbox, home, project, terminal, launch }
  })

/** A prompt, sent. */
export const ask = (terminal: Effect.Effect.Success<ReturnType<typeof open>>, prompt: string) =>
  Effect.zipRight(terminal.write(prompt), Effect.zipRight(terminal.see(prompt), terminal.write(keys.enter)))

/** A person reads a question before they answer it; a key that comes at once counts as held down from the last one. */
export const read = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 700)))

/** What the model was sent, as one text. */
export const sent = (sandbox: Sandbox.Service, index: number) =>
  Effect.map(
    sandbox.waitFor((requests) => requests.length > index),
    (requests) => JSON.stringify((requests[index]!.body as { messages: unknown }).messages)
  )
