/** The state of a screen, without a terminal. */
import type { Question } from "@altimate-code/agent/permission/Approver"
import * as Spending from "@altimate-code/agent/session/Spending"
import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import * as Keymap from "../../src/internal/input/keymap.ts"
import * as Keys from "../../src/internal/input/keys.ts"
import type { Action } from "../../src/internal/screen/action.ts"
import type { Message } from "../../src/internal/screen/message.ts"
import type { State } from "../../src/internal/screen/state.ts"
import * as View from "../../src/internal/screen/view.ts"
import { plain } from "../../src/internal/terminal/theme.ts"
import * as ItemView from "../../src/internal/transcript/itemView.ts"
import { initialState } from "../../src/internal/update/initialState.ts"
import { update } from "../../src/internal/update/update.ts"

export const question: Question = {
  id: "call-1",
  tool: "bash",
  action: {
    parts: [{ permission: "bash", subject: "npm test" }],
    title: "npm test",
    preview: { type: "command", text: "npm test && echo \x1b[8mhidden" }
  },
  patterns: [{ permission: "bash", pattern: "npm test *" }],
  because: "permission.bash \"*\": ask"
}

export const spending = Spending.none

/** The state once it is drawn. */
export const draw = (state: State): State => {
  const { columns, rows } = state
  const { question: shown } = View.render(state)
  return shown === undefined ? state : update(state, { type: "question-drawn", frame: shown, columns, rows }).state
}

/** A screen that draws after each message, and whose time passes only in `wait`. */
export const makeScreen = (
  size: { readonly columns: number; readonly rows: number } = { columns: 80, rows: 24 },
  keymap: State["keymap"] = Keymap.make({}).keymap,
  yolo = false
) => {
  let state: State = initialState({
    ...size,
    keymap,
    theme: plain,
    version: "1.2.3",
    yolo,
    history: ["an old prompt"]
  })
  let at = 10_000
  const actions: Array<Action> = []
  const send = (...messages: ReadonlyArray<Message>) => {
    for (const message of messages) {
      const step = update(state, message)
      actions.push(...step.actions)
      state = draw(step.state)
    }
  }
  const wait = (milliseconds: number) => {
    at += milliseconds
    send({ type: "tick", at })
  }
  return {
    send,
    wait,
    actions,
    state: () => state,
    /** The input as a terminal sends it. */
    press: (...keys: ReadonlyArray<string>) => {
      for (const sent of keys) {
        const { decoder, keys } = Keys.decode(Keys.start, sent)
        for (const key of [...keys, ...Keys.flush(decoder).keys]) send({ type: "key", key, at })
      }
    },
    turn: (...events: ReadonlyArray<TurnEvent>) =>
      send(...events.map((event) => ({ type: "turn", event, at }) as const)),
    endTurn: (interrupted = false) => send({ type: "turn-ended", at, interrupted }),
    view: () => View.render(state).lines.join("\n"),
    /** The finished part of the transcript. */
    transcript: () =>
      state.items.flatMap((item, index) => ItemView.render(item, state.items[index - 1], View.getCanvas(state))).join(
        "\n"
      ),
    actionsOf: (type: Action["type"]) => actions.filter((action) => action.type === type)
  }
}

export const toolAsked = (id: string, name = "read", title = id): TurnEvent => ({
  type: "tool-asked",
  id,
  name,
  title,
  params: {}
})
export const toolDone = (id: string, outcome: "ok" | "failed" | "denied" = "ok", diff?: string): TurnEvent => ({
  type: "tool-done",
  id,
  name: "read",
  title: id,
  outcome,
  summary: "3 lines",
  output: "the output",
  ...(diff === undefined ? {} : { diff })
})
export const finished = { type: "finished", reason: "stop", spending, steps: 1, metadata: {} } satisfies TurnEvent
