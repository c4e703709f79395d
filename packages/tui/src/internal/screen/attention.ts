import { clean } from "../terminal/themedText.ts"
import type { State } from "./state.ts"

export type NotificationKind = "off" | "bell" | "osc9" | "osc777" | ((text: string) => void)

/** The terminal's title, and a notification when the assistant asks or is done while the user is elsewhere. */
export interface Attention {
  /** Looks at a state that is drawn. `at` is in milliseconds. */
  readonly observe: (state: State, at: number) => void
  readonly setFocus: (isFocused: boolean) => void
  readonly keyPressed: (at: number) => void
  /** Another program may have changed the title. */
  readonly forgetTitle: () => void
  readonly notifyWith: (kind: NotificationKind) => void
}

/** In a terminal that does not report its focus, someone who has just pressed a key is there. In milliseconds. */
const presence = 10_000

const bell = "\x07"

/** None of these texts is the model's: a program must not speak through the notifications of the system. */
const sequences: Readonly<Record<"off" | "bell" | "osc9" | "osc777", (text: string) => string>> = {
  off: () => "",
  bell: () => bell,
  osc9: (text) => `\x1b]9;${text}${bell}`,
  // Its fields are separated by semicolons.
  osc777: (text) => `\x1b]777;notify;altimate-code;${text.replaceAll(";", ",")}${bell}`
}

/** What tells the open question from the next one; undefined if there is none. */
const questionOf = ({ overlay }: State): string | undefined => {
  if (overlay?.type === "question") return overlay.dialog.question.id
  return overlay?.type === "plan" || overlay?.type === "undo" ? overlay.type : undefined
}

const titleOf = (state: State): string => {
  const { directory, task } = state
  const what = questionOf(state) !== undefined ? "waiting for you" : task.type === "none" ? undefined : "working"
  return ["altimate-code", ...(what === undefined ? [] : [what]), ...(directory === "" ? [] : [clean(directory)])].join(
    " · "
  )
}

const isBusy = ({ task }: State): boolean => task.type === "turn" || task.type === "shell" || task.type === "compacting"

export const make = ({ kind: initialKind, write }: {
  readonly kind: NotificationKind
  readonly write: (text: string) => void
}): Attention => {
  let kind = initialKind
  let title: string | undefined
  let isFocused: boolean | undefined
  let lastKeyAt = 0
  let wasBusy = false
  let asked: string | undefined

  const notify = (text: string, at: number): void => {
    if (isFocused ?? at - lastKeyAt < presence) return
    if (typeof kind === "function") kind(text)
    else if (kind !== "off") write(sequences[kind](text))
  }

  return {
    observe: (state, at) => {
      const next = titleOf(state)
      if (next !== title) write(`\x1b]2;${next}${bell}`)
      title = next
      const question = questionOf(state)
      const place = state.directory === "" ? "" : ` in ${clean(state.directory)}`
      if (question !== undefined && question !== asked) notify(`altimate-code asks for your approval${place}.`, at)
      else if (wasBusy && !isBusy(state)) notify(`altimate-code is done${place}.`, at)
      asked = question
      wasBusy = isBusy(state)
    },
    setFocus: (focused) => void (isFocused = focused),
    keyPressed: (at) => void (lastKeyAt = at),
    forgetTitle: () => void (title = undefined),
    notifyWith: (next) => void (kind = next)
  }
}
