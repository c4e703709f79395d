/** The program around the screen: configuration, credentials, gateway, and the models behind it. */
import type { Workspace } from "@altimate-code/agent/Workspace"
import { activeEnvironment } from "@altimate-code/auth/ActiveEnvironment"
import * as Auth from "@altimate-code/auth/Auth"
import type { AuthError } from "@altimate-code/auth/AuthError"
import { kinds, notice } from "@altimate-code/auth/Credential"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import * as TokenCommand from "@altimate-code/auth/TokenCommand"
import * as ConfigEdit from "@altimate-code/config/ConfigEdit"
import * as ConfigFile from "@altimate-code/config/ConfigFile"
import { Directories } from "@altimate-code/config/Directories"
import { describe, type Setting } from "@altimate-code/config/Origin"
import { publicUrl } from "@altimate-code/config/PublicUrl"
import * as Settings from "@altimate-code/config/Settings"
import { Secrets } from "@altimate-code/log/Secrets"
import * as ModelId from "@altimate-code/model-id/ModelId"
import { BedrockTarget } from "@altimate-code/provider/BedrockLanguageModel"
import { type ActiveModel, type Answers, Host, HostError } from "@altimate-code/tui/Host"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { explain, explainCheck } from "../../command-line/failure/explainFailure.ts"
import { hintOf } from "../../command-line/failure/hints/hintOf.ts"
import * as Bedrock from "../../model/bedrock.ts"
import * as KnownModels from "../../model/knownModels.ts"
import * as TokenCommands from "../../model/tokenCommands.ts"
import type { Services } from "../../Services.ts"
import { version } from "../../Version.ts"
import * as Assistant from "../../workspace/assistant.ts"
import * as Mcp from "../../workspace/mcpServers.ts"

const toHostError = (failure: AuthError | { readonly hint: string; readonly message: string }) =>
  new HostError({ message: failure.message, hint: hintOf(failure) })

/** A model over the client that is there, with all that the status bar and `/status` say of it. */
const open = (id: string, scope: Scope.Scope) =>
  Effect.gen(function*() {
    const known = yield* KnownModels.known(id)
    const { files } = yield* Settings.Settings
    const context = yield* Layer.buildWithScope(Bedrock.languageModel(known), scope)
    const { credential, endpoint, mayAskAgain, model, notices } = Context.get(context, BedrockTarget)
    const used = yield* credential
    const active: ActiveModel = {
      name: known.name,
      configured: model.configured,
      wire: model.wire,
      provider: "Amazon Bedrock",
      region: model.region,
      gateway: new URL(endpoint.url).host,
      credential: kinds[used._tag],
      ...Option.match(known.contextWindow, { onNone: () => ({}), onSome: (contextWindow) => ({ contextWindow }) }),
      ...Option.match(known.price, { onNone: () => ({}), onSome: (price) => ({ price }) }),
      languageModel: Context.get(context, LanguageModel.LanguageModel),
      modelProvider: Bedrock.provider({ mayAskAgain, model, notices })
    }
    const status = [
      `model       ${model.configured}`,
      `sent as     ${model.wire} (${ModelId.explain(model)})`,
      `endpoint    ${publicUrl(endpoint.url)} (${endpoint.why})`,
      `credential  ${kinds[used._tag]} (${used.where})`,
      ...files.filter(({ found }) => found).map(({ path, scope }) => `config      ${path} (${scope})`)
    ]
    return { active, status, notices: Option.toArray(notice(used)) }
  })

/** Does nothing say where Bedrock is, or who asks? The AWS files count as saying it. */
const isFirstStart = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { home } = yield* Directories
  const { baseURL, profile } = yield* Settings.Settings
  const credential = yield* (yield* Auth.Auth).credential
  if (credential._tag !== "AwsChain" || Option.isSome(baseURL) || Option.isSome(profile)) return false
  const harmless = ["AWS_REGION", "AWS_EC2_METADATA_DISABLED", "AWS_USE_FIPS_ENDPOINT"]
  if ((yield* activeEnvironment).some(({ variable }) => !harmless.includes(variable))) return false
  return !(yield* Effect.orElseSucceed(fs.exists(path.join(home, ".aws")), () => false))
})

const questions = ({ origin, value }: Setting<boolean>): string =>
  value
    ? `none (${describe(origin)}): every tool call runs that no rule denies`
    : "as the rules under \"permission\" say"

const typed = (value: string): Setting<string> => ({ value, origin: { _tag: "Default" } })

/** The settings with a person's answers in place of what is configured. */
const answered = ({ baseURL, credential, region }: Answers) =>
  Layer.effect(
    Settings.Settings,
    Effect.map(Settings.Settings, (settings) => ({
      ...settings,
      baseURL: Option.map(baseURL, typed),
      region: typed(region),
      profile: credential._tag === "Profile" ? Option.some(typed(credential.name)) : Option.none()
    }))
  )

/** The token of the answers, as if it were stored already. */
const answeredStore = ({ credential }: Answers) =>
  credential._tag === "Token"
    ? Layer.effect(
      CredentialStore.CredentialStore,
      Effect.map(CredentialStore.CredentialStore, (store) => ({
        ...store,
        get: () => Effect.succeedSome(credential.token)
      }))
    ).pipe(Layer.provide(CredentialStore.layer))
    : CredentialStore.layer

const attempt = (answers: Answers) =>
  Effect.gen(function*() {
    if (answers.credential._tag === "Token") yield* (yield* Secrets).register(answers.credential.token)
    // Streamed, as all answers on the screen: some gateways have nothing else.
    return yield* LanguageModel.streamText({ prompt: "Say hello in one short sentence." }).pipe(
      Stream.runFold("", (text, part) => part.type === "text-delta" ? text + part.delta : text)
    )
  }).pipe(
    Effect.provide(
      Bedrock.languageModel({ id: answers.model, maxTokens: Option.some(64) }).pipe(
        Layer.provide(Bedrock.clientOver(answeredStore(answers), Bedrock.checking)),
        Layer.provide(answered(answers))
      )
    ),
    Effect.mapError((error) => toHostError(error._tag === "ConfigError" ? error : explainCheck("short")(error)))
  )

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
    if (credential._tag !== "Token") return [file]
    const store = yield* CredentialStore.CredentialStore
    yield* store.set("amazon-bedrock", credential.token)
    return [file, store.path]
  }).pipe(Effect.provide(CredentialStore.layer), Effect.mapError(toHostError))

type Untrusted = Settings.Service["untrusted"]

/** Without what it said when it was trusted, requests could go to another endpoint than the user knows. */
const refuseChanged = (untrusted: Untrusted, before: Untrusted) => {
  const changed = untrusted.filter(({ path }) => !before.some((other) => other.path === path))
  return changed.length === 0 ? Effect.void : new HostError({
    message: `${
      changed.map(({ path }) => path).join(", ")
    }, or a file that it brings in, has changed since it was trusted.`,
    hint: "Quit, then start altimate-code again to review the change."
  })
}

/** The live program. `overrides` are the command line's. */
export const layer = (overrides: Settings.Overrides) =>
  Layer.scoped(
    Host,
    Effect.gen(function*() {
      const scope = yield* Effect.scope
      const context = yield* Effect.context<Services | Settings.Settings | Workspace>()
      const path = yield* Path.Path
      const { cwd, data, home } = yield* Directories
      const models = yield* KnownModels.selectable
      const listed = new Set(models.map(({ id }) => id))
      const said = yield* Queue.unbounded<string>()
      // Not on stderr, which is the screen's.
      const tokenCommand = TokenCommand.layer({ say: (line) => Effect.asVoid(Queue.offer(said, line)) })
      const servers = yield* Mcp.servers
      const { untrusted: untrustedAtStart, yolo } = yield* Settings.Settings
      const current = yield* Ref.make(Option.none<Effect.Effect.Success<ReturnType<typeof open>>>())

      // The settings are read anew: the first start may have written them a moment ago.
      const activate = (overrides: Settings.Overrides) =>
        Effect.gen(function*() {
          const services = yield* Layer.buildWithScope(
            Bedrock.client.pipe(Layer.provide(tokenCommand), Layer.provideMerge(Settings.layer(overrides))),
            scope
          )
          yield* refuseChanged(Context.get(services, Settings.Settings).untrusted, untrustedAtStart)
          const opened = yield* Effect.provide(
            Effect.flatMap(Bedrock.configuredModel, (id) => open(id, scope)),
            services
          )
          // The same token is used for every model.
          if (Option.isNone(yield* Ref.get(current))) yield* Queue.offerAll(said, opened.notices)
          yield* Ref.set(current, Option.some(opened))
          return opened
        }).pipe(Effect.mapError(toHostError), Effect.provide(context))

      const opened = Effect.flatMap(
        Ref.get(current),
        Option.match({ onSome: Effect.succeed, onNone: () => activate(overrides) })
      )

      return Host.of({
        version,
        yolo: yolo.value,
        directory: cwd === home || cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd,
        setup: (yield* Effect.provide(
            isFirstStart,
            Layer.provide(Auth.layer, Layer.merge(CredentialStore.layer, TokenCommands.unasked))
          ))
          ? Option.some({
            defaults: {
              region: (yield* Settings.Settings).region.value,
              model: "anthropic.claude-sonnet-4-6"
            },
            attempt: (answers) => attempt(answers).pipe(Effect.provide(tokenCommand), Effect.provide(context)),
            save: (answers) => Effect.provide(save(answers), context)
          })
          : Option.none(),
        model: Effect.map(opened, ({ active }) => active),
        said: Stream.fromQueue(said),
        models,
        // What is listed is a name without its provider, also if there is a slash in it.
        select: (id) =>
          Effect.map(activate({ ...overrides, model: listed.has(id) ? `amazon-bedrock/${id}` : id }), ({ active }) =>
            active),
        tools: Effect.provide(
          Assistant.tools(servers, (server) =>
            Queue.offer(said, `Waiting for MCP server ${server} to start.`)),
          context
        ),
        mcp: Effect.map(servers.status, Mcp.describeServers),
        system: Effect.provide(Assistant.system(Option.none()), context),
        explain,
        status: Effect.map(opened, ({ status }) => status).pipe(
          Effect.catchAll(({ hint, message }) => Effect.succeed([message, hint])),
          Effect.map((
            lines
          ) => [...lines, `questions   ${questions(yolo)}`])
        ),
        allowAlways: (permission, pattern) =>
          Effect.gen(function*() {
            const file = yield* ConfigEdit.userFile
            yield* ConfigEdit.set(file, [{ path: ["permission", permission, pattern], value: "allow" }])
            return file
          }).pipe(Effect.mapError(toHostError), Effect.provide(context)),
        history: path.join(data, "history.jsonl"),
        mask: (yield* Secrets).mask
      })
    })
  )
