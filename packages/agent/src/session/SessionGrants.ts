/**
 * What the user has allowed for a session.
 *
 * @since 0.1.0
 */
import type { Grant } from "../permission/PermissionRules.ts"
import type { Line } from "./Session.ts"

/**
 * The grants that apply, each once, without those that the user has taken back.
 *
 * @since 0.1.0
 * @category getters
 */
export const list = (lines: ReadonlyArray<Line>): ReadonlyArray<Grant> => {
  const grants = new Map<string, Grant>()
  for (const line of lines) {
    if (line.type !== "grant" && line.type !== "revoke") continue
    const { pattern, permission } = line
    const key = JSON.stringify([permission, pattern])
    if (line.type === "grant") grants.set(key, { permission, pattern })
    else grants.delete(key)
  }
  return [...grants.values()]
}
