import type { TurnEvent } from "@altimate-code/agent/TurnEvent"
import { split, splitLong } from "../markdown/markdownSplit.ts"
import { type Call, type State, sum } from "../screen/state.ts"
import { brokenOff, interrupted, type Item } from "./item.ts"

/** So many lines of an open code block are drawn again and again; what is above them is finished. */
const openLines = 10

/** What comes of a turn. A failed turn's error has become an item already. */
export const update = (state: State, event: TurnEvent, at: number): State => {
  switch (event.type) {
    case "reasoning":
      return {
        ...closeText(state),
        reasoning: { text: (state.reasoning?.text ?? "") + event.text, since: state.reasoning?.since ?? at },
        work: doing(state, "thinking")
      }
    case "text":
      return text(closeReasoning(state, at), event.text)
    case "tool-asked": {
      const closed = closeText(closeReasoning(state, at))
      const call: Call = {
        id: event.id,
        name: event.name,
        title: event.title,
        phase: "asked",
        since: at,
        item: undefined
      }
      return { ...closed, calls: [...closed.calls, call], work: doing(state, "working") }
    }
    case "tool-allowed":
    case "waiting":
      return state
    case "tool-running":
      return withCall(state, event.id, (call) => ({ ...call, phase: "running", since: at }))
    case "tool-done": {
      const call = state.calls.find(({ id }) => id === event.id)
      const item: Item = {
        type: "tool",
        name: event.name,
        title: event.title,
        outcome: event.outcome,
        summary: event.summary,
        output: event.output,
        ...(event.diff === undefined ? {} : { diff: event.diff }),
        seconds: call?.phase === "running" ? (at - call.since) / 1000 : undefined
      }
      return call === undefined
        ? add(state, item)
        : settle(withCall(state, event.id, (call) => ({ ...call, phase: "done", item })))
    }
    case "usage":
      return {
        ...state,
        usage: sum(state.usage, event.step),
        context: event.context,
        work: doing(state, "thinking")
      }
    case "answer-cut":
      return { ...add(closeText(closeReasoning(state, at)), brokenOff(event)), work: doing(state, "thinking") }
    case "notice":
      return add(closeText(closeReasoning(state, at)), { type: "notice", level: "info", text: event.text })
    case "finished": {
      const closed = closeText(closeReasoning(state, at))
      const text = event.isEmpty ? empty[event.reason] ?? "The model ended without an answer." : reasons[event.reason]
      return text === undefined ? closed : add(closed, { type: "notice", level: "warning", text })
    }
    case "failed":
      return closeText(closeReasoning(state, at))
  }
}

const reasons: Readonly<Record<string, string>> = {
  "length": "The answer was cut: it reached the limit of its length. Say \"go on\" to have the rest.",
  "content-filter": "The answer was stopped by a content filter.",
  "error": "The model ended its answer with an error.",
  "unknown": "The answer ended for a reason that is not known here.",
  "other": "The answer ended for a reason that is not known here.",
  "steps": "Stopped at the limit of steps. Say \"go on\" to let it continue."
}

/** Where there is no text at all. */
const empty: Readonly<Record<string, string>> = {
  "stop": "The model's answer is empty. Try again.",
  "length": "The answer was cut at its token limit before it held any text.",
  "content-filter": "The model refused to answer, or a content filter or guardrail stopped it.",
  "error": "The model ended its answer with an error, and there is no text."
}

/** The turn is over: what is still open is closed. */
export const over = (state: State, at: number, isInterrupted: boolean): State => {
  const closed = closeText(closeReasoning(state, at))
  const done = closed.calls.reduce(
    (state, call) =>
      add(
        state,
        call.item ?? {
          type: "tool",
          name: call.name,
          title: call.title,
          outcome: "interrupted",
          summary: "",
          output: "",
          seconds: undefined
        }
      ),
    { ...closed, calls: [] as ReadonlyArray<Call> }
  )
  return { ...(isInterrupted ? add(done, interrupted) : done), work: { type: "none" }, begun: false }
}

export const add = (state: State, item: Item): State => ({ ...state, items: [...state.items, item] })

const doing = (state: State, doing: "thinking" | "writing" | "working"): State["work"] =>
  state.work.type === "turn" ? { ...state.work, doing } : state.work

const withCall = (state: State, id: string, change: (call: Call) => Call): State => ({
  ...state,
  calls: state.calls.map((call) => call.id === id ? change(call) : call)
})

/** Calls stand in the conversation in their order, each as soon as all before it are done. */
const settle = (state: State): State => {
  const [first, ...rest] = state.calls
  return first?.item === undefined ? state : settle(add({ ...state, calls: rest }, first.item))
}

const text = (state: State, delta: string): State => {
  let next: State = { ...state, text: state.text + delta, work: doing(state, "writing") }
  const { done, rest } = split(next.text)
  if (done !== "") next = answer({ ...next, text: rest }, done)
  const long = splitLong(next.text, openLines)
  return long.done === "" ? next : answer({ ...next, text: long.rest }, long.done)
}

const answer = (state: State, markdown: string): State =>
  markdown.trim() === ""
    ? state
    : { ...add(state, { type: "answer", markdown, first: !state.begun }), begun: true }

const closeText = (state: State): State => {
  if (state.text === "") return { ...state, begun: false }
  return { ...answer({ ...state, text: "" }, state.text), begun: false }
}

const closeReasoning = (state: State, at: number): State => {
  const { reasoning } = state
  if (reasoning === undefined) return state
  const closed = { ...state, reasoning: undefined }
  return reasoning.text.trim() === ""
    ? closed
    : add(closed, { type: "reasoning", text: reasoning.text, seconds: (at - reasoning.since) / 1000 })
}
