import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import * as Spending from "@altimate-code/agent/session/Spending"
import * as Usage from "@altimate-code/agent/session/Usage"
import type { ActiveModel } from "../../Host.ts"
import { type Canvas, type Lines, paintLine } from "../terminal/canvas.ts"
import { formatTokens } from "../terminal/formatTokens.ts"
import type { Role } from "../terminal/theme.ts"
import { clean, type Line, measureWidth, truncate } from "../terminal/themedText.ts"

export interface Status {
  /** Tool calls run without asking the user. */
  readonly yolo: boolean
  /** The working directory as it is displayed, e.g. `~/shop`. */
  readonly directory: string
  readonly branch: string | undefined
  readonly mode: Mode
  readonly model: ActiveModel | undefined
  /** Of the whole session. */
  readonly spending: Spending.Spending
  /** Tokens that the next request starts with. */
  readonly context: number
  /** How many background tasks run. */
  readonly runningTasks: number
  /** What the screen is doing now. */
  readonly activity: string
  readonly isBusy: boolean
}

interface Segment {
  readonly text: string
  readonly role: Role
  /** Segments of a lower priority are left out first. */
  readonly priority: number
}

/** One line if everything fits; otherwise the model on the first line and the rest on the second. */
export const render = (status: Status, canvas: Canvas, rows: 1 | 2): Lines => {
  const modes = describeMode(status)
  const first = [...modes, ...describeModel(status.model)]
  const credential = status.model === undefined
    ? []
    : [{ text: clean(status.model.credential), role: "dim" as const, priority: 2 }]
  const tasks = status.runningTasks === 0 ? [] : [{
    text: status.runningTasks === 1 ? "1 background task" : `${status.runningTasks} background tasks`,
    role: "accent" as const,
    priority: 8
  }]
  const second = [...describePlace(status), ...credential, ...describeUsage(status), ...tasks, {
    text: status.activity,
    role: status.isBusy ? "accent" as const : "dim" as const,
    priority: 9
  }]
  const all = [...first, ...second]
  if (measureSegments(all) <= canvas.width) return [paintLine(joinSegments(all), canvas)]
  if (rows === 2) return [fitSegments(first, canvas), fitSegments(second, canvas)]
  const name = { text: clean(status.model?.name ?? "no model yet"), role: "strong" as const, priority: 8 }
  return [fitSegments([...modes, name, ...second], canvas)]
}

/** The highest: it is never left out. */
const modePriority = 10

const modeSegments: Readonly<Record<Mode, Segment>> = {
  ask: { text: "ask", role: "added", priority: modePriority },
  "accept-edits": { text: "accept edits", role: "warning", priority: modePriority },
  plan: { text: "plan", role: "accent", priority: modePriority }
}
const yoloSegment: Segment = { text: "YOLO", role: "error", priority: modePriority }

/** With `--yolo`, only plan mode makes a difference. */
const describeMode = ({ mode, yolo }: Status): ReadonlyArray<Segment> => [
  ...(yolo ? [yoloSegment] : []),
  ...(yolo && mode !== "plan" ? [] : [modeSegments[mode]])
]

const maxPlaceWidth = 30

/** The end of a long path says more than its beginning. */
const describePlace = ({ branch, directory }: Status): ReadonlyArray<Segment> => {
  const path = clean(directory)
  if (path === "") return []
  const short = measureWidth(path) <= maxPlaceWidth
    ? path
    : truncate(`…/${path.slice(path.lastIndexOf("/") + 1)}`, maxPlaceWidth)
  return [
    { text: short, role: "dim", priority: 6 },
    ...(branch === undefined
      ? []
      : [{ text: `on ${truncate(clean(branch), maxPlaceWidth)}`, role: "dim" as const, priority: 6 }])
  ]
}

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

const describeUsage = ({ context, model, spending }: Status): ReadonlyArray<Segment> => {
  const { requests, usage } = spending
  const window = model?.contextWindow
  const total = Usage.total(usage)
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
    ...(requests === 0
      ? []
      : [{
        text: Spending.isKnown(spending) ? Spending.describe(spending) : "cost unknown",
        role: "dim" as const,
        priority: 5
      }])
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

/** The mode, the segment of the next priority, shortened to the room beside the mode, and as many others as fit. */
const fitSegments = (segments: ReadonlyArray<Segment>, canvas: Canvas): string => {
  const modes = segments.filter(({ priority }) => priority === modePriority)
  const room = canvas.width - (modes.length === 0 ? 0 : measureSegments(modes) + separator.length)
  const short = segments.map((segment) =>
    segment.priority === modePriority ? segment : { ...segment, text: shorten(segment.text, Math.max(1, room)) }
  )
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
