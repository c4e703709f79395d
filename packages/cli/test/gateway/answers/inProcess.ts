/** Turns as `run` makes them, over the real client, tools and files, in this process: quick enough for hundreds of them. */
import type { LocalServer } from "@altimate-code/agent/mcp/McpConfig"
import * as McpServers from "@altimate-code/agent/mcp/McpServers"
import * as Approver from "@altimate-code/agent/permission/Approver"
import * as PermissionPolicy from "@altimate-code/agent/permission/PermissionPolicy"
import type { Session } from "@altimate-code/agent/session/Session"
import type { SessionError } from "@altimate-code/agent/session/SessionError"
import { SessionStore } from "@altimate-code/agent/session/SessionStore"
import type { AnyToolkit } from "@altimate-code/agent/tools/AnyToolkit"
import * as Tools from "@altimate-code/agent/tools/Tools"
import * as Turn from "@altimate-code/agent/turn/Turn"
import { Auth } from "@altimate-code/auth/Auth"
import { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import type { Credential } from "@altimate-code/auth/Credential"
import { Directories } from "@altimate-code/config/Directories"
import type { Setting } from "@altimate-code/config/Origin"
import { defaults, Settings } from "@altimate-code/config/Settings"
import * as Secrets from "@altimate-code/log/Secrets"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as Network from "@altimate-code/network/Network"
import * as BedrockClient from "@altimate-code/provider/BedrockClient"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import * as EndpointPolicy from "@altimate-code/provider/EndpointPolicy"
import * as RetryPolicy from "@altimate-code/provider/RetryPolicy"
import type * as AiError from "@effect/ai/AiError"
import * as Prompt from "@effect/ai/Prompt"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Bedrock from "../../../src/model/bedrock.ts"
import * as LocalFiles from "../../../src/workspace/localFiles.ts"

/** What must never be written anywhere. */
export const canary = "canary-token-of-the-gateway"

/** As many attempts as the live policy makes, and for the same reasons, without its waits. */
const impatient = Layer.effect(
  RetryPolicy.RetryPolicy,
  Effect.map(RetryPolicy.RetryPolicy, ({ retryable }) => ({ schedule: Schedule.recurs(3), retryable }))
).pipe(Layer.provide(RetryPolicy.layer))

const credential = Effect.succeed<Credential>({
  _tag: "Bearer",
  token: Redacted.make(canary),
  source: "environment",
  where: "AWS_BEARER_TOKEN_BEDROCK",
  considered: []
})

const bearer = Layer.succeed(Auth, { credential, renew: () => credential })

const noChain = Layer.succeed(AwsCredentials, {
  resolve: () => Effect.dieMessage("the AWS credential chain was touched")
})

const settings = (url: string) =>
  Layer.succeed(Settings, {
    ...defaults,
    baseURL: Option.some<Setting<string>>({ value: url, origin: { _tag: "Flag", flag: "test" } })
  })

/** Everything that a turn in `directory` needs, for a gateway at `url`. What is logged goes to `log`. */
export const machine = (
  { directory, limits, log, url }: {
    readonly url: string
    readonly directory: string
    readonly limits: BedrockClient.Limits
    readonly log?: (line: string) => void
  }
) =>
  Layer.mergeAll(
    BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }).pipe(
      Layer.provide(BedrockClient.layer(limits))
    ),
    PermissionPolicy.neverAsk("A test allows everything.").pipe(Layer.provide(PermissionPolicy.layer)),
    Approver.declineAll("There is no user."),
    Tools.layer.pipe(Layer.provideMerge(LocalFiles.layer))
  ).pipe(
    Layer.provide(Network.layerSettings),
    Layer.provide(Layer.mergeAll(settings(url), bearer, noChain, impatient, EndpointPolicy.layer, PrefixRules.layer)),
    Layer.provide(Layer.merge(
      Secrets.layer,
      Layer.succeed(Directories, {
        home: directory,
        config: `${directory}/config`,
        data: directory,
        cache: directory,
        cwd: directory
      })
    )),
    Layer.provideMerge(NodeContext.layer),
    Layer.provideMerge(
      log === undefined ? Logger.remove(Logger.defaultLogger) : Layer.merge(
        Logger.replace(Logger.defaultLogger, Logger.map(Logger.logfmtLogger, log)),
        Logger.minimumLogLevel(LogLevel.All)
      )
    )
  )

/** What a person has of a turn when it is over. */
export interface Outcome {
  readonly text: string
  /** Absent: the turn came to its end. */
  readonly error: AiError.AiError | SessionError | undefined
  /** Absent: it did not come to its end. */
  readonly reason: string | undefined
  readonly notices: ReadonlyArray<string>
}

/** The tools of this program, and of an MCP server that runs until the scope closes. */
export const toolsWith = (server: LocalServer) =>
  Effect.gen(function*() {
    const { notices, toolkit } = yield* McpServers.make({
      servers: { soak: server },
      fetch: () => Promise.reject(new Error("no remote server is expected")),
      client: { name: "soak", version: "1" }
    })
    const problems = yield* notices
    if (problems.length > 0) return yield* Effect.dieMessage(problems.join("\n"))
    return McpServers.merge(yield* Tools.toolkit, yield* toolkit)
  })

/** One prompt, in the session: with these tools, with this program's own, or without. */
export const turn = (session: Session, tools: AnyToolkit | boolean) =>
  Effect.gen(function*() {
    let text = ""
    let error: Outcome["error"]
    let reason: Outcome["reason"]
    const notices: Array<string> = []
    const toolkit = tools === true ? yield* Tools.toolkit : tools
    yield* Turn.run({
      session,
      input: [Prompt.textPart({ text: "Go." })],
      system: undefined,
      ...(toolkit === false ? {} : { toolkit }),
      maxSteps: 10,
      cutAnswers: "continued",
      provider: Bedrock.provider(yield* BedrockLanguageModel.BedrockTarget, {}, {
        price: Option.none(),
        maxCost: Option.none()
      })
    }).pipe(
      Stream.runForEach((event) =>
        Effect.sync(() => {
          if (event.type === "text") text += event.text
          if (event.type === "notice") notices.push(event.text)
          if (event.type === "failed") error = event.error
          if (event.type === "finished") reason = event.reason
        })
      )
    )
    return { text, error, reason, notices } satisfies Outcome
  })

/** A new session in `directory`. */
export const newSession = (directory: string) => Effect.flatMap(SessionStore, (sessions) => sessions.create(directory))
