/**
 * The stored credentials.
 *
 * @since 0.1.0
 */
import { Directories } from "@altimate-code/config/Directories"
import { Secrets } from "@altimate-code/log/Secrets"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { AuthError } from "./AuthError.ts"
import * as AuthFile from "./internal/authFile.ts"
import * as privateFile from "./internal/privateFile.ts"

/**
 * That there is a credential, and of which type: `api`, or one that another program wrote, for example `oauth`.
 *
 * @since 0.1.0
 * @category models
 */
export interface StoredCredential {
  readonly provider: string
  readonly type: string
}

/**
 * The credentials in `auth.json`, by the ID of their provider, for example `amazon-bedrock`. A file that does not
 * exist has none. Everything fails with `CorruptStore` when the file is not a JSON object, and with `StoreIO` when the
 * file system refuses; `set` and `remove` also with `Locked` when another process does not stop writing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Of `auth.json`. */
  readonly path: string
  /** In the order of the file; a type that is not there is `unknown`. */
  readonly list: Effect.Effect<ReadonlyArray<StoredCredential>, AuthError>
  /** The key of the provider's entry of type `api` as it is written, unless it is blank. */
  readonly get: (provider: string) => Effect.Effect<Option.Option<Redacted.Redacted<string>>, AuthError>
  /** Makes the provider's entry one of type `api` with this key. Everything else in the file stays as it is. */
  readonly set: (provider: string, key: Redacted.Redacted<string>) => Effect.Effect<void, AuthError>
  /** Removes the provider's entry, whatever its type; answers whether there was one. */
  readonly remove: (provider: string) => Effect.Effect<boolean, AuthError>
  /** What the user should know of the changes since this was asked last, in sentences. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
}

/**
 * The stored credentials.
 *
 * @since 0.1.0
 * @category services
 */
export class CredentialStore extends Context.Tag("@altimate-code/auth/CredentialStore")<CredentialStore, Service>() {}

/**
 * `auth.json` in the data directory, for its owner only, read anew each time. It is replaced in one step, by one
 * process at a time; a symbolic link stays one. Whatever secret is read is registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  CredentialStore,
  never,
  FileSystem.FileSystem | Path.Path | Directories | Secrets
> = Layer.effect(
  CredentialStore,
  Effect.gen(function*() {
    const context = yield* Effect.context<FileSystem.FileSystem>()
    const paths = yield* Path.Path
    const secrets = yield* Secrets
    const { data } = yield* Directories
    const path = paths.join(data, "auth.json")

    const read = privateFile.read(path).pipe(
      Effect.flatMap((text) =>
        Option.isNone(text) ? Effect.succeed(AuthFile.empty(path)) : AuthFile.parse(path, text.value)
      ),
      Effect.tap((file) => Effect.forEach(AuthFile.secrets(file), secrets.register, { discard: true })),
      Effect.provide(context)
    )

    const unread = yield* Ref.make<ReadonlyArray<string>>([])

    /** What is read in the lock is what no other process changes until the answer is written. */
    const update = Effect.fn("CredentialStore.update")(
      function*(change: (file: AuthFile.AuthFile) => Either.Either<AuthFile.AuthFile, AuthError>) {
        const { notices, replace } = yield* privateFile.lock(path)
        yield* Ref.update(unread, (before) => [...before, ...notices])
        const { text } = yield* change(yield* read)
        yield* replace(text)
      },
      Effect.scoped,
      Effect.provide(context)
    )

    return {
      path,
      list: Effect.map(read, AuthFile.list),
      get: (provider) => Effect.map(read, (file) => AuthFile.key(file, provider)),
      set: (provider, key) =>
        Effect.zipRight(
          secrets.register(key),
          update((file) => AuthFile.setKey(file, provider, Redacted.value(key)))
        ),
      notices: Ref.getAndSet(unread, []),
      remove: (provider) =>
        Effect.map(read, (file) => AuthFile.has(file, provider)).pipe(
          Effect.tap(Effect.if({
            onTrue: () => update((file) => AuthFile.removeEntry(file, provider)),
            onFalse: () => Effect.void
          }))
        )
    }
  })
)
