import * as Spending from "@altimate-code/agent/session/Spending"
import * as TodoList from "@altimate-code/agent/session/TodoList"
import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import * as Option from "effect/Option"
import { split, splitLong } from "../markdown/markdownSplit.ts"
import type { Message } from "../screen/message.ts"
import type { Call, State, Task } from "../screen/state.ts"
import {
  brokenOffNotice,
  interruptedNotice,
  interruptedPromptNotice,
  type Item,
  returnedNotice
} from "../transcript/item.ts"

/** Of an unfinished code block, only the last lines are redrawn; the lines above are written to the transcript. */
const maxOpenLines = 10

/** Applies an event of the current turn. The error of a `failed` event is added as an item of its own. */
export const update = (state: State, event: TurnEvent, at: number): State => {
  switch (event.type) {
    case "reasoning":
      return {
        ...closeText(state),
        reasoning: { text: (state.reasoning?.text ?? "") + event.text, since: state.reasoning?.since ?? at },
        task: withPhase(state, "thinking")
      }
    case "text":
      return appendText(closeReasoning(state, at), event.text)
    case "tool-writing":
      return {
        ...state,
        task: withPhase(state, event.name === "write" || event.name === "edit" ? "editing" : "calling")
      }
    case "tool-asked": {
      const closed = closeText(closeReasoning(state, at))
      const call: Call = {
        id: event.id,
        name: event.name,
        title: event.title,
        phase: "asked",
        since: at,
        output: "",
        item: undefined
      }
      return {
        ...closed,
        calls: [...closed.calls, call],
        task: withPhase(state, "working"),
        todos: event.name === "todo"
          ? Option.getOrElse(TodoList.ofParams(event.params), () => state.todos)
          : state.todos
      }
    }
    // The screen has shown it when it happened.
    case "task-ended":
    case "tool-allowed":
    case "fallback":
    case "waiting":
      return state
    case "tool-running":
      return updateCall(state, event.id, (call) => ({ ...call, phase: "running", since: at }))
    case "compacting":
      return { ...state, task: withPhase(state, "compacting") }
    case "tool-output":
      return updateCall(state, event.id, (call) => ({ ...call, output: event.text }))
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
        ? addItem(state, item)
        : addDoneCalls(updateCall(state, event.id, (call) => ({ ...call, phase: "done", item })))
    }
    case "usage":
      return {
        ...state,
        spending: Spending.add(state.spending, {
          usage: event.step,
          ...(event.cost === undefined ? {} : { cost: event.cost })
        }),
        context: event.context,
        task: withPhase(state, "thinking")
      }
    case "answer-cut":
      return {
        ...addItem(closeText(closeReasoning(state, at)), brokenOffNotice(event)),
        task: withPhase(state, "thinking")
      }
    case "notice":
      return addItem(closeText(closeReasoning(state, at)), { type: "notice", level: "info", text: event.text })
    case "finished": {
      const closed = closeText(closeReasoning(state, at))
      const text = event.why !== undefined
        ? event.why
        : event.cutCall !== undefined
        ? `The answer reached its token limit inside a call of ${event.cutCall}, which was not run. Start with a higher --max-tokens, or ask for smaller steps.`
        : event.isEmpty
        ? emptyEndings[event.reason] ?? "The model ended its turn without an answer."
        : endings[event.reason]
      return text === undefined ? closed : addItem(closed, { type: "notice", level: "warning", text })
    }
    case "failed":
      return closeText(closeReasoning(state, at))
  }
}

const endings: Readonly<Record<string, string>> = {
  "length":
    "The answer reached its token limit again. Say \"continue\" to get the rest, or start with a higher --max-tokens.",
  "content-filter": "A content filter stopped the answer.",
  "error": "The model ended its answer with an error.",
  "unknown": "The answer ended for an unknown reason.",
  "other": "The answer ended for an unknown reason.",
  "steps": "The turn reached its step limit. Say \"continue\" to let the model continue."
}

/** If the answer has no text. */
const emptyEndings: Readonly<Record<string, string>> = {
  "stop": "The model's answer is empty. Try again.",
  "length":
    "The answer reached its token limit before it contained any text. Start with a higher --max-tokens, or choose a lower /effort.",
  "content-filter": "The model refused to answer, or a content filter or guardrail stopped it.",
  "error": "The model ended its answer with an error, without any text."
}

/** Ends the turn: closes the open answer, and adds the calls that did not finish as interrupted. */
export const endTurn = (
  state: State,
  { at, interrupted, returned }: Omit<Extract<Message, { readonly type: "turn-ended" }>, "type">
): State => {
  const closed = closeText(closeReasoning(state, at))
  const done = closed.calls.reduce(
    (state, call) =>
      addItem(
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
  const notice = describeEnd(interrupted, returned !== undefined)
  const ended = notice === undefined ? done : addItem(done, notice)
  return { ...addSummary(ended, at), task: { type: "none" }, isAnswerBegun: false }
}

/** What became of the prompt, unless it was answered. */
const describeEnd = (isInterrupted: boolean, isReturned: boolean): Item | undefined => {
  if (isReturned) return isInterrupted ? interruptedPromptNotice : returnedNotice
  return isInterrupted ? interruptedNotice : undefined
}

const addSummary = (state: State, at: number): State => {
  if (state.task.type !== "turn") return state
  const spending = Spending.since(state.task.spent, state.spending)
  // Nothing was sent, e.g. because no model is configured.
  if (spending.requests < 1) return state
  return addItem(state, { type: "turn", seconds: (at - state.task.since) / 1000, spending })
}

export const addItem = (state: State, item: Item): State => ({ ...state, items: [...state.items, item] })

const withPhase = (state: State, phase: Extract<Task, { readonly type: "turn" }>["phase"]): Task =>
  state.task.type === "turn" ? { ...state.task, phase } : state.task

const updateCall = (state: State, id: string, change: (call: Call) => Call): State => ({
  ...state,
  calls: state.calls.map((call) => call.id === id ? change(call) : call)
})

/** Moves finished calls to the transcript, in the order in which the model made them. */
const addDoneCalls = (state: State): State => {
  const [first, ...rest] = state.calls
  return first?.item === undefined ? state : addDoneCalls(addItem({ ...state, calls: rest }, first.item))
}

/** A longer block, e.g. a long list, is only parsed again once it has grown by a tenth: parsing it after every line would be quadratic. */
const maxLengthPerLine = 2000

const appendText = (state: State, delta: string): State => {
  let next: State = { ...state, openText: state.openText + delta, task: withPhase(state, "writing") }
  // Only a complete line can end a block.
  if (!/[\r\n]/.test(delta)) return next
  if (next.openText.length >= next.nextSplit) {
    const { done, rest } = split(next.openText)
    if (done !== "") next = addAnswer({ ...next, openText: rest }, done)
    next = { ...next, nextSplit: rest.length <= maxLengthPerLine ? 0 : 1.1 * rest.length }
  }
  const long = splitLong(next.openText, maxOpenLines)
  return long.done === "" ? next : addAnswer({ ...next, openText: long.rest, nextSplit: 0 }, long.done)
}

const addAnswer = (state: State, markdown: string): State =>
  markdown.trim() === ""
    ? state
    : { ...addItem(state, { type: "answer", markdown, isFirst: !state.isAnswerBegun }), isAnswerBegun: true }

const closeText = (state: State): State => {
  if (state.openText === "") return { ...state, isAnswerBegun: false }
  return { ...addAnswer({ ...state, openText: "", nextSplit: 0 }, state.openText), isAnswerBegun: false }
}

const closeReasoning = (state: State, at: number): State => {
  const { reasoning } = state
  if (reasoning === undefined) return state
  const closed = { ...state, reasoning: undefined }
  return reasoning.text.trim() === ""
    ? closed
    : addItem(closed, { type: "reasoning", text: reasoning.text, seconds: (at - reasoning.since) / 1000 })
}
