import { lineActionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import { findProblem } from "./answerProblem.ts"
import { type Field, markFailed, type Remedy, type Setup, type Step } from "./setup.ts"

export type Result =
  | { readonly type: "open"; readonly setup: Setup }
  /** Look for the models that the gateway lists. */
  | { readonly type: "list"; readonly setup: Setup }
  /** Send the test request. */
  | { readonly type: "attempt"; readonly setup: Setup }
  | { readonly type: "save"; readonly setup: Setup }
  /** Stop the test request. */
  | { readonly type: "stop"; readonly setup: Setup }
  | { readonly type: "quit" }

const stepBefore = ({ credentialKind, step }: Setup): Step | undefined => {
  switch (step) {
    case "gateway":
      return undefined
    case "region":
      return "gateway"
    case "credential":
      return "region"
    case "token":
    case "profile":
      return "credential"
    case "model":
      return credentialKind === "Token" ? "token" : credentialKind === "Profile" ? "profile" : "credential"
    case "attempting":
    case "failed":
      return "model"
  }
}

const stepAfter = ({ credentialKind, step }: Setup): Step => {
  switch (step) {
    case "gateway":
      return "region"
    case "region":
      return "credential"
    case "credential":
      return credentialKind === "Token" ? "token" : credentialKind === "Profile" ? "profile" : "model"
    default:
      return "model"
  }
}

const stayOpen = (setup: Setup): Result => ({ type: "open", setup })

/** Asks the next question. */
const goOn = (setup: Setup): Result => {
  const step = stepAfter(setup)
  return { type: step === "model" ? "list" : "open", setup: { ...setup, step, problem: undefined } }
}

const goBack = (setup: Setup): Result => {
  // Back to the other remedies.
  if (setup.refusal !== undefined) return stayOpen(markFailed(setup, setup.refusal))
  const step = stepBefore(setup)
  if (step === undefined) return { type: "quit" }
  const next = moveToEnd({ ...setup, step, problem: undefined })
  return setup.step === "attempting" ? { type: "stop", setup: next } : stayOpen(next)
}

/** The cursor of a text that is changed again is where it is when it is first shown. */
const moveToEnd = (setup: Setup): Setup => {
  const field = typedField(setup)
  return field === undefined || field === "token"
    ? setup
    : { ...setup, [field]: Editor.update(setup[field], { type: "set", text: setup[field].text }) }
}

const attempt = (setup: Setup): Result => ({
  type: "attempt",
  setup: { ...setup, step: "attempting", problem: undefined, refusal: undefined }
})

/** The answer that is being typed. */
const typedField = ({ step }: Setup): Field | undefined =>
  step === "gateway" || step === "region" || step === "token" || step === "profile" ? step : undefined

export const update = (setup: Setup, key: Key): Result => {
  const name = nameOf(key)
  if (name === "ctrl-c") {
    const field = typedField(setup)
    return field === undefined || setup[field].text === ""
      ? { type: "quit" }
      : stayOpen({ ...setup, [field]: Editor.empty([]), problem: undefined })
  }
  if (name === "ctrl-d" && setup.step === "gateway" && setup.gateway.text === "") return { type: "quit" }
  switch (setup.step) {
    case "credential": {
      const result = Picker.update(setup.credentialKinds, key)
      if (result.type === "closed") return goBack(setup)
      if (result.type === "open") return stayOpen({ ...setup, credentialKinds: result.picker })
      return goOn({ ...setup, credentialKind: result.choice.id })
    }
    case "model": {
      const result = Picker.update(setup.models, key)
      if (result.type === "closed") return goBack(setup)
      if (result.type === "open") return stayOpen({ ...setup, models: result.picker })
      return attempt({ ...setup, model: result.choice.id })
    }
    case "attempting":
      return name === "escape" ? goBack(setup) : stayOpen(setup)
    case "failed": {
      const result = Picker.update(setup.remedies, key)
      if (result.type === "closed") return goBack(setup)
      if (result.type === "open") return stayOpen({ ...setup, remedies: result.picker })
      return applyRemedy(setup, result.choice.id)
    }
    default:
      return updateField(setup, setup.step, key, name)
  }
}

const applyRemedy = (setup: Setup, remedy: Remedy): Result => {
  switch (remedy) {
    case "save":
      return { type: "save", setup }
    case "retry":
      return attempt(setup)
    case "change":
      return stayOpen({ ...setup, step: "gateway", problem: undefined })
  }
}

const updateField = (setup: Setup, field: Field, key: Key, name: string | undefined): Result => {
  if (name === "escape") return goBack(setup)
  if (name === "return") {
    const problem = findProblem(field, Editor.expand(setup[field]).trim())
    if (problem === undefined) return setup.refusal === undefined ? goOn(setup) : attempt(setup)
    const { completed } = problem
    return stayOpen({
      ...setup,
      problem,
      ...(completed === undefined ? {} : { [field]: Editor.update(setup[field], { type: "set", text: completed }) })
    })
  }
  const action = lineActionOf(key)
  return action === undefined
    ? stayOpen(setup)
    : stayOpen({ ...setup, [field]: Editor.update(setup[field], action), problem: undefined })
}
