/** Handles a request, from its route to the steps of its response. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { Options } from "../SandboxOptions.ts"
import { alterResponse } from "./converse/alterResponse.ts"
import { complete } from "./converse/answer.ts"
import { converse } from "./converse/converse.ts"
import { bufferSteps, converseStream } from "./converse/converseStream.ts"
import { echo } from "./converse/echo.ts"
import type { ConverseRequest } from "./converse/request.ts"
import { replaceAnswer } from "./faults.ts"
import type { Incoming } from "./http/incoming.ts"
import type { Route } from "./http/route.ts"
import { type Steps, wait } from "./http/steps.ts"
import { answerList } from "./listing/answerList.ts"
import * as Playback from "./playback.ts"
import * as Guardrails from "./validation/guardrails.ts"
import * as Models from "./validation/models.ts"
import {
  empty,
  extraneousField,
  overloadedModel,
  type Refusal,
  refuse,
  scriptEnded,
  splitArn,
  unknownOperation
} from "./validation/refusal.ts"
import { validate } from "./validation/validation.ts"

type Operation = Extract<Route, { type: "Operation" }>

/** Finds a forbidden field in the body, at any depth. */
const findForbidden = (fields: ReadonlySet<string>, body: unknown): Option.Option<string> => {
  if (typeof body !== "object" || body === null) return Option.none()
  return Option.firstSomeOf(
    Object.entries(body).map(([name, value]) => fields.has(name) ? Option.some(name) : findForbidden(fields, value))
  )
}

export const make = (
  options: Pick<
    Options,
    "guardrails" | "lists" | "models" | "overloaded" | "refuse" | "script" | "streaming" | "tracesGuardrails"
  >
) =>
  Effect.map(Ref.make(Playback.start), (position) => {
    const { guardrails, lists = {}, models, overloaded = [], script, streaming = "events", tracesGuardrails = true } =
      options
    const fields = new Set(options.refuse)

    const checkFields = (rawBody: string): Either.Either<void, Refusal> =>
      Option.match(fields.size === 0 ? Option.none() : findForbidden(fields, JSON.parse(rawBody)), {
        onNone: () => Either.void,
        onSome: (field) => Either.left(extraneousField(field))
      })

    const answer = (
      { operation }: Operation,
      { fault, turn }: Playback.Attempt,
      request: ConverseRequest,
      seed: string
    ): Steps => {
      const delays = turn.delays ?? {}
      const steps = Option.getOrElse(Option.flatMap(Option.fromNullable(fault), replaceAnswer), () => {
        const answer = complete(turn, request, seed)
        const completed = tracesGuardrails ? answer : { ...answer, guardrail: undefined }
        if (operation === "converse" || streaming === "json") {
          return alterResponse(converse(completed, delays, fault), fault)
        }
        const steps = converseStream(completed, delays, fault)
        return alterResponse(streaming === "buffered" ? bufferSteps(steps) : steps, fault)
      })
      return [...wait(delays.headers), ...steps]
    }

    const attempt = (
      route: Operation,
      request: ConverseRequest,
      incoming: Incoming
    ): Effect.Effect<Steps, Refusal> =>
      script === undefined
        ? Effect.succeed(
          answer(route, { index: 0, turn: echo(route.modelId, request), fault: undefined }, request, incoming.rawBody)
        )
        : Ref.modify(position, (at) => Playback.next(script, route.operation, at)).pipe(
          Effect.flatten,
          Effect.mapBoth({
            onFailure: () => scriptEnded(script.length),
            onSuccess: (next) => answer(route, next, request, `turn ${next.index}`)
          })
        )

    /** The route is checked first, as in Bedrock, where that needs no credential. */
    return (
      route: Route,
      incoming: Incoming,
      authorization: Either.Either<void, Refusal>
    ): Effect.Effect<Steps> => {
      switch (route.type) {
        case "Unknown":
          return Effect.sync(() => unknownOperation(incoming.method))
        case "SplitArn":
          return Effect.sync(splitArn)
        case "List":
          return Either.match(authorization, {
            onLeft: (refusal) => Effect.sync(() => refuse(refusal)),
            onRight: () => Effect.sync(() => answerList(lists, route, incoming))
          })
        case "Operation":
          return authorization.pipe(
            Either.andThen(() => Models.check(models, route.modelId)),
            Either.andThen(() => overloaded.includes(route.modelId) ? Either.left(overloadedModel) : Either.void),
            Either.andThen(() => validate(incoming.rawBody, route.modelId)),
            Either.flatMap((request) => Either.map(checkFields(incoming.rawBody), () => request)),
            Either.flatMap((request) =>
              Either.map(Guardrails.check(guardrails, request, route.modelId, route.operation), () => request)
            ),
            Effect.flatMap((request) =>
              route.operation === "converse" && streaming === "only"
                ? Effect.succeed(empty(200))
                : attempt(route, request, incoming)
            ),
            Effect.catchAll((refusal) => Effect.sync(() => refuse(refusal)))
          )
      }
    }
  })
