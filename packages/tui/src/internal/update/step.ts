import type { Action } from "../screen/action.ts"
import type { State } from "../screen/state.ts"

/** The state after a message, and the actions that it asks for. */
export interface Step {
  readonly state: State
  readonly actions: ReadonlyArray<Action>
}

export const step = (state: State, ...actions: ReadonlyArray<Action>): Step => ({ state, actions })
