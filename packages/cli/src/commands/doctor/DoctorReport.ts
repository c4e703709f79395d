/** Reports the checks of `doctor`, as text or as one JSON document. */
import { printable } from "@altimate-code/log/Printable"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { CliError } from "../../command-line/failure/CliError.ts"
import { hintOf } from "../../command-line/failure/hints/hintOf.ts"
import type { Failure } from "../../command-line/failure/renderFailure.ts"
import { Stdio, type StdoutClosed, writeJson } from "../../command-line/Stdio.ts"

/** The result of one check. */
export interface Observation<A> {
  readonly detail: string
  /** What to do about a problem that does not necessarily make requests fail. */
  readonly warning?: string
  /** Nothing was checked; `detail` says why. */
  readonly isSkipped?: true
  readonly value: A
}

export const observation = <A>(value: A, detail: string, warning?: string): Observation<A> => ({
  value,
  detail,
  ...(warning === undefined ? {} : { warning })
})

/** The result of a check that checked nothing. */
export const skipped = (why: string): Observation<undefined> => ({
  value: undefined,
  detail: `not checked: ${why}`,
  isSkipped: true
})

interface Finding {
  readonly check: string
  readonly status: "ok" | "skipped" | "warning" | "failed"
  readonly detail: string
  readonly hint?: string
  readonly milliseconds: number
}

export class DoctorReport extends Context.Tag("@altimate-code/cli/DoctorReport")<DoctorReport, {
  /** Runs a check, reports its result and returns its value. If it fails, reports the failure and fails with it. */
  readonly check: <A, E extends Failure, R>(
    name: string,
    look: Effect.Effect<Observation<A>, E, R>
  ) => Effect.Effect<A, E | CliError | StdoutClosed, R>
}>() {}

const marks = { ok: "✓", skipped: "–", warning: "!", failed: "✗" } as const
const colors = { ok: 32, skipped: 2, warning: 33, failed: 31 } as const

/** The width of the column with the names of the checks. */
const nameWidth = 16

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

/** Shows a spinner during a check that takes longer than 150 milliseconds. */
const startSpinner = (name: string, write: (text: string) => Effect.Effect<void>) => {
  let count = 0
  const turn = Effect.suspend(() => write(`\r${frames[count++ % frames.length]} ${name}`))
  return Effect.zipRight(
    Effect.addFinalizer(() => write("\r\u001b[K")),
    Effect.forkScoped(Effect.delay(Effect.repeat(turn, Schedule.spaced("100 millis")), "150 millis"))
  )
}

const measure = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const exit = yield* Effect.exit(self)
    return { exit, milliseconds: (yield* Clock.currentTimeMillis) - start }
  })

const make = (
  report: (finding: Finding) => Effect.Effect<void, CliError | StdoutClosed>,
  showProgress: (name: string) => Effect.Effect<unknown, never, Scope.Scope>
) =>
  Effect.map(Secrets, ({ maskAll }) =>
    DoctorReport.of({
      check: (name, look) =>
        Effect.gen(function*() {
          const { exit, milliseconds } = yield* Effect.scoped(Effect.zipRight(showProgress(name), measure(look)))
          const finding = yield* Effect.matchEffect(exit, {
            onSuccess: ({ detail, isSkipped, warning }) =>
              Effect.succeed<Finding>({
                check: name,
                status: warning !== undefined ? "warning" : isSkipped ? "skipped" : "ok",
                detail,
                ...(warning === undefined ? {} : { hint: warning }),
                milliseconds
              }),
            onFailure: (failure) =>
              Effect.succeed<Finding>({
                check: name,
                status: "failed",
                detail: failure.message,
                hint: hintOf(failure),
                milliseconds
              })
          })
          yield* report(maskAll(finding))
          return (yield* exit).value
        })
    }))

/** Prints each check when it completes. */
export const text = Layer.effect(
  DoctorReport,
  Effect.flatMap(Stdio, ({ colors: isColored, isErrorTerminal, isTerminal, write, writeError }) => {
    const isAnimated = isTerminal && isColored
    const mark = (status: Finding["status"]) =>
      isAnimated ? `\u001b[${colors[status]}m${marks[status]}\u001b[0m` : marks[status]
    return make(
      ({ check, detail, hint, status }) => {
        // On the same terminal, the error that ends the command has the message.
        const isRepeated = status === "failed" && isTerminal && isErrorTerminal
        const [first = "", ...more] = isRepeated ? ["failed"] : detail.split("\n").map(printable)
        const lines = [
          first,
          ...(status === "failed" ? [] : more),
          ...(status === "warning" ? [printable(hint ?? "")] : [])
        ]
        return write(`${mark(status)} ${check.padEnd(nameWidth)}${lines.join(`\n  ${" ".repeat(nameWidth)}`)}\n`)
      },
      (name) => isAnimated ? startSpinner(name, writeError) : Effect.void
    )
  })
)

/** Prints a JSON document at the end. It contains no secrets, so it can be shared. */
export const json = Layer.scoped(
  DoctorReport,
  Effect.gen(function*() {
    const stdio = yield* Stdio
    const findings: Array<Finding> = []
    yield* Effect.addFinalizer(() => {
      const ok = findings.every(({ status }) => status !== "failed")
      return Effect.ignore(Effect.provideService(writeJson({ ok, checks: findings }, 2), Stdio, stdio))
    })
    return yield* make((finding) => Effect.sync(() => void findings.push(finding)), () => Effect.void)
  })
)
