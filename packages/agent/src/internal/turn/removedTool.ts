import * as Context from "effect/Context"

/** Annotates a tool that no longer exists: it is not offered to the model, and its handler explains that to a model that still calls it. */
export class RemovedTool extends Context.Reference<RemovedTool>()("@altimate-code/agent/RemovedTool", {
  defaultValue: () => false
}) {}
