/** Decides whether a tool call may run, and asks the user if the policy requires that. */
import * as Cut from "@altimate-code/system/Cut"
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Approver } from "../../permission/Approver.ts"
import { PermissionPolicy } from "../../permission/PermissionPolicy.ts"
import type { Decision, Grant, Verdict } from "../../permission/PermissionRules.ts"
import type { Line, Session } from "../../session/Session.ts"
import type { SessionError } from "../../session/SessionError.ts"
import * as SessionGrants from "../../session/SessionGrants.ts"
import { type Action, type ActionPart, ToolFailure } from "../../tools/ToolCall.ts"
import { now } from "../session/now.ts"
import { oneLine } from "../session/oneLine.ts"

type Call = Pick<Extract<Response.AnyPart, { readonly type: "tool-call" }>, "id" | "name">

export const makePermissions = (session: Session) =>
  Effect.gen(function*() {
    const policy = yield* PermissionPolicy
    const approver = yield* Approver
    const questionLock = yield* Effect.makeSemaphore(1)

    let known: { readonly entries: ReadonlyArray<Line>; readonly grants: ReadonlyArray<Grant> } | undefined
    const grants = Effect.map(session.entries, (entries) => {
      // A session has many lines, and few of them between two decisions.
      if (known?.entries !== entries) known = { entries, grants: SessionGrants.list(entries) }
      return known.grants
    })

    const decide = (action: Action) => Effect.flatMap(grants, (grants) => policy.decide(action, grants))

    /** Succeeds with the reason why the action is allowed. */
    const applyOrAsk = (
      call: Call,
      action: Action,
      { because, isAcceptableEdit, patterns, verdict }: Decision
    ): Effect.Effect<string, ToolFailure | SessionError> =>
      Effect.gen(function*() {
        if (verdict === "allow") return because
        if (verdict === "deny") return yield* notAllowed(because)
        const answer = yield* approver.ask({
          id: call.id,
          tool: call.name,
          action,
          patterns,
          because,
          ...(isAcceptableEdit && policy.mode !== undefined ? { isAcceptableEdit } : {})
        })
        // The user may have switched to plan mode before they answered.
        const again = answer._tag === "No" ? undefined : yield* decide(action)
        if (again?.verdict === "deny") return yield* notAllowed(again.because)
        switch (answer._tag) {
          case "Once":
            return "allowed once"
          case "Session": {
            for (const pattern of patterns) {
              yield* session.append({ type: "grant", ...pattern, time: yield* now })
            }
            return "allowed for this session"
          }
          case "AllEdits":
            if (policy.mode !== undefined) yield* SubscriptionRef.set(policy.mode, "accept-edits")
            return "all edits in the project are allowed from now on"
          case "No":
            if ("isUnasked" in answer) return yield* denied(answer.message, "not allowed without asking you")
            return yield* denied(
              answer.message === undefined ? "The user declined." : `The user declined: ${answer.message}`,
              answer.message === undefined ? "declined by you" : `declined by you: ${answer.message}`
            )
        }
      })

    return {
      /** Succeeds with the reason why the action is allowed; fails with `Denied`. */
      permit: (call: Call, action: Action) =>
        Effect.flatMap(decide(action), (decision) => {
          if (decision.verdict === "allow") return Effect.succeed(decision.because)
          return decision.verdict === "ask"
            // Decided again once this question is next, because the previous answer may have allowed it for the session.
            ? questionLock.withPermits(1)(Effect.flatMap(decide(action), (again) => applyOrAsk(call, action, again)))
            : applyOrAsk(call, action, decision)
        }),
      /** Fails with `Denied` if the action is not allowed, whatever the user would answer. */
      refuseDenied: (action: Action) =>
        Effect.flatMap(
          decide(action),
          ({ because, verdict }) => verdict === "deny" ? notAllowed(because) : Effect.void
        ),
      /** Decides on each part without asking the user. */
      verdicts: (parts: ReadonlyArray<ActionPart>) =>
        Effect.gen(function*() {
          const granted = yield* grants
          const byKind = new Map<string, Option.Option<Verdict>>()
          const verdicts: Array<Verdict> = []
          for (const part of parts) {
            const kind = `${part.permission} ${part.secret}`
            const forAll = byKind.get(kind) ??
              (policy.decideAll === undefined ? Option.none() : yield* policy.decideAll(part, granted))
            byKind.set(kind, forAll)
            verdicts.push(
              Option.isSome(forAll)
                ? forAll.value
                : (yield* policy.decide({ parts: [part], title: part.subject }, granted)).verdict
            )
          }
          return verdicts
        })
    }
  })

const denied = (message: string, summary: string) =>
  new ToolFailure({
    reason: "Denied",
    message,
    summary: summary.length > maxSummaryLength
      ? `${Cut.head(oneLine(summary), maxSummaryLength - 1)}…`
      : oneLine(summary)
  })

const notAllowed = (because: string) => denied(`This is not allowed: ${because}`, `not allowed: ${because}`)

const maxSummaryLength = 100
