import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Answers } from "../../Host.ts"
import { lineActionOf, nameOf } from "../input/editing.ts"
import * as Editor from "../input/editor.ts"
import type { Key } from "../input/keys.ts"
import * as Picker from "../input/picker.ts"
import { indent, type Lines, type Look, narrower, oneLine, rule, wrapped } from "../terminal/look.ts"
import { clean } from "../terminal/themedText.ts"

/** The questions of the first start. `trying`: the answers are held against the gateway; `tried`: it did not work. */
export type Step = "gateway" | "region" | "credential" | "token" | "profile" | "model" | "trying" | "tried"

type Kind = Answers["credential"]["_tag"]

export interface Setup {
  readonly step: Step
  readonly gateway: Editor.State
  readonly region: Editor.State
  readonly kind: Kind
  readonly token: Editor.State
  readonly profile: Editor.State
  readonly model: string
  readonly kinds: Picker.Picker
  readonly models: Picker.Picker
  readonly next: Picker.Picker
  /** What is wrong with the answer, or with all of them. */
  readonly problem: { readonly message: string; readonly hint: string } | undefined
}

const kinds: ReadonlyArray<Picker.Choice> = [
  { id: "Token", label: "A token", detail: "from your gateway's operators; stored in a file that only you can read" },
  { id: "Profile", label: "An AWS profile", detail: "from ~/.aws" },
  { id: "Chain", label: "Whatever AWS tools use", detail: "environment, SSO, instance role" }
]

const afterFailure: ReadonlyArray<Picker.Choice> = [
  { id: "change", label: "Change the answers", detail: "" },
  { id: "again", label: "Try again", detail: "" },
  { id: "save", label: "Save anyway", detail: "it does not work yet" }
]

const written = (text: string): Editor.State => Editor.update(Editor.empty([]), { type: "set", text })

export const make = (
  defaults: { readonly region: string; readonly model: string },
  models: ReadonlyArray<{ readonly id: string; readonly name: string; readonly family: string }>
): Setup => ({
  step: "gateway",
  gateway: Editor.empty([]),
  region: written(defaults.region),
  kind: "Token",
  token: Editor.empty([]),
  profile: written("default"),
  model: defaults.model,
  kinds: Picker.make("How do you sign in?", kinds),
  models: Picker.make(
    "Which model answers?",
    models.map(({ family, id, name }) => ({ id, label: name, detail: `${family} · ${id}` })),
    Math.max(0, models.findIndex(({ id }) => id === defaults.model)),
    Picker.ownModel
  ),
  next: Picker.make("What now?", afterFailure),
  problem: undefined
})

export const answersOf = (setup: Setup): Answers => {
  const gateway = setup.gateway.text.trim()
  return {
    baseURL: gateway === "" ? Option.none() : Option.some(gateway),
    region: setup.region.text.trim(),
    credential: setup.kind === "Token"
      ? { _tag: "Token", token: Redacted.make(PastedToken.unwrap(Editor.expand(setup.token)).value) }
      : setup.kind === "Profile"
      ? { _tag: "Profile", name: setup.profile.text.trim() }
      : { _tag: "Chain" },
    model: setup.model
  }
}

export type Result =
  | { readonly type: "stays"; readonly setup: Setup }
  | { readonly type: "attempt"; readonly setup: Setup }
  | { readonly type: "save"; readonly setup: Setup }
  /** The attempt that is under way is given up. */
  | { readonly type: "stop"; readonly setup: Setup }
  | { readonly type: "left" }

const problemOf = (step: Step, text: string): Setup["problem"] => {
  if (step === "gateway" && text !== "") {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      return {
        message: "This is not a URL.",
        hint: "It begins with https://, e.g. https://bedrock.example.com; empty means AWS itself."
      }
    }
    if (url.username !== "" || url.password !== "") {
      return {
        message: "The URL holds a user name or a password.",
        hint: "Leave it out: the next questions ask for the credential."
      }
    }
  }
  if (step === "region" && !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)) {
    return { message: "This is not an AWS region.", hint: "E.g. us-east-1 or eu-central-1." }
  }
  if (step === "token" && text === "") {
    return { message: "The token is empty.", hint: "Paste it here, or go back with esc." }
  }
  if (step === "token") {
    const token = PastedToken.read(text)
    if (Either.isLeft(token)) return { message: `The token ${token.left}.`, hint: "Paste it again, in one piece." }
  }
  if (step === "profile" && text === "") {
    return { message: "The name is empty.", hint: "Its name in ~/.aws/config, e.g. default." }
  }
  return undefined
}

const before: Readonly<Record<Step, (setup: Setup) => Step | undefined>> = {
  gateway: () => undefined,
  region: () => "gateway",
  credential: () => "region",
  token: () => "credential",
  profile: () => "credential",
  model: ({ kind }) => kind === "Token" ? "token" : kind === "Profile" ? "profile" : "credential",
  trying: () => "model",
  tried: () => "model"
}

const after = (setup: Setup): Step => {
  switch (setup.step) {
    case "gateway":
      return "region"
    case "region":
      return "credential"
    case "credential":
      return setup.kind === "Token" ? "token" : setup.kind === "Profile" ? "profile" : "model"
    default:
      return "model"
  }
}

const stays = (setup: Setup): Result => ({ type: "stays", setup })
const back = (setup: Setup): Result => {
  const step = before[setup.step](setup)
  if (step === undefined) return { type: "left" }
  const next = { ...setup, step, problem: undefined }
  return setup.step === "trying" ? { type: "stop", setup: next } : stays(next)
}

export const update = (setup: Setup, key: Key): Result => {
  const name = nameOf(key)
  if (name === "ctrl-c" || (name === "ctrl-d" && setup.step === "gateway" && setup.gateway.text === "")) {
    return { type: "left" }
  }
  switch (setup.step) {
    case "credential": {
      const result = Picker.update(setup.kinds, key)
      if (result.type === "left") return back(setup)
      if (result.type === "stays") return stays({ ...setup, kinds: result.picker })
      const chosen = { ...setup, kind: result.choice.id as Kind }
      return stays({ ...chosen, step: after(chosen) })
    }
    case "model": {
      const result = Picker.update(setup.models, key)
      if (result.type === "left") return back(setup)
      if (result.type === "stays") return stays({ ...setup, models: result.picker })
      return { type: "attempt", setup: { ...setup, model: result.choice.id, step: "trying", problem: undefined } }
    }
    case "tried": {
      const result = Picker.update(setup.next, key)
      if (result.type === "left") return back(setup)
      if (result.type === "stays") return stays({ ...setup, next: result.picker })
      if (result.choice.id === "save") return { type: "save", setup }
      return result.choice.id === "again"
        ? { type: "attempt", setup: { ...setup, step: "trying", problem: undefined } }
        : stays({ ...setup, step: "gateway", problem: undefined })
    }
    case "trying":
      return name === "escape" ? back(setup) : stays(setup)
    default: {
      if (name === "escape") return back(setup)
      const field = setup[setup.step]
      if (name === "return") {
        const problem = problemOf(setup.step, Editor.expand(field).trim())
        return stays(problem === undefined ? { ...setup, problem, step: after(setup) } : { ...setup, problem })
      }
      const action = lineActionOf(key)
      return action === undefined
        ? stays(setup)
        : stays({ ...setup, [setup.step]: Editor.update(field, action), problem: undefined })
    }
  }
}

/** The attempt did not work. */
export const failed = (setup: Setup, problem: { readonly message: string; readonly hint: string }): Setup => ({
  ...setup,
  step: "tried",
  next: Picker.make("What now?", afterFailure),
  problem
})

const questions: Readonly<Record<"gateway" | "region" | "token" | "profile", readonly [string, string]>> = {
  gateway: ["Gateway URL", "Where Amazon Bedrock is reached, e.g. https://bedrock.example.com. Empty: AWS itself."],
  region: ["Region", "The AWS region that the gateway (or AWS) serves."],
  token: ["Token", "It is not shown, and stored only after it works."],
  profile: ["AWS profile", "Its name in ~/.aws/config."]
}

const answered = (setup: Setup): ReadonlyArray<readonly [string, string]> => {
  const all: ReadonlyArray<readonly [Step, string, string]> = [
    ["gateway", "Gateway", setup.gateway.text.trim() === "" ? "AWS itself" : setup.gateway.text.trim()],
    ["region", "Region", setup.region.text.trim()],
    [
      "credential",
      "Credential",
      setup.kind === "Token"
        ? "a token"
        : setup.kind === "Profile"
        ? `profile ${setup.profile.text}`
        : "whatever AWS tools use"
    ],
    ["model", "Model", setup.model]
  ]
  const order: ReadonlyArray<Step> = ["gateway", "region", "credential", "token", "profile", "model", "trying", "tried"]
  const now = order.indexOf(setup.step)
  return all.filter(([step]) => {
    const done = step === "credential" && setup.kind !== "Chain" ? order.indexOf("profile") : order.indexOf(step)
    return done < now
  }).map(([, name, value]) => [name, value])
}

/** What takes the keys is on the screen in any number of rows; what is above it gives way, from the top. */
export const render = (
  setup: Setup,
  look: Look,
  rows: number
): { readonly lines: Lines; readonly cursor: { readonly row: number; readonly column: number } | undefined } => {
  const head = [
    rule(look, "First start"),
    ...wrapped([{
      text: "No gateway and no credential is configured yet. Nothing is saved until it works.",
      roles: ["dim"]
    }], look),
    ...answered(setup).map(([name, value]) =>
      oneLine([
        { text: "✓ ", roles: ["added"] },
        { text: name.padEnd(12), roles: ["dim"] },
        { text: clean(value), roles: ["text"] }
      ], look)
    ),
    ""
  ]
  const under = (above: Lines, lines: Lines): Lines => [
    ...above.slice(Math.max(0, above.length + lines.length - rows)),
    ...lines
  ]
  const room = Math.min(rows, Math.max(4, rows - head.length - 6))
  switch (setup.step) {
    case "credential":
      return { lines: under(head, Picker.render(setup.kinds, look, room)), cursor: undefined }
    case "model":
      return { lines: under(head, Picker.render(setup.models, look, room)), cursor: undefined }
    case "trying":
      return {
        lines: under(head, [
          oneLine([{ text: "… sending a short question to the model · esc: stop", roles: ["accent"] }], look)
        ]),
        cursor: undefined
      }
    case "tried":
      return {
        lines: under([...head, ...problem(setup, look)], Picker.render(setup.next, look, Math.min(rows, 7))),
        cursor: undefined
      }
    default: {
      const [title, explanation] = questions[setup.step]
      const field = setup[setup.step]
      const shown = setup.step === "token" ? hidden(field) : field
      const { cursor, lines } = Editor.view(shown, Math.max(1, look.width - 4), 2)
      const all = under(
        [...head, look.theme.strong(title), ...wrapped([{ text: explanation, roles: ["dim"] }], look)],
        [
          ...problem(setup, look),
          ...indent(lines, look.theme.accent("› "), "  "),
          oneLine([{
            text: setup.step === "gateway" ? "enter: next · esc: quit" : "enter: next · esc: back",
            roles: ["dim"]
          }], look)
        ]
      )
      return { lines: all, cursor: { row: all.length - 1 - lines.length + cursor.row, column: 2 + cursor.column } }
    }
  }
}

/** A token is never drawn, and not even how long it is. */
const hidden = (field: Editor.State): Editor.State => written(Editor.expand(field) === "" ? "" : "••••••••")

const problem = ({ problem }: Setup, look: Look): Lines =>
  problem === undefined ? [] : [
    ...indent(
      clean(problem.message).split("\n").flatMap((text) => wrapped([{ text, roles: ["error"] }], narrower(look, 2))),
      look.theme.error("✗ "),
      "  "
    ),
    ...indent(
      clean(problem.hint).split("\n").flatMap((text) => wrapped([{ text, roles: ["dim"] }], narrower(look, 2))),
      "  "
    )
  ]
