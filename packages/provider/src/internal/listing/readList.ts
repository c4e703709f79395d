/** Reads the list of models from the first candidate that has one. */
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { BedrockError } from "../../BedrockError.ts"
import type { RemoteList, RemoteModel, RemoteProfile } from "../../listing/RemoteList.ts"
import { type Candidate, operationUrl } from "./candidates.ts"
import { readAccess, readFoundationModels, readGatewayModels, readProfiles } from "./responses.ts"

/** Sends a GET request and returns the JSON of its response. */
export type Get = (url: string) => Effect.Effect<unknown, BedrockError>

type Found = Omit<RemoteList, "readAt" | "region">

/** The maximum number of pages, in case a server repeats them. */
const maxPages = 50

/** How many models are asked about at the same time. */
const concurrency = 8

const readAllProfiles = (base: string, get: Get) =>
  Effect.gen(function*() {
    const profiles: Array<RemoteProfile> = []
    let token: string | undefined
    for (let page = 0; page < maxPages; page++) {
      const query = { maxResults: "1000", ...(token === undefined ? {} : { nextToken: token }) }
      const response = readProfiles(yield* get(operationUrl(base, "/inference-profiles", query)))
      if (Option.isNone(response)) break
      profiles.push(...response.value.profiles)
      if (Option.isNone(response.value.next) || response.value.next.value === token) break
      token = response.value.next.value
    }
    return profiles
  })

/** AWS's own profiles and the account's: without `type`, only AWS's are listed. */
const readProfileTypes = (base: string, get: Get) =>
  Effect.map(
    Effect.forEach(["SYSTEM_DEFINED", "APPLICATION"], (type) =>
      readAllProfiles(base, (url) => {
        const typed = new URL(url)
        typed.searchParams.set("type", type)
        return get(typed.href)
      })),
    (lists) => lists.flat()
  )

/** Adds whether the account has access. Many roles may not ask that; after the first refusal, it stays unknown. */
const addAccess = (base: string, get: Get, models: ReadonlyArray<RemoteModel>) =>
  Effect.suspend(() => {
    let isRefused = false
    const ask = (model: RemoteModel): Effect.Effect<RemoteModel> =>
      isRefused ? Effect.succeed(model) : get(
        operationUrl(base, `/foundation-model-availability/${encodeURIComponent(model.id)}`, {})
      ).pipe(
        Effect.map((response) =>
          Option.match(readAccess(response), {
            onNone: () => model,
            onSome: (access): RemoteModel => ({ ...model, access })
          })
        ),
        Effect.catchAll(({ status }) => {
          isRefused ||= status !== undefined && status !== 429
          return Effect.succeed(model)
        })
      )
    const [first, ...others] = models
    return first === undefined ?
      Effect.succeed([]) :
      Effect.flatMap(
        ask(first),
        (first) => Effect.map(Effect.forEach(others, ask, { concurrency }), (others) => [first, ...others])
      )
  })

const readControlPlane = (base: string, get: Get): Effect.Effect<Option.Option<Found>, BedrockError> =>
  Effect.gen(function*() {
    const url = operationUrl(base, "/foundation-models", {})
    const models = readFoundationModels(yield* get(url))
    if (Option.isNone(models)) return Option.none()
    const [withAccess, profiles] = yield* Effect.all([
      addAccess(base, get, models.value),
      Effect.either(readProfileTypes(base, get))
    ], { concurrency: 2 })
    return Option.some<Found>({
      source: "ControlPlane",
      url: publicUrl(url),
      models: withAccess,
      ...profiles._tag === "Right"
        ? { profiles: profiles.right }
        : { profiles: [], profilesError: profiles.left.message }
    })
  })

const readGateway = (url: string, get: Get): Effect.Effect<Option.Option<Found>, BedrockError> =>
  Effect.map(get(url), (response) =>
    Option.map(
      readGatewayModels(response),
      (models): Found => ({ source: "Gateway", url: publicUrl(url), models, profiles: [] })
    ))

/** Whether the gateway answered, so that its other paths may have a list. */
const hasAnswered = ({ status }: BedrockError): boolean => status !== undefined && status < 500 && status !== 429

/** Fails if no connection was made, if the service is overloaded, or if the only candidate refuses. */
export const readList = (candidates: ReadonlyArray<Candidate>, get: Get): Effect.Effect<Found, BedrockError> =>
  Effect.gen(function*() {
    let status: number | undefined
    for (const { _tag, url } of candidates) {
      const read = _tag === "ControlPlane" ? readControlPlane(url, get) : readGateway(url, get)
      const found = yield* Effect.catchIf(
        read,
        (error) => hasAnswered(error) && (candidates.length > 1 || error.status === 404),
        (error) => {
          status = error.status
          return Effect.succeedNone
        }
      )
      if (Option.isSome(found)) return found.value
    }
    return {
      source: "None",
      url: publicUrl(candidates[0]!.url),
      ...(status === undefined ? {} : { status }),
      models: [],
      profiles: []
    }
  })
