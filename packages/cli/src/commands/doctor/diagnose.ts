/** Checks everything between the settings and an answer, in the order in which a request uses it. */
import * as Auth from "@altimate-code/auth/Auth"
import { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import * as BedrockKey from "@altimate-code/auth/BedrockKey"
import {
  addTokenSources,
  type Credential,
  describe as describeCredential,
  notice
} from "@altimate-code/auth/Credential"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import { ConfigError } from "@altimate-code/config/ConfigError"
import { paths } from "@altimate-code/config/ConfigFile"
import { describe } from "@altimate-code/config/Origin"
import type { RequestOptions } from "@altimate-code/config/RequestOptions"
import * as Settings from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as ModelId from "@altimate-code/model-id/ModelId"
import type { Stage } from "@altimate-code/network/Inspection"
import { Network } from "@altimate-code/network/Network"
import { describe as describeRoute, describeProxy, type IgnoredEntry } from "@altimate-code/network/Route"
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import { BedrockTarget } from "@altimate-code/provider/BedrockLanguageModel"
import { EndpointPolicy } from "@altimate-code/provider/EndpointPolicy"
import { fromMetadata } from "@altimate-code/provider/GuardrailReport"
import { choose } from "@altimate-code/provider/ModelChoice"
import * as SigningScope from "@altimate-code/provider/SigningScope"
import * as Keybinds from "@altimate-code/tui/Keybinds"
import type * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CliError } from "../../command-line/failure/CliError.ts"
import { explainCheck } from "../../command-line/failure/explainFailure.ts"
import { hintOf } from "../../command-line/failure/hints/hintOf.ts"
import type { RequestError } from "../../command-line/failure/RequestError.ts"
import * as Bedrock from "../../model/bedrock.ts"
import { describeIntervention } from "../../model/guardrails.ts"
import { lookUp } from "../../model/knownModels.ts"
import { describeNotice } from "../../model/notices.ts"
import * as Remote from "../../model/remoteModels.ts"
import { listSetFields } from "../../model/requestFields.ts"
import * as TokenCommands from "../../model/tokenCommands.ts"
import { version } from "../../Version.ts"
import { endpoint, warnings } from "../../workspace/withSettings.ts"
import { checkModelList } from "./checkModelList.ts"
import { DoctorReport, type Observation, observation, skipped } from "./DoctorReport.ts"
import { describePacing, largePrompt, type Piece } from "./prompts.ts"

const versions = Effect.sync(() =>
  observation(undefined, `altimate-code ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`)
)

const configuration = Effect.gen(function*() {
  const { files, keybinds } = yield* Settings.Settings
  yield* endpoint
  const found = files.filter(({ found }) => found).map(({ path, scope }) => `${path} (${scope})`)
  const problems = [...yield* warnings, ...Keybinds.describeProblems(keybinds)]
  return observation(
    undefined,
    found.length === 0 ? "no file, only the environment and defaults" : found.join("\n"),
    problems.length === 0 ? undefined : problems.join(" ")
  )
})

const endpointKeys = [paths.baseURL, paths.endpoint].map((path) => path.join("."))

/** Fails if the only endpoint is in an untrusted file, because requests would go to AWS itself. */
const trust = Effect.gen(function*() {
  const { resolve } = yield* EndpointPolicy
  const settings = yield* Settings.Settings
  const { untrusted } = settings
  if (untrusted.length === 0) return observation(undefined, "nothing needs your trust")
  const waiting = untrusted.flatMap(({ changes }) => changes).find(({ key }) => endpointKeys.includes(key))
  if (waiting !== undefined) {
    const misplacedUrl = new ConfigError({
      reason: "Misplaced",
      message: `${printable(describe(waiting.origin))}: the gateway's URL does not apply until you trust this file`,
      hint:
        "Nothing was sent: without the URL, requests would go to AWS itself. Review the file, then: altimate-code trust."
    })
    yield* resolve({ ...settings, misplacedUrl: Option.some(misplacedUrl) })
  }
  return observation(
    undefined,
    untrusted.map(({ changes, path }) => `${path}: ${changes.map(({ key }) => key).join(", ")}`).join("\n"),
    "These settings do not apply. Review the file, then: altimate-code trust"
  )
})

const describeExpiration = (expiration: Option.Option<Date>) =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    Option.match(expiration, {
      onNone: () => "",
      onSome: (date) => `, until ${date.toISOString()} (${Math.round((date.getTime() - now) / 60_000)} minutes)`
    }))

/** Checks the credential. Resolves the AWS credential chain, because only that shows whether it has credentials. */
const credential = (used: Credential, { profile, region }: Settings.Service) =>
  Effect.gen(function*() {
    if (used._tag === "Bearer") {
      const key = BedrockKey.read(Redacted.value(used.token))
      const until = yield* describeExpiration(Option.map(key, ({ expiresAt }) => expiresAt))
      return observation(undefined, `${describeCredential(used)}${until}`, Option.getOrUndefined(notice(used)))
    }
    if (used._tag !== "AwsChain") return observation(undefined, describeCredential(used))
    const { expiration, source } = yield* Effect.mapError(
      (yield* AwsCredentials).resolve({ profile, region: region.value }),
      addTokenSources(used.considered)
    )
    return observation(undefined, `AWS credentials from ${source}${yield* describeExpiration(expiration)}`)
  })

/** Source: AWS General Reference, "Regions and Zones": an area, a direction, a number. */
const isRegionName = (region: string): boolean =>
  /^[a-z]{2,4}(-[a-z]{2,4})?-(central|north|south|east|west|northeast|northwest|southeast|southwest)-\d+$/.test(region)

const observe = (stage: Stage): Observation<Stage> => {
  switch (stage._tag) {
    case "Route":
      return observation(stage, describeRoute(stage.route), describeIgnored(stage.route.ignored))
    case "Dns":
      return observation(stage, `${stage.host}: ${stage.addresses.join(", ")} (${stage.millis} ms)`)
    case "Tcp":
      return observation(stage, `${stage.address}, port ${stage.port} (${stage.millis} ms)`)
    case "Tunnel":
      return observation(stage, `through the ${describeProxy(stage.proxy)} (${stage.millis} ms)`)
    case "Tls":
      return observation(
        stage,
        `${stage.protocol}, ${Option.getOrElse(stage.alpn, () => "http/1.1")}, certificate of ${stage.subject} by `
          + `${stage.issuer} until ${stage.validTo.toISOString().slice(0, 10)} (${stage.millis} ms)`,
        Option.getOrUndefined(Option.map(stage.problem, ({ message }) => `Not accepted: ${message}.`))
      )
  }
}

const describeIgnored = (ignored: ReadonlyArray<IgnoredEntry>): string | undefined =>
  ignored.length === 0
    ? undefined
    : ignored.map(({ entry, variable, why }) =>
      `${variable} has an entry that matches nothing, ${publicUrl(entry)}: ${why}.`
    ).join(" ")

const names = { Dns: "DNS", Tcp: "TCP", Tunnel: "tunnel", Tls: "TLS" } as const

/** Checks each step of the connection to the host. The name of each step is known before it starts, so that one that hangs is visible. */
const network = (url: string) =>
  Effect.gen(function*() {
    const { check } = yield* DoctorReport
    const { inspect } = yield* Network
    const pull = yield* Stream.toPull(Stream.rechunk(inspect(url), 1))
    const next = Effect.mapBoth(pull, {
      onFailure: Option.getOrThrow,
      onSuccess: (stages) => observe(Chunk.unsafeHead(stages))
    })
    const first = yield* check("proxy", next)
    const following = first._tag === "Route" ? first.following : []
    yield* Effect.forEach(following, (step) => check(names[step], next), { discard: true })
  })

const withExplanation = <A, R>(request: Effect.Effect<A, AiError.AiError, R>, prompt: "short" | "large" = "short") =>
  Effect.mapError(request, explainCheck(prompt))

/** A short prompt, answered without streaming. */
const hello = withExplanation(LanguageModel.generateText({ prompt: "Say hello in one short sentence." }))

type Answer = typeof hello

/** Whether a failed request shows that its credential was accepted: only an error from the service that checks credentials does. */
const isCredentialAccepted = ({ reason, sender, status, type }: BedrockError): boolean => {
  if (sender !== undefined || status === undefined) return false
  const isAws = type !== undefined && /Exception$|^AccessDenied$/.test(type) && type !== "ForbiddenException"
  switch (reason) {
    case "Validation":
      return isAws || status === 400 || status === 422
    case "Permission":
    case "ModelNotFound":
    case "Throttled":
    case "ModelError":
    case "Timeout":
    case "Unavailable":
      return isAws && type !== "UnknownOperationException"
    default:
      return false
  }
}

const accepted = observation(undefined, "accepted")

const authentication = (answer: Answer, stream: typeof converseStream) =>
  answer.pipe(
    Effect.as(accepted),
    Effect.catchTag("RequestError", (failure) => {
      if (failure.reason === "Authentication") return failure
      if (isCredentialAccepted(failure.error)) return Effect.succeed(accepted)
      const unknown = observation(
        undefined,
        "unknown",
        "The request failed before the credential was checked: see the next line."
      )
      return Effect.orElseSucceed(Effect.as(tryStreaming(failure, stream), accepted), () => unknown)
    })
  )

/** Tries streaming if the failure may affect only answers without streaming; fails with the original error otherwise. */
const tryStreaming = (failure: RequestError, stream: typeof converseStream) =>
  Effect.gen(function*() {
    const { streaming } = (yield* Settings.Settings).gateway
    if (streaming.value === "off" || !mayStream(failure.error)) return yield* failure
    yield* Effect.mapError(stream, () => failure)
  })

/** Whether streaming may work despite this error: the gateway may lack only the path for complete answers. */
const mayStream = ({ reason, status = 0 }: BedrockError): boolean =>
  ["ModelNotFound", "TruncatedStream", "WrongContentType"].includes(reason) || [404, 405, 501].includes(status)

const converse = (answer: Answer, stream: typeof converseStream) =>
  Effect.gen(function*() {
    const { content, usage } = yield* answer
    const detail = `answered; ${usage.inputTokens ?? 0} tokens in, ${usage.outputTokens ?? 0} out`
    const finish = content.find((part) => part.type === "finish")
    const intervention = finish === undefined
      ? undefined
      : describeIntervention(finish.metadata, Bedrock.stopReason(finish.metadata))
    const warnings = [...Option.toArray(Option.fromNullable(intervention?.text)), ...Option.toArray(yield* readNotices)]
    return observation(undefined, detail, warnings.length === 0 ? undefined : warnings.join(" "))
  }).pipe(
    Effect.catchTag("RequestError", (failure) =>
      Effect.as(
        tryStreaming(failure, stream),
        observation(
          undefined,
          failure.message,
          "This gateway supports only streaming, which is enough for the assistant. The gateway's operators can add the path for complete answers (/converse)."
        )
      ))
  )

/** Describes what the client had to change to get an answer. */
const readNotices = Effect.gen(function*() {
  const notices = yield* (yield* BedrockTarget).notices
  return notices.length === 0 ? Option.none() : Option.some(notices.map(describeNotice).join(" "))
})

/**
 * Checks the fields that the user has set. If the request fails, and not without them, tries each alone to find those that are refused. A
 * guardrail must leave a trace in the answer, because a gateway that removes fields from requests would remove the protection as well.
 */
const requestFields = (id: string, answer: Answer, request: RequestOptions) =>
  Effect.gen(function*() {
    const fields = listSetFields(request)
    const detail = fields.map(({ description }) => description).join("\n")
    const settings = yield* Settings.Settings
    /** Sends the short prompt with only these fields. */
    const tryWith = (request: RequestOptions) =>
      hello.pipe(
        Effect.provide(Layer.fresh(Bedrock.languageModel({ id, maxTokens: doctorMaxTokens }))),
        Effect.provideService(Settings.Settings, withRequest(settings, id, request))
      )
    const exit = yield* Effect.either(answer)
    if (Either.isRight(exit)) {
      const guardrail = request.guardrail?.value ?? false
      const finish = exit.right.content.find((part) => part.type === "finish")
      const isTraced = finish !== undefined && Option.isSome(fromMetadata(finish.metadata))
      const isExpected = guardrail !== false && guardrail.trace !== "disabled"
        && !settings.gateway.drop.includes("guardrailConfig")
      return observation(
        undefined,
        detail,
        isExpected && !isTraced
          ? "The answer has no trace of the guardrail, although the request asks for one. The gateway may remove the guardrail from requests: ask its operators."
          : undefined
      )
    }
    const failure = exit.left
    const isFieldsFault = failure._tag === "RequestError" && ["Validation", "Permission"].includes(failure.reason)
      && Either.isRight(yield* Effect.either(tryWith({})))
    if (!isFieldsFault) {
      return observation(undefined, detail, "The request fails without them too: see the next lines.")
    }
    const refused = yield* Effect.forEach(fields, ({ description, name }) =>
      Effect.map(
        Effect.either(tryWith({ [name]: request[name] })),
        Either.match({
          onLeft: (failure) => Option.some({ description, failure }),
          onRight: () => Option.none()
        })
      )).pipe(Effect.map(Arr.getSomes))
    return yield* new CliError({
      reason: "Answer",
      message: refused.length === 0
        ? `refused together, but not one by one: ${failure.message}`
        : `refused: ${refused.map(({ description, failure }) => `${description}: ${failure.message}`).join("; ")}`,
      hint: refused.length === 0
        ? hintOf(failure)
        : [...new Set(refused.map(({ failure }) => hintOf(failure)))].join(" ")
    })
  })

/** The settings with other fields of requests to this model. */
const withRequest = (settings: Settings.Service, id: string, request: RequestOptions): Settings.Service => {
  const { request: _, ...model } = settings.models[id] ?? {}
  return {
    ...settings,
    gateway: { ...settings.gateway, request },
    models: { ...settings.models, ...(Object.hasOwn(settings.models, id) ? { [id]: model } : {}) }
  }
}

const doctorMaxTokens = Option.some(512)

/** Streams a longer answer, whose timing shows whether something in between buffers it. */
const converseStream = Effect.gen(function*() {
  const start = yield* Clock.currentTimeMillis
  const pieces: Array<Piece> = []
  yield* LanguageModel.streamText({ prompt: "Count from 1 to 60, each number on a line of its own, nothing else." })
    .pipe(
      Stream.runForEach((part) =>
        part.type === "text-delta"
          ? Effect.map(Clock.currentTimeMillis, (now) =>
            void pieces.push({ time: now - start, length: part.delta.length }))
          : Effect.void
      )
    )
  const { streaming } = (yield* Settings.Settings).gateway
  if (streaming.value === "off") {
    return skipped(`options.streaming is off (${describe(streaming.origin)})`)
  }
  const notice = yield* readNotices
  if (Option.isSome(notice)) return observation(undefined, "answered without streaming", notice.value)
  const { detail, isBuffered } = describePacing(pieces)
  return observation(
    undefined,
    detail,
    isBuffered
      ? "Something between here and the model buffers the answer, so no text appears until it is complete. Ask the gateway's operators not to buffer event streams."
      : undefined
  )
}).pipe(withExplanation)

const tools = Toolkit.make(
  Tool.make("weather", {
    description: "The weather of a city.",
    parameters: { city: Schema.String },
    success: Schema.String
  })
)

const toolCall = withExplanation(
  Effect.gen(function*() {
    const isCalled = yield* LanguageModel.streamText({
      prompt: "What is the weather in Paris? Use the tool.",
      toolkit: tools,
      toolChoice: "required"
    }).pipe(Stream.runFold(false, (isCalled, { type }) => isCalled || type === "tool-call"))
    return isCalled
      ? observation(undefined, "the model called it", Option.getOrUndefined(yield* readNotices))
      : observation(
        undefined,
        "the model answered without calling it",
        "The assistant needs tools. If the model supports them, the gateway may remove them from requests."
      )
  })
).pipe(Effect.provide(tools.toLayer({ weather: () => Effect.succeed("sunny") })))

const large = withExplanation(
  Effect.as(
    Stream.runDrain(LanguageModel.streamText({ prompt: largePrompt })),
    observation(undefined, `${Math.round(largePrompt.length / 1024)} KiB of code, HTML and SQL got through`)
  ),
  "large"
)

/** Runs all checks; `model` is from the command line. */
export const diagnose = (options: { readonly model?: string }) =>
  Effect.gen(function*() {
    const { check } = yield* DoctorReport
    yield* check("versions", versions)
    const context = yield* check(
      "configuration",
      Effect.flatMap(
        Layer.build(Settings.layer(options)),
        (context) => Effect.map(Effect.provide(configuration, context), (observed) => ({ ...observed, value: context }))
      )
    )
    const settings = Context.get(context, Settings.Settings)
    yield* check("trust", Effect.provide(trust, context))
    yield* Effect.gen(function*() {
      const used = yield* check(
        "credential",
        Effect.gen(function*() {
          const used = yield* (yield* Auth.Auth).credential
          return { ...yield* credential(used, settings), value: used }
        })
      )
      yield* check(
        "region",
        Effect.succeed(observation(
          undefined,
          `${settings.region.value} (${describe(settings.region.origin)})`,
          isRegionName(settings.region.value)
            ? undefined
            : "This does not look like the name of an AWS region, such as us-east-1 or eu-central-1."
        ))
      )
      const { id } = yield* check(
        "model",
        Effect.gen(function*() {
          const model = yield* lookUp(yield* Bedrock.configuredModel)
          return observation(model, model.name)
        })
      )
      yield* Effect.gen(function*() {
        const target = yield* BedrockTarget
        yield* check(
          "model ID",
          Effect.succeed(observation(undefined, `${target.model.wire} (${ModelId.explain(target.model)})`))
        )
        const { url, why } = target.endpoint
        const signed = used._tag === "AwsChain"
          ? SigningScope.describe(SigningScope.resolve(settings, url))
          : Option.none()
        const lines = [`${publicUrl(url)} (${why})`, ...Option.toArray(signed)]
        yield* check("endpoint", Effect.succeed(observation(undefined, lines.join("\n"))))
        yield* network(url)
        yield* check("model list", Effect.provide(checkModelList(target.model), Remote.layer))
        const answer = yield* Effect.cached(hello)
        const stream = yield* Effect.cached(converseStream)
        yield* check("authentication", authentication(answer, stream))
        const { request } = yield* choose(id)
        if (listSetFields(request).length > 0) yield* check("request fields", requestFields(id, answer, request))
        yield* check("converse", converse(answer, stream))
        yield* check("stream", stream)
        yield* check("tool call", toolCall)
        yield* check("large prompt", large)
      }).pipe(Effect.provide(Bedrock.languageModel({ id, maxTokens: doctorMaxTokens })), Remote.withProfiles)
      return used
    }).pipe(
      Effect.provide(
        Layer.provide(
          Bedrock.clientOver(CredentialStore.make, Bedrock.checkLimits),
          Layer.merge(TokenCommands.inTerminal, Layer.succeedContext(context))
        )
      ),
      Effect.provide(context)
    )
  }).pipe(Effect.scoped)
