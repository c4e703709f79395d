/** Tells the model whether plan mode is on. The permission policy enforces it. */
import * as Effect from "effect/Effect"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { PermissionPolicy } from "../../permission/PermissionPolicy.ts"
import type { Line } from "../../session/Session.ts"
import { findLastSummary } from "../session/lastSummary.ts"

/** The screen recognizes a plan by its heading. */
export const planModeOn =
  `Plan mode is on. Change nothing and run nothing: until plan mode is off, every call but those of read, glob, \
grep, skill and todo, and the actions list and read of tasks, is denied. Read what you need to know. If something important is unclear, ask the user about it and stop. If the task needs changes, end \
your answer with the whole plan under the heading "## Plan": the steps in order, with the files that each of them changes, and how you will \
check the result. The user then accepts, changes or refuses the plan.`

export const planModeOff =
  "Plan mode is off. You may change files and run commands again, as far as the user permits it."

/** Whether plan mode is on, if the model does not know it yet; it knows what the last message about it says, unless a summary replaced it. */
export const findUnknownPlanMode = (lines: ReadonlyArray<Line>) =>
  Effect.gen(function*() {
    const { mode } = yield* PermissionPolicy
    if (mode === undefined) return undefined
    const isOn = (yield* SubscriptionRef.get(mode)) === "plan"
    const announced = lines.slice(findLastSummary(lines)?.keep ?? 0)
      .findLast((line) => line.type === "user" && line.plan !== undefined)
    return (announced?.type === "user" && announced.plan === true) === isOn ? undefined : isOn
  })
