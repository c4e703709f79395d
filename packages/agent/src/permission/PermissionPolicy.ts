/**
 * Decides which tool calls may run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { decide, decideAll, readPermissions } from "../internal/permission/decide.ts"
import type { Action, ActionPart } from "../tools/ToolCall.ts"
import type { Mode } from "./PermissionMode.ts"
import { type Decision, type Grant, PermissionRules, type Verdict } from "./PermissionRules.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** `grants` is what the user has allowed for the session. */
  readonly decide: (action: Action, grants: ReadonlyArray<Grant>) => Effect.Effect<Decision>
  /**
   * Decides on all parts of this kind at once, whatever their subjects, because a search finds too many files to decide on one by one. If it
   * is missing or returns none, each part is decided separately.
   */
  readonly decideAll?: (
    part: Omit<ActionPart, "subject">,
    grants: ReadonlyArray<Grant>
  ) => Effect.Effect<Option.Option<Verdict>>
  /** The current mode, which the user can change at any time. A policy without it has no modes. */
  readonly mode?: SubscriptionRef.SubscriptionRef<Mode>
}

/**
 * Decides whether a tool call's action is allowed, denied or needs the user's permission.
 *
 * @since 0.1.0
 * @category services
 */
export class PermissionPolicy extends Context.Tag("@altimate-code/agent/PermissionPolicy")<
  PermissionPolicy,
  Service
>() {}

/**
 * Applies the `PermissionRules` of the caller and the session's grants; a grant never overrules a "deny".
 *
 * The strictest verdict of the action's parts applies. For each part the rules under its own name come first, then those under names with
 * wildcards (`*` last), then the defaults: reading is allowed, except files that may contain secrets; everything else needs the user's
 * permission. Among the patterns under a name the longest match decides. Files that other programs execute are allowed only by a pattern
 * that names them.
 *
 * @since 0.1.0
 * @category policies
 */
export const standard: Service = {
  decide: (action, grants) =>
    Effect.flatMap(PermissionRules, ({ get }) => Effect.map(get, (rules) => decide(rules, action, grants))),
  decideAll: (part, grants) =>
    Effect.flatMap(PermissionRules, ({ get }) => Effect.map(get, (rules) => decideAll(rules, part, grants)))
}

/**
 * See {@link standard}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<PermissionPolicy> = Layer.succeed(PermissionPolicy, standard)

/**
 * A policy that never asks. Whatever the underlying policy would ask about is allowed, with this reason; what it denies stays denied.
 *
 * @since 0.1.0
 * @category layers
 */
export const neverAsk = (because: string): Layer.Layer<PermissionPolicy, never, PermissionPolicy> =>
  Layer.effect(
    PermissionPolicy,
    Effect.map(PermissionPolicy, (policy): Service => {
      const { decideAll } = policy
      return {
        decide: (action, grants) =>
          Effect.map(
            policy.decide(action, grants),
            (decision) => decision.verdict === "ask" ? { ...decision, verdict: "allow", because } : decision
          ),
        ...(decideAll === undefined ? {} : {
          decideAll: (part, grants) =>
            Effect.map(
              decideAll(part, grants),
              Option.map((verdict): Verdict => verdict === "ask" ? "allow" : verdict)
            )
        })
      }
    })
  )

/** Whether the action only reads. The tool `directory` of an MCP server `external` has the subject `*`, which is no path. */
const isReading = ({ parts }: Action): boolean =>
  parts.length > 0 &&
  parts.every(({ permission, subject }) =>
    readPermissions.has(permission) || (permission === "external_directory" && subject !== "*")
  )

const deniedByPlan = "plan mode is on: only read, glob, grep and skill may be used"

/**
 * A policy that the user can switch to another mode. It starts in `initial`.
 *
 * `accept-edits` allows what the underlying policy would ask about and marks as an acceptable edit. `plan` denies everything but reading,
 * whatever the underlying policy allows; on reading the underlying policy decides. No mode allows what it denies.
 *
 * @since 0.1.0
 * @category layers
 */
export const withModes = (initial: Mode): Layer.Layer<PermissionPolicy, never, PermissionPolicy> =>
  Layer.effect(
    PermissionPolicy,
    Effect.gen(function*() {
      const policy = yield* PermissionPolicy
      const mode = yield* SubscriptionRef.make(initial)
      return {
        ...policy,
        mode,
        decide: (action, grants) =>
          Effect.flatMap(SubscriptionRef.get(mode), (current): Effect.Effect<Decision> => {
            if (current === "plan" && !isReading(action)) {
              return Effect.succeed({ verdict: "deny", because: deniedByPlan, patterns: [] })
            }
            const decided = policy.decide(action, grants)
            if (current !== "accept-edits") return decided
            return Effect.map(decided, (decision) =>
              decision.verdict === "ask" && decision.isAcceptableEdit
                ? { ...decision, verdict: "allow", because: "edits in the project are accepted" }
                : decision)
          })
      }
    })
  )
