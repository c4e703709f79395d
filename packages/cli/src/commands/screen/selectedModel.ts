/** The model that the screen sends prompts to. */
import { kinds, notice } from "@altimate-code/auth/Credential"
import type { TokenCommand } from "@altimate-code/auth/TokenCommand"
import { source } from "@altimate-code/config/Origin"
import * as Settings from "@altimate-code/config/Settings"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Catalog from "@altimate-code/model-id/Catalog"
import * as ModelId from "@altimate-code/model-id/ModelId"
import type * as Thinking from "@altimate-code/model-id/Thinking"
import { BedrockTarget } from "@altimate-code/provider/BedrockLanguageModel"
import { RemoteModels as Remote } from "@altimate-code/provider/listing/RemoteModels"
import { type ActiveModel, HostError } from "@altimate-code/tui/Host"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as ScopedRef from "effect/ScopedRef"
import * as Stream from "effect/Stream"
import * as Bedrock from "../../model/bedrock.ts"
import * as KnownModels from "../../model/knownModels.ts"
import { describeCostLimit } from "../../model/notices.ts"
import * as RemoteModels from "../../model/remoteModels.ts"
import type { Services } from "../../Services.ts"
import { toHostError } from "./toHostError.ts"

/** A model with an open client. */
interface Opened {
  readonly active: ActiveModel
  /** Lines for `/status`. */
  readonly status: ReadonlyArray<string>
  /** Notices for the user about its credential. */
  readonly notices: ReadonlyArray<string>
  /** Notices for the user about the cost limit. */
  readonly costNotices: ReadonlyArray<string>
}

/** Options of the command line about the model's answers. They apply to every selected model. */
export interface AnswerOptions {
  readonly effort: Bedrock.Effort
  readonly maxTokens: Option.Option<number>
}

/** Opens a model with the client from the context, until the scope closes. */
const open = (id: string, isKnown: boolean, options: AnswerOptions) =>
  Effect.gen(function*() {
    const known = yield* KnownModels.lookUp(id)
    const { files, gateway, region } = yield* Settings.Settings
    const maxCost = Option.map(gateway.maxCost, ({ value }) => value)
    const context = yield* Layer.build(Bedrock.languageModel({
      id,
      maxTokens: Option.orElse(options.maxTokens, () => known.maxTokens),
      effort: options.effort
    }))
    const { credential, effort, endpoint, canRetryAnswer, model, notices } = Context.get(context, BedrockTarget)
    const used = yield* credential
    const active: ActiveModel = {
      name: known.name,
      isKnown,
      configured: model.configured,
      wire: model.wire,
      isSameAs: (id) => Catalog.isSame(id, model.configured),
      provider: "Amazon Bedrock",
      region: model.region,
      gateway: new URL(endpoint.url).host,
      credential: kinds[used._tag],
      ...Option.match(known.contextWindow, { onNone: () => ({}), onSome: (contextWindow) => ({ contextWindow }) }),
      ...Option.match(known.acceptsImages, { onNone: () => ({}), onSome: (acceptsImages) => ({ acceptsImages }) }),
      ...Option.match(effort, { onNone: () => ({}), onSome: (effort) => ({ effort }) }),
      efforts: Option.match(known.thinking, { onNone: () => [], onSome: ({ efforts }) => efforts }),
      languageModel: Context.get(context, LanguageModel.LanguageModel),
      modelProvider: Bedrock.provider(
        { canRetryAnswer, model, notices },
        yield* Bedrock.openHelpers(known, "screen"),
        { price: known.price, maxCost }
      )
    }
    const status = [
      `model       ${model.configured}`,
      `sent as     ${model.wire} (${ModelId.explain(model)})`,
      `region      ${model.region} (${source(region.origin)})`,
      `endpoint    ${publicUrl(endpoint.url)} (${endpoint.why})`,
      `effort      ${Option.getOrElse(effort, () => "not known")}`,
      `credential  ${kinds[used._tag]} (${used.where})`,
      ...files.filter(({ found }) => found).map(({ path, scope }) => `config      ${path} (${scope})`)
    ]
    return {
      active,
      status,
      notices: Option.toArray(notice(used)),
      costNotices: describeCostLimit({ maxCost, model: known })
    } satisfies Opened
  })

type Untrusted = Settings.Service["untrusted"]

/** A file that changed after it was trusted could send requests to an endpoint that the user has not seen. */
const refuseChangedFiles = (untrusted: Untrusted, atStart: Untrusted) => {
  const changed = untrusted.filter(({ path }) => !atStart.some((other) => other.path === path))
  return changed.length === 0 ? Effect.void : new HostError({
    message: `${
      changed.map(({ path }) => path).join(", ")
    }, or a file that it includes, has changed since it was trusted.`,
    hint: "Quit, then start altimate-code again to review the change."
  })
}

export interface Options<R> extends AnswerOptions {
  /** Settings of the command line. */
  readonly overrides: Settings.Overrides
  readonly tokenCommand: Layer.Layer<TokenCommand, never, R>
  /** Whether the user can choose this model from a list. */
  readonly isListed: (id: string) => boolean
  readonly notify: (notices: ReadonlyArray<string>) => Effect.Effect<unknown>
}

/** Opens models one at a time. When another model is selected, the client of the previous one is closed. */
export const make = <R>({ effort: initialEffort, isListed, maxTokens, notify, overrides, tokenCommand }: Options<R>) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<Services | Settings.Settings | R>()
    const { untrusted: untrustedAtStart } = yield* Settings.Settings
    const current = yield* ScopedRef.make(Option.none<Opened>)
    const selected = yield* Ref.make(overrides)
    const effort = yield* Ref.make(initialEffort)
    const lock = yield* Effect.makeSemaphore(1)

    /** Reads the settings again, because setup or the user may have changed them. */
    const openConfigured = (overrides: Settings.Overrides) =>
      Effect.gen(function*() {
        const services = yield* Layer.build(
          Bedrock.client.pipe(Layer.provide(tokenCommand), Layer.provideMerge(Settings.layer(overrides)))
        )
        yield* refuseChangedFiles(Context.get(services, Settings.Settings).untrusted, untrustedAtStart)
        return yield* Effect.provide(
          RemoteModels.withProfiles(Effect.gen(function*() {
            const id = yield* Bedrock.configuredModel
            return yield* open(id, isListed(id), { maxTokens, effort: yield* Ref.get(effort) })
          })),
          services
        )
      }).pipe(Effect.mapError(toHostError))

    /**
     * Opens the new model first, so that the previous one stays selected if that fails: `ScopedRef.set` releases the previous value
     * before it acquires the new one.
     */
    const replace = (overrides: Settings.Overrides) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const scope = yield* Scope.make()
          // `context` also has a scope: the screen's, which ends with the program.
          const opened = yield* openConfigured(overrides).pipe(
            Effect.provide(Context.add(context, Scope.Scope, scope)),
            restore,
            Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
          )
          // All models use the same credential.
          if (Option.isNone(yield* ScopedRef.get(current))) yield* notify(opened.notices)
          yield* notify(opened.costNotices)
          yield* ScopedRef.set(
            current,
            Effect.acquireRelease(Effect.succeed(Option.some(opened)), () => Scope.close(scope, Exit.void))
          )
          return opened
        })
      )

    /** The models that can be used here: first as they were stored, then as they are. */
    const offers = Stream.unwrapScoped(Effect.gen(function*() {
      const services = yield* Layer.build(
        RemoteModels.layer.pipe(
          Layer.provideMerge(Bedrock.client),
          Layer.provide(tokenCommand),
          Layer.provideMerge(Settings.layer(overrides))
        )
      )
      yield* refuseChangedFiles(Context.get(services, Settings.Settings).untrusted, untrustedAtStart)
      const remote = Context.get(services, Remote)
      return Stream.fromIterableEffect(Effect.map(remote.stored, Option.toArray)).pipe(
        Stream.concat(remote.list),
        Stream.changesWith((a, b) => a.readAt === b.readAt),
        Stream.mapEffect((list) => Effect.map(RemoteModels.combine(list), (offers) => ({ list, offers }))),
        Stream.provideSomeContext(services)
      )
    })).pipe(
      Stream.mapError((error) => toHostError(RemoteModels.explain(error))),
      Stream.provideSomeContext(context)
    )

    return {
      offers,
      /** The selected model, which is opened when it is first needed. */
      get: lock.withPermits(1)(Effect.flatMap(
        ScopedRef.get(current),
        Option.match({ onSome: Effect.succeed, onNone: () => replace(overrides) })
      )),
      select: (id: string) =>
        lock.withPermits(1)(Effect.gen(function*() {
          // A listed ID has no provider prefix, even if it contains a slash.
          const changed = { ...overrides, model: isListed(id) ? `amazon-bedrock/${id}` : id }
          const opened = yield* replace(changed)
          yield* Ref.set(selected, changed)
          return opened
        })),
      /** Opens the selected model again, because the effort is part of its requests. */
      setEffort: (level: Thinking.Effort | "off") =>
        lock.withPermits(1)(Effect.gen(function*() {
          const before = yield* Ref.getAndSet(effort, Option.some(level))
          return yield* Effect.onError(replace(yield* Ref.get(selected)), () => Ref.set(effort, before))
        }))
    }
  })
