import { type Grant, PermissionRules } from "@altimate-code/agent/permission/PermissionRules"
import * as Effect from "effect/Effect"
import { Host } from "../../../Host.ts"
import { Display } from "../display.ts"

/** The answer "always": it applies to this process at once, and `save` writes it to the configuration. */
export const make = Effect.gen(function*() {
  const host = yield* Host
  const { showFailure, showNotice } = yield* Display
  const rules = yield* PermissionRules

  return {
    allow: (grants: ReadonlyArray<Grant>) => Effect.forEach(grants, rules.allow, { discard: true }),
    save: (grants: ReadonlyArray<Grant>) =>
      Effect.forEach(grants, (grant) =>
        host.allowAlways(grant.permission, grant.pattern).pipe(
          Effect.flatMap((file) =>
            showNotice(
              `Always allowed${
                grant.pattern.startsWith("/") ? "" : " in all projects"
              }: ${grant.permission} ${grant.pattern} (saved in ${file}).`
            )
          ),
          Effect.catchAll(showFailure)
        ), { discard: true })
  }
})
