import { type Grant, PermissionRules } from "@altimate-code/agent/permission/PermissionRules"
import * as SessionGrants from "@altimate-code/agent/session/SessionGrants"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { type AllowedRule, Host } from "../../../Host.ts"
import { nameRule } from "../../screen/nameRule.ts"
import { CurrentSession } from "../currentSession.ts"
import { Display } from "../display.ts"

const isSame = (grant: Grant, rule: Grant): boolean =>
  grant.permission === rule.permission && grant.pattern === rule.pattern

/** `/permissions`: what runs without a question, and how to take it back. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const current = yield* CurrentSession
  const rules = yield* PermissionRules
  const { send, showFailure, showNotice } = yield* Display

  const isGranted = (rule: AllowedRule) =>
    Effect.gen(function*() {
      const { entries } = yield* current.get
      return SessionGrants.list(yield* entries).some((grant) => isSame(grant, rule))
    })

  /** What is allowed in the user's configuration and also for the session is one rule for the user. */
  const list = Effect.gen(function*() {
    const { entries } = yield* current.get
    const configured = yield* host.allowedRules
    const granted = SessionGrants.list(yield* entries)
      .filter((grant) => !configured.some((rule) => rule.isRemovable && isSame(grant, rule)))
      .map((grant): AllowedRule => ({ ...grant, place: "in this session", isRemovable: true, isOfSession: true }))
    return [...granted, ...configured]
  })

  const show = (isOpening: boolean) => Effect.flatMap(list, (rules) => send({ type: "permissions", rules, isOpening }))

  const revoke = ({ pattern, permission }: AllowedRule) =>
    Effect.gen(function*() {
      const { append } = yield* current.get
      yield* append({ type: "revoke", permission, pattern, time: DateTime.formatIso(yield* DateTime.now) })
    })

  return {
    show: show(true),
    remove: (rule: AllowedRule) =>
      Effect.gen(function*() {
        const others = (yield* host.allowedRules).filter((other) =>
          isSame(other, rule) && (rule.isOfSession || other.place !== rule.place)
        )
        if (!rule.isOfSession) {
          yield* host.removeRule(rule)
          if (others.length === 0) yield* rules.remove(rule)
        }
        if (yield* isGranted(rule)) yield* revoke(rule)
        const removed = `${nameRule(rule)} (${rule.place})`
        yield* showNotice(
          others.length === 0
            ? `No longer allowed: ${removed}.`
            : `Removed: ${removed}. It is still allowed by ${others.map(({ place }) => place).join(", ")}.`
        )
      }).pipe(Effect.catchAll(showFailure), Effect.zipRight(show(false)))
  }
})
