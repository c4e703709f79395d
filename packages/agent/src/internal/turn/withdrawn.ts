import * as Context from "effect/Context"

/** Of a tool that there was: models are not told of it, and a call gets its handler's reason why there is none. */
export class Withdrawn extends Context.Reference<Withdrawn>()("@altimate-code/agent/Withdrawn", {
  defaultValue: () => false
}) {}
