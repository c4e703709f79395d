import * as Editor from "../input/editor.ts"
import * as Picker from "../input/picker.ts"
import { type Canvas, drawRule, indent, type Lines, narrow, paintLine, paintWrapped } from "../terminal/canvas.ts"
import type { Role } from "../terminal/theme.ts"
import { clean } from "../terminal/themedText.ts"
import { type Field, isTokenRefused, type Setup, type Step } from "./setup.ts"

const questions: Readonly<Record<Field, { readonly title: string; readonly explanation: string }>> = {
  gateway: {
    title: "Gateway URL",
    explanation:
      "Your gateway for Amazon Bedrock, e.g. https://bedrock.example.com. Leave it empty to use AWS directly."
  },
  region: { title: "Region", explanation: "The AWS region your models run in." },
  token: { title: "Token", explanation: "It is never displayed. Nothing is stored before the test." },
  profile: { title: "AWS profile", explanation: "The name of a profile in ~/.aws/config." }
}

const order: ReadonlyArray<Step> = [
  "gateway",
  "region",
  "credential",
  "token",
  "profile",
  "checking",
  "model",
  "attempting",
  "failed"
]

const describeCredential = ({ credentialKind, profile }: Setup): string => {
  switch (credentialKind) {
    case "Token":
      return "token"
    case "Profile":
      return `AWS profile ${profile.text}`
    case "Chain":
      return "default AWS credentials"
  }
}

interface Answer {
  /** The last step that changes it. */
  readonly step: Step
  readonly name: string
  readonly value: string
}

const givenAnswers = (setup: Setup): ReadonlyArray<Answer> => {
  const gateway = setup.gateway.text.trim()
  const all: ReadonlyArray<Answer> = [
    { step: "gateway", name: "Gateway", value: gateway === "" ? "none, AWS directly" : gateway },
    { step: "region", name: "Region", value: setup.region.text.trim() },
    {
      step: setup.credentialKind === "Chain" ? "credential" : "profile",
      name: "Credential",
      value: describeCredential(setup)
    },
    { step: "model", name: "Model", value: setup.model }
  ]
  const until = setup.step === "failed" ? setup.failedTest?.test ?? setup.step : setup.step
  return all.filter(({ step }) => order.indexOf(step) < order.indexOf(until))
}

/** Always shows the lines that have the focus, and as many of the lines above them as fit. */
export const render = (
  setup: Setup,
  canvas: Canvas,
  rows: number
): { readonly lines: Lines; readonly cursor: { readonly row: number; readonly column: number } | undefined } => {
  const head = renderHead(setup, canvas)
  const below = (above: Lines, lines: Lines): Lines => [
    ...above.slice(Math.max(0, above.length + lines.length - rows)),
    ...lines
  ]
  /** What is wrong matters more than what to do about it, and than what is above it. */
  const withProblem = (above: Lines, lines: Lines): Lines =>
    below([...above, ...renderProblem(setup, canvas).slice(0, Math.max(0, rows - lines.length))], lines)
  /** The beginning of the head makes way for the choices. */
  const roomFor = ({ choices }: Picker.Picker): number =>
    Math.min(rows, Math.max(Math.min(9, choices.length + 3), rows - head.length - 6))
  switch (setup.step) {
    case "credential":
      return {
        lines: withProblem(head, Picker.render(setup.credentialKinds, canvas, roomFor(setup.credentialKinds))),
        cursor: undefined
      }
    case "model":
      return { lines: below(head, Picker.render(setup.models, canvas, roomFor(setup.models))), cursor: undefined }
    case "checking":
      return {
        lines: below(head, [renderTest("… testing the endpoint and the credential", canvas)]),
        cursor: undefined
      }
    case "attempting":
      return { lines: below(head, [renderTest("… sending a test request to the model", canvas)]), cursor: undefined }
    case "failed":
      return {
        lines: withProblem(head, Picker.render(setup.remedies, canvas, Math.min(rows, 7))),
        cursor: undefined
      }
    default: {
      const { explanation, title } = questions[setup.step]
      const isRefused = isTokenRefused(setup)
      const field = setup[setup.step]
      const { cursor, lines } = Editor.view(
        setup.step === "token" ? hideToken(field) : field,
        Math.max(1, canvas.width - 4),
        2
      )
      const all = withProblem(
        [...head, canvas.theme.strong(title), ...(isRefused ? [] : renderExplanation(explanation, canvas))],
        [
          ...(isRefused ? renderExplanation(refusedToken, canvas).slice(0, Math.max(0, rows - lines.length - 1)) : []),
          ...indent(lines, canvas.theme.accent("› "), "  "),
          paintLine([{
            text: setup.step === "gateway" ? "enter: next · esc: quit" : "enter: next · esc: back",
            roles: ["dim"]
          }], canvas)
        ]
      )
      return { lines: all, cursor: { row: all.length - 1 - lines.length + cursor.row, column: 2 + cursor.column } }
    }
  }
}

const refusedToken = "Paste another one, which replaces it. Enter tries the same one again."

const renderExplanation = (text: string, canvas: Canvas): Lines => paintWrapped([{ text, roles: ["dim"] }], canvas)

const renderTest = (text: string, canvas: Canvas): string =>
  paintLine([{ text: `${text} · esc: stop`, roles: ["accent"] }], canvas)

const renderHead = (setup: Setup, canvas: Canvas): Lines => [
  drawRule(canvas, "Setup"),
  ...paintWrapped([{
    text: "No gateway or credential is configured yet. Nothing is saved until it works.",
    roles: ["dim"]
  }], canvas),
  ...givenAnswers(setup).map(({ name, value }) =>
    paintLine([
      // Only the test at the end shows whether an answer is right.
      { text: "· ", roles: ["dim"] },
      { text: name.padEnd(12), roles: ["dim"] },
      { text: clean(value), roles: ["text"] }
    ], canvas)
  ),
  ""
]

/** Neither the token nor its length is ever drawn. */
const hideToken = (field: Editor.State): Editor.State =>
  Editor.update(Editor.empty([]), { type: "set", text: Editor.expand(field) === "" ? "" : "••••••••" })

const renderProblem = ({ problem }: Setup, canvas: Canvas): Lines => {
  if (problem === undefined) return []
  const inner = narrow(canvas, 2)
  const renderText = (text: string, role: Role): Lines =>
    clean(text).split("\n").flatMap((line) => paintWrapped([{ text: line, roles: [role] }], inner))
  return [
    ...(problem.completed === undefined
      ? indent(renderText(problem.message, "error"), canvas.theme.error("✗ "), "  ")
      : indent(renderText(problem.message, "text"), canvas.theme.dim("· "), "  ")),
    ...indent(renderText(problem.hint, "dim"), "  ")
  ]
}
