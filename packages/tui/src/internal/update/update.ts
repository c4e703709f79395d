import * as Editor from "../input/editor.ts"
import * as Picker from "../input/picker.ts"
import * as Question from "../questions/question.ts"
import type { Message } from "../screen/message.ts"
import type { State } from "../screen/state.ts"
import { getCanvas, getOverlayRows } from "../screen/view.ts"
import { askForModel, markFailed } from "../setup/setup.ts"
import { showTaskOutput, tickTasks, updateTasks } from "../tasks/taskList.ts"
import { endAttaching, isHeldPromptReady } from "./attaching.ts"
import { hasSameCompletion, updateCompletion } from "./completionUpdate.ts"
import { pressKey } from "./keyUpdate.ts"
import { showPermissions } from "./permissionList.ts"
import { askAboutPlan } from "./planQuestion.ts"
import { enter } from "./promptKeys.ts"
import { ask, withdraw, withdrawAll } from "./questionQueue.ts"
import { replaceSessions, returnTitle } from "./sessionList.ts"
import { type Step, step } from "./step.ts"
import { returnPrompts } from "./stopTask.ts"
import { submitFound, submitQueued } from "./submission.ts"
import * as TurnUpdate from "./turnUpdate.ts"
import { askAboutUndo, endUndo } from "./undoQuestion.ts"

/** The state after the message. Returns the same state if nothing has changed: then nothing needs to be drawn. */
export const update = (state: State, message: Message): Step => {
  if (message.type === "question-drawn") return step(markDrawn(state, message))
  const next = apply(state, message)
  return hasSameCompletion(state, next.state) ? next : { ...next, state: updateCompletion(next.state) }
}

type QuestionDrawn = Extract<Message, { readonly type: "question-drawn" }>

const markDrawn = (state: State, { columns, frame, rows }: QuestionDrawn): State => {
  const { overlay } = state
  // The terminal may have cut off or wrapped a frame that was made for another size.
  const fits = [frame, { columns, rows }].every((size) => size.columns === state.columns && size.rows === state.rows)
  if (overlay?.type !== "question" || overlay.dialog.question !== frame.question || !fits) return state
  const dialog = Question.markDrawn(overlay.dialog, frame, getCanvas(state), getOverlayRows(state))
  return dialog === overlay.dialog ? state : { ...state, overlay: { type: "question", dialog } }
}

const resizeQuestion = (state: State): State =>
  state.overlay?.type === "question"
    ? { ...state, overlay: { type: "question", dialog: Question.resize(state.overlay.dialog, getCanvas(state)) } }
    : state

const apply = (state: State, message: Exclude<Message, QuestionDrawn>): Step => {
  switch (message.type) {
    case "key":
      return pressKey({ ...state, now: message.at }, message.key)
    case "resized":
      return step(resizeQuestion({ ...state, columns: message.columns, rows: message.rows }))
    case "theme":
      return step({ ...state, theme: message.theme })
    case "tick":
      return tickTasks({ ...state, now: message.at })
    case "tasks":
      return step(updateTasks(state, message.tasks))
    case "task-output":
      return step(showTaskOutput(state, message))
    case "hint-expired":
      return step({ ...state, isConfirmingQuit: false, isLeaderPressed: false, hint: undefined })
    case "history":
      return step({ ...state, input: { ...state.input, history: message.prompts } })
    case "commands":
      return step({ ...state, customCommands: message.commands })
    case "command-found":
      return submitFound(state, message)
    case "files":
      return step({ ...state, files: message.files })
    case "turn": {
      const { at, event } = message
      const retryWait = event.type === "waiting" ? event : undefined
      return step({ ...TurnUpdate.update(state, event, at), retryWait, now: at })
    }
    case "turn-ended": {
      const ended = TurnUpdate.endTurn(
        withdrawAll({ ...state, retryWait: undefined }),
        message
      )
      // Queued prompts were meant to follow the answer.
      if (message.returned !== undefined) return step(returnPrompts(ended, [message.returned, ...ended.queue]))
      const next = submitQueued(ended)
      return { ...next, state: askAboutPlan(next.state) }
    }
    case "shell-output":
      return step(state.task.type === "shell" ? { ...state, task: { ...state.task, output: message.text } } : state)
    case "task-ended":
      return submitQueued({ ...state, task: { type: "none" }, retryWait: undefined })
    case "retry-wait":
      return step({ ...state, retryWait: message.wait, now: message.at })
    case "question-asked":
      return step(ask(state, message.question))
    case "question-withdrawn":
      return step(withdraw(state, message.id))
    case "mode":
      return step({ ...state, mode: message.mode })
    case "model":
      return step({ ...state, model: message.model })
    case "item":
      return step(TurnUpdate.addItem(state, message.item))
    case "sessions":
      return step({
        ...state,
        overlay: { type: "sessions", picker: message.picker, currentId: message.currentId }
      })
    case "sessions-listed":
      return step(replaceSessions(state, message.choices))
    case "title-refused":
      return step(returnTitle(state, message))
    case "permissions":
      return step(showPermissions(state, message))
    case "models":
    case "efforts":
      // Something else may have been asked since.
      return step(
        state.overlay === undefined ? { ...state, overlay: { type: message.type, picker: message.picker } } : state
      )
    case "prompts": {
      if (state.overlay !== undefined) return step(state)
      const choices = Picker.promptChoices(message.prompts)
      return choices.length === 0
        ? step({ ...state, hint: "no earlier prompts" }, { type: "expire-hint" })
        : step({ ...state, overlay: { type: "prompts", picker: Picker.make("Earlier prompts", choices) } })
    }
    case "models-listed":
      return step(
        state.overlay?.type === "models"
          ? {
            ...state,
            overlay: { type: "models", picker: Picker.replaceChoices(state.overlay.picker, message.choices) }
          }
          : state
      )
    case "session-opened":
      return step({
        ...state,
        items: message.items,
        sessionNumber: state.sessionNumber + 1,
        spending: message.spending,
        context: message.context,
        todos: message.todos
      })
    case "spending":
      return step({ ...state, spending: message.spending })
    case "compacted":
      return step(
        TurnUpdate.addItem(
          { ...state, context: message.context },
          { type: "notice", level: "info", text: message.text }
        )
      )
    case "undo-planned":
      return askAboutUndo(state, message)
    case "turn-undone":
      return step(endUndo(state, message))
    case "edited":
      return step({ ...state, input: Editor.update(state.input, { type: "set", text: message.text }) })
    case "images-attached": {
      const { images, pasted } = message
      const action = pasted === undefined ? { images } : { images, pasted }
      const names = images.flatMap(({ image }) => image === undefined ? [] : [image.name])
      return step({
        ...state,
        attachedNames: [...new Set([...state.attachedNames, ...names])],
        input: Editor.update(state.input, { type: "attach", ...action })
      })
    }
    case "attachment-read": {
      const next = endAttaching(state, message)
      return isHeldPromptReady(next) ? enter(next) : step(next)
    }
    case "setup":
      return step({ ...state, overlay: { type: "setup", setup: message.setup } })
    case "setup-checked":
      return state.overlay?.type === "setup" && state.overlay.setup.step === "checking"
        ? step({ ...state, overlay: { type: "setup", setup: askForModel(state.overlay.setup, message.models) } })
        : step(state)
    case "setup-failed":
      return state.overlay?.type === "setup" && ["checking", "attempting"].includes(state.overlay.setup.step)
        ? step({
          ...state,
          overlay: { type: "setup", setup: markFailed(state.overlay.setup, message.problem, message.wrong) }
        })
        : step(state)
    case "setup-done":
      return step({ ...state, overlay: undefined })
    case "branch":
      return step(state.branch === message.branch ? state : { ...state, branch: message.branch })
    case "servers-starting":
      return step({ ...state, isStartingServers: message.isStarting })
    case "highlighter":
      return step({ ...state, highlighter: message.highlighter })
  }
}
