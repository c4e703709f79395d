import * as Secrets from "@altimate-code/log/Secrets"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as CredentialStore from "../src/CredentialStore.ts"
import { directories } from "./directories.ts"

export const temporary = Effect.flatMap(
  FileSystem.FileSystem,
  (fs) => Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
)

/** A temporary home directory with a credential store. */
export const makeStore = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const home = yield* temporary
  const services = CredentialStore.layer.pipe(Layer.provideMerge(Layer.merge(directories(home), Secrets.layer)))
  const context = yield* Layer.build(services)
  const store = yield* Effect.provide(CredentialStore.CredentialStore, context)
  const { mask } = yield* Effect.provide(Secrets.Secrets, context)
  const directory = `${home}/.local/share/altimate-code`
  return {
    home,
    directory,
    store,
    /** The key as plain text, because `deepStrictEqual` considers all `Redacted` values equal. */
    key: (provider = "amazon-bedrock") =>
      Effect.map(store.get(provider), (key) => Option.getOrNull(Option.map(key, Redacted.value))),
    mask,
    /** Writes `auth.json` and its directory before the store is used. */
    write: (text: string, mode = 0o600) =>
      Effect.zipRight(
        fs.makeDirectory(directory, { recursive: true, mode: 0o700 }),
        fs.writeFileString(store.path, text, { mode })
      ),
    text: fs.readFileString(store.path),
    json: Effect.map(fs.readFileString(store.path), (text) => JSON.parse(text) as unknown)
  }
})
