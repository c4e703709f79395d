/** Turns of a scripted model that calls the tools for files. */
import * as Prompt from "@effect/ai/Prompt"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Approver from "../../src/permission/Approver.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import type { Session } from "../../src/session/Session.ts"
import * as Tools from "../../src/tools/Tools.ts"
import * as Turn from "../../src/turn/Turn.ts"
import type { Workspace } from "../../src/Workspace.ts"
import { call, finish, scripted, text } from "../model.ts"

export type Call = readonly [name: string, params: Record<string, unknown>]

/** The model answers with one call at a time. */
export const runTurn = (
  session: Session,
  workspace: Layer.Layer<Workspace>,
  prompt: string,
  calls: ReadonlyArray<Call>
) => {
  const steps = calls.map(([name, params], index) => ({
    parts: [call(`${prompt} ${index}`, name, params), finish("tool-calls")]
  }))
  return Effect.flatMap(Tools.toolkit, (toolkit) =>
    Turn.run({
      session,
      input: [Prompt.textPart({ text: prompt })],
      system: undefined,
      toolkit,
      maxSteps: calls.length + 1
    }).pipe(Stream.runDrain)).pipe(
      Effect.provide(Layer.mergeAll(
        Layer.provide(Tools.layer, workspace),
        scripted([...steps, { parts: [...text(`Did ${prompt}.`), finish("stop")] }]),
        PermissionPolicy.layer,
        PermissionRules.layer("allow"),
        Approver.declineAll("no")
      ))
    )
}
