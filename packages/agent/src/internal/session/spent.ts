/** Measures requests, and stops a session that has reached its cost limit. */
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Session } from "../../session/Session.ts"
import { SessionError } from "../../session/SessionError.ts"
import * as Spending from "../../session/Spending.ts"
import * as Usage from "../../session/Usage.ts"
import type { ModelProvider } from "../../turn/ModelProvider.ts"
import { now } from "./now.ts"

/** Measures the request with these parts of an answer, which may have been cut off. */
export const measure = (
  parts: ReadonlyArray<Response.AnyPart>,
  { computeCost, model: requested }: ModelProvider
): Spending.Spent => {
  const answered = parts.find((part) => part.type === "response-metadata")?.modelId ?? Option.none()
  const model = Option.getOrUndefined(answered) ?? requested
  const finish = parts.findLast((part) => part.type === "finish")
  const usage = finish === undefined ? Usage.none : Usage.fromResponse(finish.usage)
  const cost = finish === undefined || Usage.total(usage) === 0
    ? undefined
    : computeCost({ model, usage, metadata: finish.metadata })
  return {
    usage,
    ...(model === undefined ? {} : { model }),
    ...(cost === undefined ? {} : { cost: Spending.round(cost) })
  }
}

/** Saves a request that leaves no other line. */
export const saveSpent = (session: Session, spent: Spending.Spent) =>
  Effect.flatMap(now, (time) => session.append({ type: "usage", ...spent, time }))

/** Fails if the session has reached its cost limit. Runs before each request. */
export const checkCostLimit = (session: Session, { maxCost }: ModelProvider): Effect.Effect<void, SessionError> =>
  Effect.gen(function*() {
    if (maxCost === undefined) return
    const spending = Spending.sum(yield* session.entries)
    if (spending.cost < maxCost) return
    return yield* new SessionError({
      reason: "CostLimit",
      message: `The session has cost ${Spending.describe(spending)} and reached its limit of ${
        Spending.formatDollars(maxCost)
      }. No further request was sent.`,
      hint: "Resume the session with a higher limit, or start a new one."
    })
  })
