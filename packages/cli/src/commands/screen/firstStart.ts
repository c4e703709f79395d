/** The setup that the screen offers if neither an endpoint nor a credential is configured. */
import { activeEnvironment } from "@altimate-code/auth/ActiveEnvironment"
import * as Auth from "@altimate-code/auth/Auth"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import type { TokenCommand } from "@altimate-code/auth/TokenCommand"
import * as ConfigEdit from "@altimate-code/config/ConfigEdit"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import * as ConfigFile from "@altimate-code/config/ConfigFile"
import { Directories } from "@altimate-code/config/Directories"
import type { Setting } from "@altimate-code/config/Origin"
import * as Settings from "@altimate-code/config/Settings"
import { Secrets } from "@altimate-code/log/Secrets"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import * as Diagnosis from "@altimate-code/provider/Diagnosis"
import { RemoteModels as Remote } from "@altimate-code/provider/listing/RemoteModels"
import * as Paths from "@altimate-code/system/Paths"
import { type Answers, type Setup, SetupError, type WrongAnswer } from "@altimate-code/tui/Host"
import type * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { explainCheck, explainEndpoint } from "../../command-line/failure/explainFailure.ts"
import { storeIt } from "../../command-line/failure/hints/keyHint.ts"
import * as Bedrock from "../../model/bedrock.ts"
import * as KnownModels from "../../model/knownModels.ts"
import * as RemoteModels from "../../model/remoteModels.ts"
import * as TokenCommands from "../../model/tokenCommands.ts"
import type { Services } from "../../Services.ts"
import { toChoices } from "./modelChoices.ts"
import { toHostError } from "./toHostError.ts"

const defaultModel = "anthropic.claude-sonnet-4-6"

/** These AWS variables configure neither an endpoint nor a credential. */
const neutralVariables = ["AWS_REGION", "AWS_EC2_METADATA_DISABLED", "AWS_USE_FIPS_ENDPOINT"]

/** Whether neither an endpoint nor a credential is configured. AWS's own files count as configured. */
const isFirstStart = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { home } = yield* Directories
  const { baseURL, profile } = yield* Settings.Settings
  const credential = yield* (yield* Auth.Auth).credential
  if (credential._tag !== "AwsChain" || Option.isSome(baseURL) || Option.isSome(profile)) return false
  if ((yield* activeEnvironment).some(({ variable }) => !neutralVariables.includes(variable))) return false
  return !(yield* Effect.orElseSucceed(fs.exists(path.join(home, ".aws")), () => false))
}).pipe(Effect.provide(Layer.provide(Auth.layer, Layer.merge(CredentialStore.layer, TokenCommands.disabled))))

const toSetting = (value: string): Setting<string> => ({ value, origin: { _tag: "Default" } })

/** The settings, with configured values replaced by the user's answers. */
const settingsFrom = ({ baseURL, credential, region }: Answers) =>
  Layer.effect(
    Settings.Settings,
    Effect.map(Settings.Settings, (settings) => ({
      ...settings,
      baseURL: Option.map(baseURL, toSetting),
      region: toSetting(region),
      profile: credential._tag === "Profile" ? Option.some(toSetting(credential.name)) : Option.none()
    }))
  )

const enteredToken = "your answer"

/** A store that returns the token that the user has entered. */
const credentialStoreFrom = ({ credential }: Answers) =>
  credential._tag === "Token"
    ? Effect.map(CredentialStore.make, (store): CredentialStore.Service => ({
      ...store,
      // Named in messages about the credential. Nothing is stored yet.
      path: enteredToken,
      get: () => Effect.succeedSome(credential.token)
    }))
    : CredentialStore.make

/** Statuses of a server that does not have Bedrock's operations at this URL. */
const otherServer = [405, 415, 421, 426, 464, 501, 505]

/** Codes of Node.js and of `BedrockError` for a host, a port or a scheme that is wrong. */
const unreachable = [
  "ENOTFOUND",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "EPROTO",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ConnectTimeout"
]

/** Which answer a failure shows to be wrong. A proxy, a certificate or a network's login page says nothing about the answers. */
const findWrongAnswer = (error: BedrockError): WrongAnswer => {
  const { cause, reason, sender, status = 0, type = "" } = error
  if (cause?._tag === "AuthError") return "credential"
  if (cause?._tag === "NetworkError") {
    return ["Unreachable", "Protocol", "Timeout"].includes(cause.reason) ? "endpoint" : "unknown"
  }
  if (unreachable.includes(type)) return "endpoint"
  if (sender?.kind === "login" || sender?.kind === "network" || status === 407) return "unknown"
  if (reason === "Authentication") return "credential"
  return Diagnosis.isWrongPath(error) || Diagnosis.serverProblem(error) === "plain-http"
      || reason === "WrongContentType" || otherServer.includes(status)
    ? "endpoint"
    : "unknown"
}

/** Whether the endpoint and the credential are right, and only the model can't be used. */
const isAboutModel = (error: BedrockError): boolean => {
  const problem = Diagnosis.modelProblem(error)
  return problem === "invalid" || problem === "on-demand"
    || (findWrongAnswer(error) === "unknown" && error.type !== undefined
      && ["ModelNotFound", "Permission", "Validation", "ModelError"].includes(error.reason))
}

const attempt = (answers: Answers) =>
  Effect.gen(function*() {
    if (answers.credential._tag === "Token") yield* (yield* Secrets).register(answers.credential.token)
    // Streamed like every request of the screen, because some gateways support only that.
    return yield* LanguageModel.streamText({ prompt: "Say hello in one short sentence." }).pipe(
      Stream.runFold("", (text, part) => part.type === "text-delta" ? text + part.delta : text)
    )
  }).pipe(
    Effect.provide(
      Bedrock.languageModel({ id: answers.model, maxTokens: Option.some(64) }).pipe(
        Layer.provide(Bedrock.clientOver(credentialStoreFrom(answers), Bedrock.checkLimits)),
        Layer.provide(settingsFrom(answers))
      )
    )
  )

/** Explains a failure for the first start, where the token was just typed and nothing is stored yet. */
const toSetupError = (explain: typeof explainEndpoint) => (error: AiError.AiError | ConfigError): SetupError => {
  const failure = error._tag === "ConfigError" ? error : explain(error)
  const { hint, message } = toHostError(failure)
  return new SetupError({
    message,
    hint: hint.replaceAll(storeIt, "paste it here").replaceAll(
      `bearer token from ${enteredToken}`,
      "token that you entered"
    ),
    wrong: failure._tag === "ConfigError"
      ? "endpoint"
      : failure._tag === "RequestError"
      ? findWrongAnswer(failure.error)
      : "unknown"
  })
}

/** Only what the endpoint and the credential cause is a failure: the default model may not be the one that the user will choose. */
const checkEndpoint = (answers: Answers) =>
  attempt(answers).pipe(
    Effect.catchIf(
      (error) => error._tag !== "ConfigError" && Option.exists(BedrockError.fromAiError(error), isAboutModel),
      ({ message }) => Effect.logInfo(`the endpoint and the credential work, the default model does not: ${message}`)
    ),
    Effect.mapError(toSetupError(explainEndpoint))
  )

/** The user waits no longer for the gateway's list than this; then the models of the catalog are offered. */
const maxListTime = "5 seconds"

const listModels = (answers: Answers) =>
  Effect.gen(function*() {
    const known = yield* KnownModels.selectableModels
    if (answers.credential._tag === "Token") yield* (yield* Secrets).register(answers.credential.token)
    return yield* Effect.gen(function*() {
      const list = yield* Effect.flatMap(Remote, ({ list }) => list)
      return toChoices(known, list, yield* RemoteModels.combine(list))
    }).pipe(
      Effect.provide(
        RemoteModels.layer.pipe(
          Layer.provideMerge(Bedrock.clientOver(credentialStoreFrom(answers), Bedrock.checkLimits)),
          Layer.provideMerge(settingsFrom(answers))
        )
      ),
      Effect.timeout(maxListTime),
      // Why a gateway shows no list does not matter here: the tests show whether the answers are right.
      Effect.catchAll((error) => Effect.as(Effect.logInfo(`no list of models: ${error.message}`), known))
    )
  })

const save = (answers: Answers) =>
  Effect.gen(function*() {
    const file = yield* ConfigEdit.userFile
    const { baseURL, credential, model, region } = answers
    const changes = [
      { path: ConfigFile.paths.model, value: `amazon-bedrock/${model}` },
      { path: ConfigFile.paths.region, value: region },
      ...Option.match(baseURL, { onNone: () => [], onSome: (value) => [{ path: ConfigFile.paths.baseURL, value }] }),
      ...(credential._tag === "Profile" ? [{ path: ConfigFile.paths.profile, value: credential.name }] : [])
    ]
    yield* ConfigEdit.set(file, changes)
    const { home } = yield* Directories
    if (credential._tag !== "Token") return [Paths.abbreviateHome(file, home)]
    const store = yield* CredentialStore.CredentialStore
    yield* store.set("amazon-bedrock", credential.token)
    return [file, store.path].map((path) => Paths.abbreviateHome(path, home))
  }).pipe(Effect.provide(CredentialStore.layer), Effect.mapError(toHostError))

/** Makes the setup; none if an endpoint or a credential is configured. */
export const make = <R>(tokenCommand: Layer.Layer<TokenCommand, never, R>) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<Services | Settings.Settings | R>()
    if (!(yield* isFirstStart)) return Option.none<Setup>()
    const { region } = yield* Settings.Settings
    return Option.some<Setup>({
      defaults: { region: region.value, model: defaultModel },
      check: (answers) =>
        Effect.zipRight(checkEndpoint(answers), listModels(answers), { concurrent: true }).pipe(
          Effect.provide(tokenCommand),
          Effect.provide(context)
        ),
      attempt: (answers) =>
        attempt(answers).pipe(
          Effect.mapError(toSetupError(explainCheck("short"))),
          Effect.provide(tokenCommand),
          Effect.provide(context)
        ),
      save: (answers) => Effect.provide(save(answers), context)
    })
  })
