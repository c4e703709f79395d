/**
 * Which models does this endpoint offer?
 *
 * @since 0.1.0
 */
import { Auth } from "@altimate-code/auth/Auth"
import type { AuthError } from "@altimate-code/auth/AuthError"
import { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import { Settings } from "@altimate-code/config/Settings"
import { publicUrl, registerSecrets } from "@altimate-code/log/PublicUrl"
import { Network } from "@altimate-code/network/Network"
import * as Digest from "@altimate-code/system/Digest"
import { logDecision } from "@altimate-code/system/logging/DecisionLevel"
import { readText } from "@altimate-code/system/ReadText"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { dirname, join } from "node:path"
import type { BedrockError } from "../BedrockError.ts"
import { EndpointPolicy, resolveControlPlane } from "../EndpointPolicy.ts"
import { refuseInsecure } from "../internal/endpoint/refuseInsecure.ts"
import { makeResolveIdentity } from "../internal/identity/resolveIdentity.ts"
import { listCandidates } from "../internal/listing/candidates.ts"
import { type Get, readList } from "../internal/listing/readList.ts"
import { sendGet } from "../internal/listing/sendGet.ts"
import { retryRequest } from "../internal/transport/retryRequest.ts"
import { RetryPolicy } from "../RetryPolicy.ts"
import * as SigningScope from "../SigningScope.ts"
import { RemoteList } from "./RemoteList.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The stored list for this endpoint, region and credential, whatever its age. Sends nothing. */
  readonly stored: Effect.Effect<Option.Option<RemoteList>, AuthError>
  /** The stored list if it is less than a day old; otherwise asks for it and stores it. */
  readonly list: Effect.Effect<RemoteList, AuthError | BedrockError>
  /** Asks for the list and stores it. */
  readonly refresh: Effect.Effect<RemoteList, AuthError | BedrockError>
}

/**
 * The models that the endpoint offers.
 *
 * @since 0.1.0
 * @category services
 */
export class RemoteModels
  extends Context.Tag("@altimate-code/provider/listing/RemoteModels")<RemoteModels, Service>()
{}

/**
 * How long a stored list is used.
 *
 * @since 0.1.0
 * @category limits
 */
export const maxAge = Duration.days(1)

/** The user waits for the list, so it is not retried for long. */
const maxRetryTime = Duration.seconds(10)

/**
 * Asks AWS's control plane (`AWS_ENDPOINT_URL_BEDROCK`, else the host that belongs to the endpoint), or behind a gateway those of its paths where it may
 * list its models. Uses the network, the credential, the headers and the time limits of other requests. Lists are stored in `directory`, one
 * file per endpoint, region and credential, readable only by the user.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (directory: string): Layer.Layer<
  RemoteModels,
  ConfigError,
  Auth | AwsCredentials | FileSystem.FileSystem | Network | Settings
> => Layer.effect(RemoteModels, Effect.annotateLogs(make(directory), annotations))

const annotations = { service: "provider", providerID: "amazon-bedrock" }

const hash = (values: ReadonlyArray<unknown>): string => Digest.of(JSON.stringify(values)).slice(0, 32)

/** Where the list may be, and the name of the folder of its stored versions. */
const findPlaces = Effect.gen(function*() {
  const settings = yield* Settings
  const endpoint = yield* (yield* EndpointPolicy).resolve(settings)
  const controlPlane = yield* resolveControlPlane
  const candidates = listCandidates(endpoint, Option.getOrUndefined(controlPlane))
  const folder = hash([...candidates.map(({ url }) => publicUrl(url)), settings.region.value])
  return { candidates, endpoints: [endpoint, ...Option.toArray(controlPlane)], folder }
})

/** None for a missing or damaged file, and for one of another version. */
const readStored = (file: string): Effect.Effect<Option.Option<RemoteList>, never, FileSystem.FileSystem> =>
  Effect.option(Effect.flatMap(readText(file), Schema.decodeUnknown(Schema.parseJson(RemoteList))))

/**
 * All stored lists for this endpoint and region, whatever credential they were read with. Sends nothing and reads no credential.
 *
 * @since 0.1.0
 * @category queries
 */
export const readAllStored = (directory: string): Effect.Effect<
  ReadonlyArray<RemoteList>,
  ConfigError,
  FileSystem.FileSystem | Settings
> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const folder = join(directory, (yield* findPlaces).folder)
    const names = yield* Effect.orElseSucceed(fs.readDirectory(folder), () => [])
    return (yield* Effect.forEach(names, (name) => readStored(join(folder, name)))).flatMap(Option.toArray)
  })

const make = (directory: string) =>
  Effect.gen(function*() {
    const settings = yield* Settings
    const policy = yield* RetryPolicy
    const fs = yield* FileSystem.FileSystem
    const auth = yield* Auth
    const { fetch } = yield* Network
    const region = settings.region.value
    const { headers, limits, retry } = settings.gateway
    const { candidates, endpoints, folder } = yield* findPlaces
    for (const each of endpoints) {
      yield* registerSecrets(each.url)
      yield* refuseInsecure(each, settings.gateway)
    }
    const resolveIdentity = makeResolveIdentity(auth, yield* AwsCredentials, region)
    const connect = Duration.decode(limits.connect ?? "10 seconds")

    const get: Get = (url) =>
      retryRequest(
        {
          ...policy,
          resolveIdentity,
          limit: (error) => {
            const { attempts, total } = policy.limit?.(error, retry) ?? { total: Duration.infinity }
            return { total: Duration.min(total, maxRetryTime), attempts }
          }
        },
        (identity, number) =>
          sendGet({
            fetch,
            url,
            signing: SigningScope.resolve(settings, url),
            attempt: { operation: "list", url: publicUrl(url), region, identity, number, headers, drop: [], connect }
          })
      )

    /** Without the secrets of the credential: its kind and its source distinguish accounts. */
    const file = Effect.map(
      auth.credential,
      ({ _tag, where }) => join(directory, folder, `${hash([_tag, where])}.json`)
    )

    const store = (file: string, list: RemoteList) =>
      fs.makeDirectory(dirname(file), { recursive: true, mode: 0o700 }).pipe(
        Effect.zipRight(replaceFile(file, `${JSON.stringify(list)}\n`, { mode: 0o600, forcesMode: true })),
        // The list is complete without it.
        Effect.catchAll((error) => Effect.logWarning(`the list of models could not be stored: ${error.message}`)),
        Effect.provideService(FileSystem.FileSystem, fs)
      )

    const refresh = Effect.gen(function*() {
      const path = yield* file
      const list = { ...yield* readList(candidates, get), readAt: yield* Clock.currentTimeMillis, region }
      yield* logDecision("models listed").pipe(
        Effect.annotateLogs({ source: list.source, url: list.url, models: list.models.length })
      )
      // A refused credential may be corrected in the next minute.
      if (!(list.source === "None" && (list.status === 401 || list.status === 403))) yield* store(path, list)
      return list
    }).pipe(Effect.annotateLogs(annotations))

    const stored = Effect.provideService(Effect.flatMap(file, readStored), FileSystem.FileSystem, fs)

    return RemoteModels.of({
      stored,
      refresh,
      list: Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const found = Option.filter(
          yield* stored,
          ({ readAt }) => readAt <= now && now - readAt < Duration.toMillis(maxAge)
        )
        return yield* Option.match(found, { onNone: () => refresh, onSome: Effect.succeed })
      })
    })
  })
