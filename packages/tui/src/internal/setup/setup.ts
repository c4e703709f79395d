import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Answers, Model } from "../../Host.ts"
import * as Editor from "../input/editor.ts"
import * as Picker from "../input/picker.ts"

/** `attempting`: a test request is under way; `failed`: it failed. */
export type Step = "gateway" | "region" | "credential" | "token" | "profile" | "model" | "attempting" | "failed"

/** The steps whose answer is typed. */
export type Field = "gateway" | "region" | "token" | "profile"

export interface Problem {
  readonly message: string
  readonly hint: string
  /** The answer as it was probably meant. It replaces what was typed. */
  readonly completed?: string
}

type CredentialKind = Answers["credential"]["_tag"]

/** The first start: one question after the other, then a test request. */
export interface Setup extends Readonly<Record<Field, Editor.State>> {
  readonly step: Step
  readonly credentialKind: CredentialKind
  readonly model: string
  readonly credentialKinds: Picker.Picker<CredentialKind>
  readonly models: Picker.Picker
  readonly remedies: Picker.Picker<Remedy>
  /** What is wrong with the current answer, or why the test request failed. */
  readonly problem: Problem | undefined
  /** Why the token was refused, while the user enters another one. That one is tested at once. */
  readonly refusal: Problem | undefined
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

/** What the user can do after the test request has failed. */
export type Remedy = "change" | "retry" | "save"

const remedies: ReadonlyArray<Picker.Choice<Remedy>> = [
  { id: "change", label: "Change the answers", detail: "" },
  { id: "retry", label: "Try again", detail: "" },
  { id: "save", label: "Save anyway", detail: "even though the test request failed" }
]

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
  remedies: Picker.make("What now?", remedies),
  problem: undefined,
  refusal: undefined
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

/** Offers the models that the gateway lists. */
export const offerModels = (setup: Setup, models: ReadonlyArray<Model>): Setup => ({
  ...setup,
  models: Picker.replaceChoices(setup.models, Picker.modelChoices(models))
})

/** The test request failed: offers what to do about it. */
export const markFailed = (setup: Setup, problem: Problem): Setup => ({
  ...setup,
  step: "failed",
  remedies: Picker.make("What now?", remedies),
  problem,
  refusal: undefined
})

/** The test request failed because of the credential: asks for another token. */
export const markRefused = (setup: Setup, problem: Problem): Setup =>
  setup.credentialKind === "Token"
    ? { ...setup, step: "token", token: Editor.empty([]), problem, refusal: problem }
    : markFailed(setup, problem)
