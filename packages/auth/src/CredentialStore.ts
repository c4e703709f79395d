/**
 * Stores credentials in `auth.json`.
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
 * An entry without its secret. The type is `api`, or another program's type, for example `oauth`.
 *
 * @since 0.1.0
 * @category models
 */
export interface StoredCredential {
  readonly provider: string
  readonly type: string
}

/**
 * The credentials in `auth.json`, by provider ID, for example `amazon-bedrock`. A missing file is like an empty one. All operations fail with
 * `CorruptStore` if the file is not a JSON object, and with `StoreIO` if it can't be read or written. `set` and `remove` also fail with `Locked`
 * if another process holds the lock for too long.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The path of `auth.json`. */
  readonly path: string
  /** All entries in the order of the file. The type is `unknown` if it is missing. */
  readonly list: Effect.Effect<ReadonlyArray<StoredCredential>, AuthError>
  /** The key of the provider's entry, unchanged; none if the type is not `api` or the key is blank. */
  readonly get: (provider: string) => Effect.Effect<Option.Option<Redacted.Redacted<string>>, AuthError>
  /** Sets the provider's entry to type `api` with this key. The rest of the file stays unchanged. */
  readonly set: (provider: string, key: Redacted.Redacted<string>) => Effect.Effect<void, AuthError>
  /** Removes the provider's entry, whatever its type. Returns whether there was one. */
  readonly remove: (provider: string) => Effect.Effect<boolean, AuthError>
  /** The notices for the user since the last read. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
}

/**
 * Stores credentials.
 *
 * @since 0.1.0
 * @category services
 */
export class CredentialStore extends Context.Tag("@altimate-code/auth/CredentialStore")<CredentialStore, Service>() {}

/**
 * Uses `auth.json` in the data directory, which only its owner can read. The file is read again for each operation. Writes are atomic, exclude
 * other processes, and preserve a symbolic link. Every secret is registered with `Secrets`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<
  Service,
  never,
  FileSystem.FileSystem | Path.Path | Directories
> = Effect.gen(function*() {
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

  const pendingNotices = yield* Ref.make<ReadonlyArray<string>>([])

  /** Reads the file under the lock, so that no other process changes it before the write. */
  const update = Effect.fn("CredentialStore.update")(
    function*(change: (file: AuthFile.AuthFile) => Either.Either<AuthFile.AuthFile, AuthError>) {
      const { notices, replace } = yield* privateFile.lock(path)
      yield* Ref.update(pendingNotices, (before) => [...before, ...notices])
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
    notices: Ref.getAndSet(pendingNotices, []),
    remove: (provider) =>
      Effect.map(read, (file) => AuthFile.has(file, provider)).pipe(
        Effect.tap(Effect.if({
          onTrue: () => update((file) => AuthFile.removeEntry(file, provider)),
          onFalse: () => Effect.void
        }))
      )
  }
})

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  CredentialStore,
  never,
  FileSystem.FileSystem | Path.Path | Directories
> = Layer.effect(CredentialStore, make)
