import { type Grant, PermissionRules } from "@altimate-code/agent/permission/PermissionRules"
import * as Effect from "effect/Effect"
import { Host } from "../../../Host.ts"
import { Display } from "../display.ts"

/** The answer "always": it is saved in the configuration and also applies to this process. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const { showFailure, showNotice } = yield* Display
  const rules = yield* PermissionRules

  return (grants: ReadonlyArray<Grant>) =>
    Effect.forEach(grants, (grant) =>
      rules.allow(grant).pipe(
        Effect.zipRight(host.allowAlways(grant.permission, grant.pattern)),
        Effect.flatMap((file) =>
          showNotice(
            `Always allowed${
              grant.pattern.startsWith("/") ? "" : " in all projects"
            }: ${grant.permission} ${grant.pattern} (saved in ${file}).`
          )
        ),
        Effect.catchAll(showFailure)
      ), { discard: true })
})
