import type { Usage } from "@altimate-code/agent/session/Usage"
import type { ActiveModel, Price } from "../../Host.ts"
import { type Canvas, type Lines, paintLine } from "../terminal/canvas.ts"
import type { Role } from "../terminal/theme.ts"
import { clean, type Line, measureWidth, truncate } from "../terminal/themedText.ts"

export interface Status {
  /** Tool calls run without asking the user. */
  readonly yolo: boolean
  readonly model: ActiveModel | undefined
  /** Of the whole session. */
  readonly usage: Usage
  /** In US dollars; absent if the price is unknown. */
  readonly cost: number | undefined
  /** Tokens that the next request starts with. */
  readonly context: number
  /** What the screen is doing now. */
  readonly activity: string
  readonly isBusy: boolean
}

/** In US dollars. Without prices for the cache, its tokens cost as much as other input. */
export const computeCost = (usage: Usage, price: Price): number =>
  (usage.input * price.input
    + usage.output * price.output
    + usage.cacheRead * (price.cacheRead ?? price.input)
    + usage.cacheWrite * (price.cacheWrite ?? price.input)) / 1_000_000

export const formatTokens = (count: number): string => {
  if (count < 1000) return String(count)
  if (count < 99_950) return `${(count / 1000).toFixed(1)}k`
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`
}

export const formatDollars = (amount: number): string =>
  amount > 0 && amount < 0.005 ? "<$0.01" : `$${amount.toFixed(2)}`

interface Segment {
  readonly text: string
  readonly role: Role
  /** Segments of a lower priority are left out first. */
  readonly priority: number
}

/** One line if everything fits; otherwise the model on the first line and the rest on the second. */
export const render = (status: Status, canvas: Canvas, rows: 1 | 2): Lines => {
  const first = [...(status.yolo ? [yolo] : []), ...describeModel(status.model)]
  const credential = status.model === undefined
    ? []
    : [{ text: clean(status.model.credential), role: "dim" as const, priority: 2 }]
  const second = [...credential, ...describeUsage(status), {
    text: status.activity,
    role: status.isBusy ? "accent" as const : "dim" as const,
    priority: 9
  }]
  const all = [...first, ...second]
  if (measureSegments(all) <= canvas.width) return [paintLine(joinSegments(all), canvas)]
  if (rows === 2) return [fitSegments(first, canvas), fitSegments(second, canvas)]
  const name = { text: clean(status.model?.name ?? "no model yet"), role: "strong" as const, priority: 8 }
  return [fitSegments([...(status.yolo ? [yolo] : []), name, ...second], canvas)]
}

/** The highest priority: it is never left out. */
const yolo: Segment = { text: "YOLO", role: "error", priority: 10 }

const describeModel = (model: ActiveModel | undefined): ReadonlyArray<Segment> => {
  if (model === undefined) return [{ text: "no model yet", role: "dim", priority: 9 }]
  return [
    { text: `${clean(model.provider)} › ${clean(model.name)}`, role: "strong", priority: 9 },
    ...(model.wire === model.name ? [] : [{ text: clean(model.wire), role: "dim" as const, priority: 3 }]),
    ...(model.effort === undefined
      ? []
      : [{
        text: model.effort === "off" ? "thinking off" : `effort ${clean(model.effort)}`,
        role: "dim" as const,
        priority: 7
      }]),
    { text: clean(model.region), role: "dim", priority: 4 },
    { text: clean(model.gateway), role: "dim", priority: 5 }
  ]
}

const describeUsage = ({ context, cost, model, usage }: Status): ReadonlyArray<Segment> => {
  const window = model?.contextWindow
  const total = usage.input + usage.output + usage.cacheRead + usage.cacheWrite
  const percent = window === undefined ? undefined : Math.round(100 * context / window)
  return [
    ...(percent === undefined
      ? []
      : [{ text: `context ${percent}%`, role: percent >= 80 ? "warning" as const : "dim" as const, priority: 6 }]),
    {
      text: usage.cacheRead > 0
        ? `${formatTokens(total)} tokens (${formatTokens(usage.cacheRead)} cached)`
        : `${formatTokens(total)} tokens`,
      role: "dim",
      priority: 3
    },
    ...(cost === undefined ? [] : [{ text: formatDollars(cost), role: "dim" as const, priority: 5 }])
  ]
}

const separator = " · "

const measureSegments = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce((sum, { text }) => sum + measureWidth(text), separator.length * Math.max(0, segments.length - 1))

const joinSegments = (segments: ReadonlyArray<Segment>): Line =>
  segments.flatMap(({ role, text }, index) => [
    ...(index === 0 ? [] : [{ text: separator, roles: ["dim" as const] }]),
    { text, roles: [role] }
  ])

/** The segment of the highest priority, and as many others as fit. */
const fitSegments = (segments: ReadonlyArray<Segment>, canvas: Canvas): string => {
  const short = segments.map((segment) => ({ ...segment, text: shorten(segment.text, canvas.width) }))
  const fitting = short.toSorted((a, b) => b.priority - a.priority).reduce<ReadonlyArray<Segment>>(
    (fitting, segment) =>
      fitting.length === 0 || measureSegments([...fitting, segment]) <= canvas.width ? [...fitting, segment] : fitting,
    []
  )
  return paintLine(joinSegments(short.filter((segment) => fitting.includes(segment))), canvas)
}

/** Drops the provider's name before it truncates the model's. */
const shorten = (text: string, width: number): string => {
  if (measureWidth(text) <= width) return text
  const [, name] = text.split(" › ")
  return truncate(name ?? text, width)
}
