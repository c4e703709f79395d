import type { Usage } from "@altimate-code/agent/Usage"
import type { ActiveModel, Price } from "../../Host.ts"
import { type Lines, type Look, oneLine } from "../terminal/look.ts"
import type { Role } from "../terminal/theme.ts"
import { clean, cut, type Line, widthOf } from "../terminal/themedText.ts"

export interface Status {
  /** Every tool call runs without a question. */
  readonly yolo: boolean
  readonly model: ActiveModel | undefined
  /** Of the session. */
  readonly usage: Usage
  /** In US dollars; absent: no price is known. */
  readonly cost: number | undefined
  /** Tokens that the next request starts with. */
  readonly context: number
  /** What is happening now. */
  readonly activity: string
  readonly busy: boolean
}

/** What the tokens cost. Without a price for the cache, its tokens cost what others do. */
export const costOf = (usage: Usage, price: Price): number =>
  (usage.input * price.input
    + usage.output * price.output
    + usage.cacheRead * (price.cacheRead ?? price.input)
    + usage.cacheWrite * (price.cacheWrite ?? price.input)) / 1_000_000

export const tokens = (count: number): string => {
  if (count < 1000) return String(count)
  if (count < 99_950) return `${(count / 1000).toFixed(1)}k`
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`
}

export const dollars = (amount: number): string => amount > 0 && amount < 0.005 ? "<$0.01" : `$${amount.toFixed(2)}`

/** `keep`: the higher, the longer it stays when there is less room. */
interface Segment {
  readonly text: string
  readonly role: Role
  readonly keep: number
}

/** One line if everything fits on it, otherwise at most two: who answers, and how it goes. */
export const render = (status: Status, look: Look, rows: 1 | 2): Lines => {
  const who = [...(status.yolo ? [yolo] : []), ...identity(status.model)]
  const credential = status.model === undefined
    ? []
    : [{ text: clean(status.model.credential), role: "dim" as const, keep: 2 }]
  const how = [...credential, ...numbers(status), {
    text: status.activity,
    role: status.busy ? "accent" as const : "dim" as const,
    keep: 9
  }]
  const all = [...who, ...how]
  if (lengthOf(all) <= look.width) return [oneLine(joined(all), look)]
  if (rows === 2) return [fitted(who, look), fitted(how, look)]
  // What is happening has the first claim on the only line.
  const name = { text: clean(status.model?.name ?? "no model yet"), role: "strong" as const, keep: 8 }
  return [fitted([...(status.yolo ? [yolo] : []), name, ...how], look)]
}

/** Never left out. */
const yolo: Segment = { text: "YOLO", role: "error", keep: 10 }

const identity = (model: ActiveModel | undefined): ReadonlyArray<Segment> => {
  if (model === undefined) return [{ text: "no model yet", role: "dim", keep: 9 }]
  return [
    { text: `${clean(model.provider)} › ${clean(model.name)}`, role: "strong", keep: 9 },
    ...(model.wire === model.name ? [] : [{ text: clean(model.wire), role: "dim" as const, keep: 3 }]),
    { text: clean(model.region), role: "dim", keep: 4 },
    { text: clean(model.gateway), role: "dim", keep: 5 }
  ]
}

const numbers = ({ context, cost, model, usage }: Status): ReadonlyArray<Segment> => {
  const window = model?.contextWindow
  const total = usage.input + usage.output + usage.cacheRead + usage.cacheWrite
  const percent = window === undefined ? undefined : Math.round(100 * context / window)
  return [
    ...(percent === undefined
      ? []
      : [{ text: `context ${percent}%`, role: percent >= 80 ? "warning" as const : "dim" as const, keep: 6 }]),
    {
      text: usage.cacheRead > 0
        ? `${tokens(total)} tokens (${tokens(usage.cacheRead)} cached)`
        : `${tokens(total)} tokens`,
      role: "dim",
      keep: 3
    },
    ...(cost === undefined ? [] : [{ text: dollars(cost), role: "dim" as const, keep: 5 }])
  ]
}

const separator = " · "

const lengthOf = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce((sum, { text }) => sum + widthOf(text), separator.length * Math.max(0, segments.length - 1))

const joined = (segments: ReadonlyArray<Segment>): Line =>
  segments.flatMap(({ role, text }, index) => [
    ...(index === 0 ? [] : [{ text: separator, roles: ["dim" as const] }]),
    { text, roles: [role] }
  ])

/** What matters most, and of the rest what still has room. */
const fitted = (segments: ReadonlyArray<Segment>, look: Look): string => {
  const short = segments.map((segment) => ({ ...segment, text: shorter(segment.text, look.width) }))
  const kept = short.toSorted((a, b) => b.keep - a.keep).reduce<ReadonlyArray<Segment>>(
    (kept, segment) => kept.length === 0 || lengthOf([...kept, segment]) <= look.width ? [...kept, segment] : kept,
    []
  )
  return oneLine(joined(short.filter((segment) => kept.includes(segment))), look)
}

/** The model's name stays when the provider's has no room. */
const shorter = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  const [, name] = text.split(" › ")
  return cut(name ?? text, width)
}
