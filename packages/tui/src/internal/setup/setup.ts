import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Answers, Model, WrongAnswer } from "../../Host.ts"
import * as Editor from "../input/editor.ts"
import * as Picker from "../input/picker.ts"

/** A test: of the endpoint and the credential, or of all answers. */
export type Test = "checking" | "attempting"

/** `failed`: a test failed. */
export type Step = "gateway" | "region" | "credential" | "token" | "profile" | "model" | Test | "failed"

/** The steps whose answer is typed. */
export type Field = "gateway" | "region" | "token" | "profile"

export interface Problem {
  readonly message: string
  readonly hint: string
  /** The answer as it was probably meant. It replaces what was typed. */
  readonly completed?: string
}

type CredentialKind = Answers["credential"]["_tag"]

/** The first start: one question after the other, and a test as soon as the endpoint and the credential are known. */
export interface Setup extends Readonly<Record<Field, Editor.State>> {
  readonly step: Step
  readonly credentialKind: CredentialKind
  readonly model: string
  readonly credentialKinds: Picker.Picker<CredentialKind>
  readonly models: Picker.Picker
  readonly remedies: Picker.Picker<Remedy>
  /** The token was typed since its question was asked. Otherwise what is typed replaces it, because a hidden text can't be edited. */
  readonly isTokenTyped: boolean
  /** What is wrong with the current answer, or why the test failed. */
  readonly problem: Problem | undefined
  /** The test that showed an answer to be wrong, while the user changes it. The new one is tested at once. */
  readonly failedTest: { readonly test: Test; readonly problem: Problem } | undefined
}

const credentialKinds: ReadonlyArray<Picker.Choice<CredentialKind>> = [
  {
    id: "Token",
    label: "With a token",
    detail: "from your gateway's team, stored in a private file"
  },
  { id: "Profile", label: "With an AWS profile", detail: "from ~/.aws" },
  { id: "Chain", label: "With the default AWS credentials", detail: "environment variables, SSO, instance role" }
]

/** What the user can do after a test has failed. `skip` goes to the question about the model. */
export type Remedy = "change" | "retry" | "skip" | "save"

const makeRemedies = (test: Test): Picker.Picker<Remedy> =>
  Picker.make<Remedy>("What now?", [
    { id: "change", label: "Change the answers", detail: "" },
    { id: "retry", label: "Try again", detail: "" },
    test === "checking"
      ? { id: "skip", label: "Choose a model", detail: "even though the test failed" }
      : { id: "save", label: "Save anyway", detail: "even though the test failed" }
  ])

const makeField = (text: string): Editor.State => Editor.update(Editor.empty([]), { type: "set", text })

export const make = (
  defaults: { readonly region: string; readonly model: string },
  models: ReadonlyArray<Model>
): Setup => ({
  step: "gateway",
  gateway: Editor.empty([]),
  region: makeField(defaults.region),
  credentialKind: "Token",
  token: Editor.empty([]),
  profile: makeField("default"),
  model: defaults.model,
  credentialKinds: Picker.make("How do you sign in?", credentialKinds),
  models: Picker.make(
    "Which model do you want to use?",
    Picker.modelChoices(models),
    Math.max(0, models.findIndex(({ id }) => id === defaults.model)),
    Picker.customModel
  ),
  remedies: makeRemedies("checking"),
  isTokenTyped: false,
  problem: undefined,
  failedTest: undefined
})

export const answersOf = (setup: Setup): Answers => {
  const gateway = setup.gateway.text.trim()
  return {
    baseURL: gateway === "" ? Option.none() : Option.some(gateway),
    region: setup.region.text.trim(),
    credential: credentialOf(setup),
    model: setup.model
  }
}

const credentialOf = ({ credentialKind, profile, token }: Setup): Answers["credential"] => {
  switch (credentialKind) {
    case "Token":
      return { _tag: "Token", token: Redacted.make(PastedToken.unwrap(Editor.expand(token)).value) }
    case "Profile":
      return { _tag: "Profile", name: profile.text.trim() }
    case "Chain":
      return { _tag: "Chain" }
  }
}

/** The endpoint and the credential are right: asks which of these models to use. */
export const askForModel = (setup: Setup, models: ReadonlyArray<Model>): Setup => ({
  ...setup,
  step: "model",
  models: Picker.replaceChoices(setup.models, Picker.modelChoices(models)),
  problem: undefined,
  failedTest: undefined
})

/** The test that runs, or that ran last. */
const testOf = ({ failedTest, step }: Setup): Test =>
  step === "checking" || step === "attempting" ? step : failedTest?.test ?? "attempting"

/** A test failed: returns to the answer that is wrong, or offers what to do if that is not known. */
export const markFailed = (setup: Setup, problem: Problem, wrong: WrongAnswer): Setup => {
  const test = testOf(setup)
  const step = wrong === "unknown" ? "failed" : wrong === "endpoint" ? endpointStep(setup) : credentialStep(setup)
  return moveToEnd({
    ...setup,
    step,
    remedies: makeRemedies(test),
    problem,
    failedTest: { test, problem }
  })
}

/** Without a gateway, the region decides where requests go. */
const endpointStep = ({ gateway }: Setup): Step => gateway.text.trim() === "" ? "region" : "gateway"

/** The last question about the credential. */
export const credentialStep = ({ credentialKind }: Setup): Step =>
  credentialKind === "Token" ? "token" : credentialKind === "Profile" ? "profile" : "credential"

/** The answer that is being typed. */
export const typedField = ({ step }: Setup): Field | undefined =>
  step === "gateway" || step === "region" || step === "token" || step === "profile" ? step : undefined

/** The cursor of a text that is changed again is where it is when it is first shown. */
export const moveToEnd = (setup: Setup): Setup => {
  const field = typedField(setup)
  return field === undefined || field === "token"
    ? setup
    : { ...setup, [field]: Editor.update(setup[field], { type: "set", text: setup[field].text }) }
}

/** The token that was refused is still in the field. */
export const isTokenRefused = ({ failedTest, problem, step }: Setup): boolean =>
  step === "token" && problem !== undefined && problem === failedTest?.problem
