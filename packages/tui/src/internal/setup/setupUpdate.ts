import { lineActionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import { findProblem } from "./answerProblem.ts"
import {
  credentialStep,
  type Field,
  markFailed,
  moveToEnd,
  type Remedy,
  type Setup,
  type Step,
  type Test,
  typedField
} from "./setup.ts"

export type Result =
  | { readonly type: "open"; readonly setup: Setup }
  /** Start the test. */
  | { readonly type: Test; readonly setup: Setup }
  | { readonly type: "save"; readonly setup: Setup }
  /** Stop the test. */
  | { readonly type: "stop"; readonly setup: Setup }
  | { readonly type: "quit" }

const stepBefore = (setup: Setup): Step | undefined => {
  switch (setup.step) {
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
    case "checking":
      return credentialStep(setup)
    case "attempting":
      return "model"
    case "failed":
      return setup.failedTest?.test === "checking" ? credentialStep(setup) : "model"
  }
}

const stepAfter = (setup: Setup): Step => {
  switch (setup.step) {
    case "gateway":
      return "region"
    case "region":
      return "credential"
    case "credential": {
      const next = credentialStep(setup)
      return next === "credential" ? "checking" : next
    }
    default:
      return "checking"
  }
}

const stayOpen = (setup: Setup): Result => ({ type: "open", setup })

/** Asks the next question, or tests the answers. */
const goOn = (setup: Setup): Result => {
  if (setup.failedTest !== undefined) return startTest(setup, setup.failedTest.test)
  const step = stepAfter(setup)
  return step === "checking" ? startTest(setup, step) : stayOpen({ ...setup, step, problem: undefined })
}

const goBack = (setup: Setup): Result => {
  const { failedTest } = setup
  // To what else can be done about it.
  if (failedTest !== undefined && setup.step !== "failed") {
    return stayOpen(markFailed(setup, failedTest.problem, "unknown"))
  }
  const step = stepBefore(setup)
  if (step === undefined) return { type: "quit" }
  const next = moveToEnd({ ...setup, step, problem: undefined, failedTest: undefined })
  return setup.step === "checking" || setup.step === "attempting"
    ? { type: "stop", setup: next }
    : stayOpen(next)
}

const startTest = (setup: Setup, test: Test): Result => ({
  type: test,
  setup: { ...setup, step: test, problem: undefined, failedTest: undefined }
})

const lists = { credential: "credentialKinds", model: "models", failed: "remedies" } as const

const openList = ({ step }: Setup) =>
  step === "credential" || step === "model" || step === "failed" ? lists[step] : undefined

export const update = (setup: Setup, key: Key): Result => {
  const result = pressKey(setup, key)
  return result.type === "quit" || result.setup.step === "token"
    ? result
    : { ...result, setup: { ...result.setup, isTokenTyped: false } }
}

const pressKey = (setup: Setup, key: Key): Result => {
  const name = nameOf(key)
  if (name === "ctrl-c") {
    const field = typedField(setup)
    if (field !== undefined && setup[field].text !== "") {
      return stayOpen({ ...setup, [field]: Editor.empty([]), problem: undefined })
    }
    const list = openList(setup)
    return list === undefined || setup[list].filter.text === ""
      ? { type: "quit" }
      : stayOpen({ ...setup, [list]: { ...setup[list], filter: Editor.empty([]), selected: 0 } })
  }
  if (name === "ctrl-d" && setup.step === "gateway" && setup.gateway.text === "") return { type: "quit" }
  switch (setup.step) {
    case "credential": {
      const result = Picker.update(setup.credentialKinds, key)
      if (result.type === "closed") return goBack(setup)
      if (result.type === "open") return stayOpen({ ...setup, credentialKinds: result.picker })
      return goOn(chooseCredential(setup, result.choice.id))
    }
    case "model": {
      const result = Picker.update(setup.models, key)
      if (result.type === "closed") return goBack(setup)
      if (result.type === "open") return stayOpen({ ...setup, models: result.picker })
      return startTest({ ...setup, model: result.choice.id }, "attempting")
    }
    case "checking":
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

/** Another kind has its own question, which must be answered before the test. */
const chooseCredential = (setup: Setup, credentialKind: Setup["credentialKind"]): Setup => ({
  ...setup,
  credentialKind,
  failedTest: credentialKind === setup.credentialKind ? setup.failedTest : undefined
})

const applyRemedy = (setup: Setup, remedy: Remedy): Result => {
  switch (remedy) {
    case "save":
      return { type: "save", setup }
    case "retry":
      return startTest(setup, setup.failedTest?.test ?? "attempting")
    case "skip":
      return stayOpen({ ...setup, step: "model", problem: undefined, failedTest: undefined })
    case "change":
      return stayOpen(moveToEnd({ ...setup, step: "gateway", problem: undefined, failedTest: undefined }))
  }
}

const updateField = (setup: Setup, field: Field, key: Key, name: string | undefined): Result => {
  if (name === "escape") return goBack(setup)
  if (name === "return") {
    const problem = findProblem(field, Editor.expand(setup[field]).trim())
    if (problem === undefined) return goOn(setup)
    const { completed } = problem
    return stayOpen({
      ...setup,
      problem,
      ...(completed === undefined ? {} : { [field]: Editor.update(setup[field], { type: "set", text: completed }) })
    })
  }
  const action = lineActionOf(key)
  if (action === undefined) return stayOpen(setup)
  const next = Editor.update(setup[field], action)
  if (field !== "token") return stayOpen({ ...setup, [field]: next, problem: undefined })
  if (next.text === setup.token.text) return stayOpen({ ...setup, token: next })
  const token = setup.isTokenTyped ? next : Editor.update(Editor.empty([]), action)
  return stayOpen({ ...setup, token, isTokenTyped: true, problem: undefined })
}
