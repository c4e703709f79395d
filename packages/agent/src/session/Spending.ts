/**
 * What requests have used and cost.
 *
 * @since 0.1.0
 */
import * as Usage from "./Usage.ts"

/**
 * What one request used and cost, as its line in the session says.
 *
 * @since 0.1.0
 * @category models
 */
export interface Spent {
  /** No tokens at all: the usage was not reported, for example because the answer was interrupted. */
  readonly usage: Usage.Usage
  /** The ID of the model that answered; absent in lines of older versions. */
  readonly model?: string
  /** In US dollars, at the model's price when the answer ended; absent: unknown. */
  readonly cost?: number
}

/**
 * What several requests have used and cost.
 *
 * @since 0.1.0
 * @category models
 */
export interface Spending {
  readonly requests: number
  readonly usage: Usage.Usage
  /** In US dollars: the sum of the known costs. */
  readonly cost: number
  /** Requests with reported usage but without a cost, because the price was unknown or an older version did not store it. */
  readonly unpriced: number
  /** Requests whose usage was not reported. */
  readonly unreported: number
}

/**
 * No requests.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: Spending = { requests: 0, usage: Usage.none, cost: 0, unpriced: 0, unreported: 0 }

/**
 * Removes what floating-point arithmetic adds: ten decimals are more than a single token costs.
 *
 * @since 0.1.0
 * @category rounding
 */
export const round = (amount: number): number => Number(amount.toFixed(10))

/**
 * Whether the usage of the request was reported.
 *
 * @since 0.1.0
 * @category combining
 */
export const isReported = ({ cost, usage }: Spent): boolean => cost !== undefined || Usage.total(usage) > 0

/**
 * Adds one request.
 *
 * @since 0.1.0
 * @category combining
 */
export const add = (spending: Spending, spent: Spent): Spending => {
  const { cost, usage } = spent
  return {
    requests: spending.requests + 1,
    usage: Usage.add(spending.usage, usage),
    cost: round(spending.cost + (cost ?? 0)),
    unpriced: spending.unpriced + (cost === undefined && isReported(spent) ? 1 : 0),
    unreported: spending.unreported + (isReported(spent) ? 0 : 1)
  }
}

/**
 * Adds up two sums.
 *
 * @since 0.1.0
 * @category combining
 */
export const combine = (a: Spending, b: Spending): Spending => ({
  requests: a.requests + b.requests,
  usage: Usage.add(a.usage, b.usage),
  cost: round(a.cost + b.cost),
  unpriced: a.unpriced + b.unpriced,
  unreported: a.unreported + b.unreported
})

/**
 * What was spent since `before`, an earlier state of the same spending.
 *
 * @since 0.1.0
 * @category combining
 */
export const since = (before: Spending, now: Spending): Spending => ({
  requests: now.requests - before.requests,
  usage: Usage.subtract(now.usage, before.usage),
  cost: round(now.cost - before.cost),
  unpriced: now.unpriced - before.unpriced,
  unreported: now.unreported - before.unreported
})

/** A line of a session. Only lines about requests have a usage. */
type Line = { readonly type: string } & Partial<Spent>

/**
 * Returns what the request of this line has cost; `undefined` if the line is about no request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofLine = ({ cost, model, usage }: Line): Spent | undefined =>
  usage === undefined ? undefined : {
    usage,
    ...(model === undefined ? {} : { model }),
    ...(cost === undefined ? {} : { cost })
  }

/**
 * Adds up the requests of a session, or of some of its lines.
 *
 * @since 0.1.0
 * @category constructors
 */
export const sum = (lines: ReadonlyArray<Line>): Spending =>
  lines.reduce((spending, line) => {
    const spent = ofLine(line)
    return spent === undefined ? spending : add(spending, spent)
  }, none)

/**
 * Adds up the requests for each model, in the order of their first requests. Requests of older versions may have no model.
 *
 * @since 0.1.0
 * @category constructors
 */
export const sumByModel = (lines: ReadonlyArray<Line>): ReadonlyMap<string | undefined, Spending> => {
  const models = new Map<string | undefined, Spending>()
  for (const line of lines) {
    const spent = ofLine(line)
    if (spent !== undefined) models.set(spent.model, add(models.get(spent.model) ?? none, spent))
  }
  return models
}

/**
 * Whether the cost of at least one request is known.
 *
 * @since 0.1.0
 * @category rendering
 */
export const isKnown = ({ requests, unpriced, unreported }: Spending): boolean =>
  requests === 0 || unpriced + unreported < requests

/**
 * Whether the cost of each request is known.
 *
 * @since 0.1.0
 * @category rendering
 */
export const isComplete = ({ unpriced, unreported }: Spending): boolean => unpriced + unreported === 0

const makeDollars = () => new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" })

/** Made when it is first used, because it takes half a millisecond: at every start that would be too much, and in every frame too. */
let dollars: Intl.NumberFormat | undefined

/**
 * `$1,234.50`, or `<$0.01` for a small amount.
 *
 * @since 0.1.0
 * @category rendering
 */
export const formatDollars = (amount: number): string =>
  amount > 0 && amount < 0.005 ? "<$0.01" : (dollars ??= makeDollars()).format(amount)

/**
 * `$1.50`, `at least $1.50` if the cost of some requests is not known, or `unknown`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (spending: Spending): string => {
  if (!isKnown(spending)) return "unknown"
  const dollars = formatDollars(spending.cost)
  return isComplete(spending) ? dollars : `at least ${dollars.replace("<", "")}`
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`

/**
 * Explains why the sum is not complete, in sentences for the user; empty if it is.
 *
 * @since 0.1.0
 * @category rendering
 */
export const explain = ({ unpriced, unreported }: Spending): ReadonlyArray<string> => [
  ...(unpriced === 0 ? [] : [`${count(unpriced, "request")} ${unpriced === 1 ? "has" : "have"} no known price.`]),
  ...(unreported === 0
    ? []
    : [
      `The usage of ${count(unreported, "request")} was not reported, for example because the answer was interrupted.`
    ])
]
