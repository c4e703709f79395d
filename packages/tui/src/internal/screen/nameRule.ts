import type { Grant } from "@altimate-code/agent/permission/PermissionRules"

/** A rule as the user reads it, in lists and in notices. */
export const nameRule = ({ pattern, permission }: Grant): string =>
  permission === "*" && pattern === "*" ? "everything" : `${permission} ${pattern}`
