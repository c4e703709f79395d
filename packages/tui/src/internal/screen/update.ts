import { complete } from "../input/completion.ts"
import { actionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import { commands, help } from "../input/slashCommands.ts"
import * as Question from "../questions/question.ts"
import * as Setup from "../setup/setup.ts"
import type { Theme } from "../terminal/theme.ts"
import * as Pager from "../transcript/pager.ts"
import * as Turn from "../transcript/turnUpdate.ts"
import { type Command, type Message, noUsage, type State, type Step, sum } from "./state.ts"
import { inputWidth, lookOf, roomOf } from "./view.ts"

/** An empty screen. */
export const initial = (options: {
  readonly columns: number
  readonly rows: number
  readonly theme: Theme
  readonly version: string
  readonly yolo: boolean
  readonly history: ReadonlyArray<string>
}): State => ({
  columns: options.columns,
  rows: options.rows,
  theme: options.theme,
  now: 0,
  version: options.version,
  yolo: options.yolo,
  model: undefined,
  items: [],
  conversation: 0,
  text: "",
  begun: false,
  reasoning: undefined,
  calls: [],
  work: { type: "none" },
  waitsFor: undefined,
  usage: noUsage,
  context: 0,
  input: Editor.empty(options.history),
  writtenAt: 0,
  files: [],
  selected: 0,
  closedFor: undefined,
  queue: [],
  over: undefined,
  waiting: [],
  pager: undefined,
  hint: undefined,
  leaving: false,
  completion: undefined
})

const only = (state: State): Step => ({ state, commands: [] })
const then = (state: State, ...commands: ReadonlyArray<Command>): Step => ({ state, commands })

/** A person who is in the middle of a word does not answer a question that appears under their fingers. */
const stillWriting = 500

export const update = (state: State, message: Message): Step => {
  // A frame that shows nothing new changes nothing, and needs no other frame.
  if (message.type === "drawn") return only(drawn(state, message))
  const step = react(state, message)
  return isSame(state, step.state) ? step : { ...step, state: withCompletion(step.state) }
}

/** Whether what a completion depends on is as it was: while an answer streams in, nothing has to be completed anew. */
const isSame = (a: State, b: State): boolean =>
  a.input === b.input && a.files === b.files && a.closedFor === b.closedFor && a.over === b.over &&
  a.selected === b.selected

const withCompletion = (state: State): State => {
  const { closedFor, input } = state
  const isOpen = state.over === undefined && input.text !== closedFor && input.recalled === undefined
  const completion = isOpen
    ? complete({ text: input.text, cursor: input.cursor }, { files: state.files, commands, limit: 8 })
    : undefined
  return { ...state, completion, selected: Math.min(state.selected, Math.max(0, (completion?.items.length ?? 1) - 1)) }
}

const drawn = (state: State, { columns, rows, shown }: Extract<Message, { readonly type: "drawn" }>): State => {
  const { over } = state
  // A frame for another size may be cut off, or broken into other lines.
  const fits = [shown, { columns, rows }].every((size) => size.columns === state.columns && size.rows === state.rows)
  if (over?.type !== "question" || over.dialog.question !== shown.question || !fits) return state
  const dialog = Question.drawn(over.dialog, shown, lookOf(state), roomOf(state))
  return dialog === over.dialog ? state : { ...state, over: { type: "question", dialog } }
}

const resize = (state: State): State =>
  state.over?.type === "question"
    ? { ...state, over: { type: "question", dialog: Question.resized(state.over.dialog, lookOf(state)) } }
    : state

const react = (state: State, message: Exclude<Message, { readonly type: "drawn" }>): Step => {
  switch (message.type) {
    case "key":
      return key({ ...state, now: message.at }, message.key)
    case "resized":
      return only(resize({ ...state, columns: message.columns, rows: message.rows }))
    case "tick":
      return only({ ...state, now: message.at })
    case "calm":
      return only({ ...state, leaving: false, hint: undefined })
    case "files":
      return only({ ...state, files: message.files })
    case "turn": {
      const { at, event } = message
      return only({ ...Turn.update(state, event, at), waitsFor: event.type === "waiting" ? event : undefined, now: at })
    }
    case "turn-over":
      return next(Turn.over(withoutQuestions({ ...state, waitsFor: undefined }), message.at, message.interrupted))
    case "waiting":
      return only({ ...state, waitsFor: message.wait, now: message.at })
    case "asked":
      return only(ask(state, message.question))
    case "unasked":
      return only(unask(state, message.id))
    case "model":
      return only({ ...state, model: message.model })
    case "item":
      return only(Turn.add(state, message.item))
    case "ready":
      return next({ ...state, work: { type: "none" }, waitsFor: undefined })
    case "sessions":
      return only({ ...state, over: { type: "sessions", picker: message.picker } })
    case "models":
      return only({ ...state, over: { type: "models", picker: message.picker } })
    case "conversation":
      return only({
        ...state,
        items: message.items,
        conversation: state.conversation + 1,
        usage: message.usage,
        context: message.context
      })
    case "compacted":
      return only(
        Turn.add({ ...state, usage: sum(state.usage, message.usage), context: message.context }, {
          type: "notice",
          level: "info",
          text: message.text
        })
      )
    case "edited":
      return only({ ...state, input: Editor.update(state.input, { type: "set", text: message.text }) })
    case "setup":
      return only({ ...state, over: { type: "setup", setup: message.setup } })
    case "setup-failed":
      return state.over?.type === "setup"
        ? only({ ...state, over: { type: "setup", setup: Setup.failed(state.over.setup, message.problem) } })
        : only(state)
    case "setup-done":
      return only({ ...state, over: undefined })
    case "redraw":
      return only({ ...state })
  }
}

/** Nothing is under way any more: what waited is next. */
const next = (state: State): Step => {
  const [first, ...queue] = state.queue
  return first === undefined || state.work.type !== "none" ? only(state) : submit({ ...state, queue }, first)
}

const ask = (state: State, question: Parameters<typeof Question.make>[0]): State =>
  state.over === undefined
    ? { ...state, over: { type: "question", dialog: Question.make(question, lookOf(state)) } }
    : { ...state, waiting: [...state.waiting, question] }

/** What was over the input is gone: a question that waited is asked. */
const uncover = (state: State): State => {
  const [first, ...waiting] = state.waiting
  const uncovered = { ...state, over: undefined }
  return first === undefined ? uncovered : ask({ ...uncovered, waiting }, first)
}

const unask = (state: State, id: string): State =>
  state.over?.type === "question" && state.over.dialog.question.id === id
    ? uncover(state)
    : { ...state, waiting: state.waiting.filter((question) => question.id !== id) }

const withoutQuestions = (state: State): State => {
  const quiet = { ...state, waiting: [] }
  return state.over?.type === "question" ? uncover(quiet) : quiet
}

const key = (state: State, key: Key): Step => {
  const look = lookOf(state)
  const name = nameOf(key)
  if (state.pager !== undefined) {
    return only({ ...state, pager: Pager.update(state.pager, key, look, roomOf(state)) })
  }
  const { over } = state
  switch (over?.type) {
    case "setup":
      return setup(state, Setup.update(over.setup, key))
    case "models":
    case "sessions": {
      const result = Picker.update(over.picker, key)
      if (result.type === "stays") return only({ ...state, over: { ...over, picker: result.picker } })
      const uncovered = uncover(state)
      if (result.type === "left") return only(uncovered)
      const chosen = `${over.type === "models" ? "/model" : "/sessions"} ${result.choice.id}`
      // A prompt may have been sent before the list was there: its turn goes on where it began.
      return state.work.type === "none" ? command(uncovered, chosen) : queue(uncovered, chosen)
    }
    case "question": {
      // It is not on the screen yet: the key is meant for what the user sees.
      if (!over.dialog.isDrawn) return input(state, key, name)
      if (name === "ctrl-o") return openPager(state)
      if (over.dialog.word === undefined) {
        if (name === "escape" || name === "ctrl-c") return stop(state)
        const isWriting = state.now - state.writtenAt < stillWriting
        if (key.type !== "key" && (isWriting || !Question.isAnswer(key.text))) return edit(state, key)
        if (isWriting) return only(state)
      }
      const result = Question.update(over.dialog, key, look, roomOf(state))
      if (result.type === "stays") return only({ ...state, over: { type: "question", dialog: result.dialog } })
      const { id, patterns } = over.dialog.question
      // A key that is held down answers one question, not the next one too.
      return then(
        uncover({ ...state, writtenAt: state.now }),
        ...(result.always ? [{ type: "allow", patterns } as const] : []),
        { type: "answer", id, answer: result.answer }
      )
    }
    case undefined:
      return input(state, key, name)
  }
}

const wait = (state: State, words: string): State =>
  state.work.type === "none" ? { ...state, work: { type: "waiting", words, since: state.now } } : state

const setup = (state: State, result: Setup.Result): Step => {
  if (result.type === "left") return then(state, { type: "leave" })
  const changed: State = { ...state, over: { type: "setup", setup: result.setup } }
  switch (result.type) {
    case "stays":
      return only(changed)
    case "attempt":
      return then(changed, { type: "attempt", answers: Setup.answersOf(result.setup) })
    case "save":
      return then(changed, { type: "save", answers: Setup.answersOf(result.setup) })
    case "stop":
      return then(changed, { type: "stop-attempt" })
  }
}

const openPager = (state: State): Step => {
  const pager = Pager.make(state.items)
  return pager === undefined
    ? then({ ...state, hint: "there is nothing to open yet" }, { type: "calm-soon" })
    : only({ ...state, pager })
}

const stop = (state: State): Step => {
  const { work } = state
  if (work.type === "none" || work.type === "waiting" || work.stopping) return only(state)
  // What waited was meant to follow an answer that is not wanted any more: the person decides anew.
  const input = state.queue.length === 0 ? state.input : Editor.update(state.input, {
    type: "set",
    text: [...state.queue, ...(state.input.text === "" ? [] : [Editor.expand(state.input)])].join("\n")
  })
  return then({ ...state, input, queue: [], work: { ...work, stopping: true } }, { type: "stop" })
}

const input = (state: State, key: Key, name: string | undefined): Step => {
  const { completion } = state
  switch (name) {
    case "ctrl-c":
      return state.leaving && state.input.text === ""
        ? then(state, { type: "leave" })
        : then(
          {
            ...state,
            input: Editor.update(state.input, { type: "clear" }),
            leaving: true,
            hint: "ctrl-c again to quit"
          },
          { type: "calm-soon" }
        )
    case "ctrl-d":
      if (state.input.text === "") return then(state, { type: "leave" })
      break
    case "ctrl-o":
      return openPager(state)
    case "ctrl-g":
      return then(state, { type: "edit", text: Editor.expand(state.input) })
    case "ctrl-l":
      return only(state)
    case "escape":
      return completion === undefined ? stop(state) : only({ ...state, closedFor: state.input.text })
    case "up":
    case "ctrl-p":
      if (completion !== undefined) return only(select(state, -1))
      if (state.input.text === "" && state.queue.length > 0) return only(takeBack(state))
      break
    case "down":
    case "ctrl-n":
      if (completion !== undefined) return only(select(state, 1))
      break
    case "tab":
      return completion === undefined ? only(state) : only(accept(state))
    case "return":
      return enter(state)
  }
  return edit(state, key)
}

const edit = (state: State, key: Key): Step => {
  const action = actionOf(key, inputWidth(state))
  if (action === undefined) return only(state)
  const input = Editor.update(state.input, action)
  const isNew = input.text !== state.input.text
  const changed: State = {
    ...state,
    input,
    writtenAt: key.type === "text" ? state.now : state.writtenAt,
    selected: isNew ? 0 : state.selected,
    closedFor: isNew ? undefined : state.closedFor
  }
  return key.type === "text" && key.text.includes("@") ? then(changed, { type: "list-files" }) : only(changed)
}

const select = (state: State, by: number): State => {
  const count = state.completion?.items.length ?? 1
  return { ...state, selected: (state.selected + by + count) % count }
}

const accept = (state: State): State => {
  const { completion } = state
  const item = completion?.items[state.selected]
  if (completion === undefined || item === undefined) return state
  const { end, start } = completion
  return {
    ...state,
    selected: 0,
    input: Editor.update(state.input, { type: "replace", start, end, text: item.insert })
  }
}

const takeBack = (state: State): State => ({
  ...state,
  queue: state.queue.slice(0, -1),
  input: Editor.update(state.input, { type: "set", text: state.queue.at(-1) ?? "" })
})

const enter = (state: State): Step => {
  const { completion, input } = state
  const word = input.text.slice(completion?.start ?? 0, completion?.end ?? 0)
  const isComplete = completion?.items.some(({ insert }) => insert.trimEnd() === word) ?? true
  if (!isComplete) {
    const accepted = accept(state)
    return completion?.kind === "command" ? enter(withCompletion(accepted)) : only(accepted)
  }
  const { state: empty, text } = Editor.submit(input)
  if (text.trim() === "") return only(state)
  const submitted: State = { ...state, input: empty, writtenAt: 0, selected: 0, closedFor: undefined, leaving: false }
  const step = state.work.type === "none" || isAtOnce(text)
    ? submit(submitted, text.trim())
    : queue(submitted, text.trim())
  return { ...step, commands: [{ type: "remember", text }, ...step.commands] }
}

const atOnce = ["/help", "/mcp", "/status", "/export", "/exit", "/quit"]
const isAtOnce = (text: string): boolean => atOnce.includes(text.trim())

const queue = (state: State, text: string): Step => only({ ...state, queue: [...state.queue, text] })

const isCommand = (text: string): boolean =>
  /^\/[a-z]+(?:\s|$)/.test(text) && [...commands.map(({ name }) => name), "/quit"].includes(text.split(/\s/)[0] ?? "")

const submit = (state: State, text: string): Step => {
  if (text.startsWith("!") && text.slice(1).trim() !== "") {
    const command = text.slice(1).trim()
    return then(
      { ...state, work: { type: "shell", command, since: state.now, stopping: false } },
      { type: "shell", command }
    )
  }
  if (isCommand(text)) return command(state, text)
  if (/^\/[a-z]+$/.test(text)) {
    return next(
      Turn.add(state, {
        type: "notice",
        level: "warning",
        text: `There is no command ${text}.`,
        hint: "/help lists them."
      })
    )
  }
  return then(
    {
      ...Turn.add(state, { type: "user", text }),
      work: { type: "turn", doing: "thinking", since: state.now, stopping: false }
    },
    { type: "turn", text }
  )
}

const command = (state: State, text: string): Step => {
  const [name = "", ...rest] = text.split(/\s+/)
  const argument = rest.join(" ")
  switch (name) {
    case "/model":
      return argument === ""
        ? then(state, { type: "models" })
        : then(wait(state, "opening the model"), { type: "select-model", id: argument })
    case "/new":
      return then(wait(state, "opening the conversation"), { type: "new-session" })
    case "/sessions":
      return argument === ""
        ? then(wait(state, "reading the conversations"), { type: "list-sessions" })
        : then(wait(state, "opening the conversation"), { type: "open-session", id: argument })
    case "/status":
      return then(state, { type: "status" })
    case "/mcp":
      return then(state, { type: "mcp" })
    case "/compact":
      return then(
        { ...state, work: { type: "compacting", since: state.now, stopping: false } },
        { type: "compact" }
      )
    case "/export":
      return then(state, { type: "export" })
    case "/help":
      return next(Turn.add(state, { type: "lines", title: "What you can do", lines: help }))
    default:
      return then(state, { type: "leave" })
  }
}
