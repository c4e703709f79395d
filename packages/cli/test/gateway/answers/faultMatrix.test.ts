import { SessionStore } from "@altimate-code/agent/session/SessionStore"
import type { Limits } from "@altimate-code/provider/BedrockClient"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Block, Fault, Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { explain } from "../../../src/command-line/failure/explainFailure.ts"
import { guideConfig, makeHome } from "../../BuiltCli.ts"
import { at, type GatewayFault, gatewayFaults, isBeforeAll, type Position, positions } from "./gatewayFaults.ts"
import { canary, machine, newSession, type Outcome, turn } from "./inProcess.ts"

const question: ReadonlyArray<Block> = [{ type: "text", text: ["One ", "two ", "three."] }]
const calling: ReadonlyArray<Block> = [
  { type: "text", text: ["I write ", "a line.", "\n"] },
  { type: "toolUse", toolUseId: "call", name: "bash", input: ["{\"command\":", "\"echo line >> lines.txt\"", "}"] }
]
const closing: ReadonlyArray<Block> = [{ type: "text", text: ["It is ", "written ", "down."] }]

/** What is asked, and which of the answers the fault strikes. */
const modes = {
  run: { answers: [question], struck: 0 },
  "agent's call": { answers: [calling, closing], struck: 0 },
  "agent's end": { answers: [calling, closing], struck: 1 }
} as const
type Mode = keyof typeof modes
const modeNames = Object.keys(modes) as ReadonlyArray<Mode>

const textOf = (blocks: ReadonlyArray<Block>): string =>
  blocks.flatMap((block) => block.type === "text" ? block.text : []).join("")
const fullText = (mode: Mode): string => modes[mode].answers.map(textOf).join("")

interface Cell {
  readonly fault: GatewayFault
  readonly position: Position
  readonly mode: Mode
  readonly played: Fault
}

/** Is nothing lost? That is so behind messageStop, and for a whole answer; a script that plays it again asks for its call again. */
const isComplete = ({ fault, position }: Pick<Cell, "fault" | "position">): boolean =>
  ["json", "compress", "relabel"].includes(fault.name) || position === "after messageStop"

const cells: ReadonlyArray<Cell> = gatewayFaults.flatMap((fault) =>
  positions.flatMap((position) =>
    modeNames.flatMap((mode) => {
      const { answers, struck } = modes[mode]
      const played = at(fault, position, answers[struck]!)
      const isRepeated = isComplete({ fault, position }) && mode === "agent's call"
      // The last answer of an agent is a text like that of a run: what differs is the call before it.
      const isLikeRun = mode === "agent's end" && !["mid-text", "after messageStop"].includes(position)
      // Without any of its answer, a run is like an agent's call.
      const isLikeCall = mode === "run" && isBeforeAll(position) && !isComplete({ fault, position })
      return played === undefined || isRepeated || isLikeRun || isLikeCall
        ? []
        : [{ fault, position, mode, played }]
    })
  )
)

const scriptOf = ({ mode, played }: Cell, times: 1 | "always"): Script =>
  modes[mode].answers.map((blocks, index) => ({
    blocks,
    ...(index === modes[mode].struck ? { faults: [{ ...played, times }] } : {})
  }))

/** How often the call may have been run when the turn is over. */
const linesOf = (directory: string): number =>
  readdirSync(directory).includes("lines.txt")
    ? readFileSync(join(directory, "lines.txt"), "utf8").split("\n").length - 1
    : 0

const everythingIn = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n")

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "altimate-code-matrix-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

/** For answers of this machine: no limit for them is short. */
const long = { firstByte: "1 minute", idle: "1 minute" } as const

/** A stalled answer is waited for that long. */
const limitsOf = ({ fault }: Cell) =>
  fault.name === "stall" ? { firstByte: "5 seconds", idle: "5 seconds" } as const : long

const judge = (cell: Cell, outcome: Outcome, lines: number): string => {
  const { fault, mode } = cell
  const full = fullText(mode)
  if (outcome.error === undefined) {
    assert.strictEqual(outcome.text, full, "half an answer without a failure")
    assert.strictEqual(outcome.reason, "stop")
    assert.strictEqual(lines, mode === "run" ? 0 : 1, "how often the tool ran")
    return "answer"
  }
  const failure = explain(outcome.error)
  assert.strictEqual(failure.reason, fault.reason, failure.message)
  assert.isNotEmpty(failure.message)
  // A refusal's own sentence says what to change.
  if (failure.reason !== "Validation") assert.isAbove(failure.hint.length, 20)
  assert.isTrue(full.startsWith(outcome.text), `not what was said: ${outcome.text}`)
  assert.strictEqual(lines, mode === "agent's end" ? 1 : 0, "how often the tool ran")
  return `failed: ${failure.reason}`
}

/** The outcome of one cell in a word; fails for one that must not be. */
const play = (cell: Cell, times: 1 | "always") =>
  Effect.gen(function*() {
    const directory = yield* temporary
    const logged: Array<string> = []
    const withTools = cell.mode !== "run"
    const over = (url: string, limits: Limits) => machine({ url, directory, limits, log: (line) => logged.push(line) })

    const sandbox = yield* Sandbox.make({ script: scriptOf(cell, times) })
    const { id, outcome } = yield* Effect.gen(function*() {
      const session = yield* newSession(directory)
      return { id: session.id, outcome: yield* turn(session, withTools) }
    }).pipe(Effect.scoped, Effect.provide(over(sandbox.url, limitsOf(cell))))
    const word = judge(cell, outcome, linesOf(directory))
    assert.isAtMost((yield* sandbox.requests).length, 10)

    // The conversation can be gone on with, and the tool is not run again.
    const healthy = yield* Sandbox.make({ script: [{ blocks: question }] })
    const next = yield* Effect.gen(function*() {
      const session = yield* (yield* SessionStore).open(id)
      return yield* turn(session, withTools)
    }).pipe(Effect.scoped, Effect.provide(over(healthy.url, long)))
    assert.strictEqual(next.text, textOf(question), String(next.error))
    assert.isAtMost(linesOf(directory), 1)

    assert.notInclude(everythingIn(directory) + logged.join("\n"), canary)
    return word
  }).pipe(
    Effect.scoped,
    Effect.timeoutFail({ duration: "2 minutes", onTimeout: () => new Error("it hangs") }),
    Effect.exit
  )

const nameOf = ({ fault, mode, position }: Cell): string => `${fault.name}, ${position}, ${mode}`

/** Plays cells; what went wrong, by name. */
const playAll = (cells: ReadonlyArray<Cell>, times: 1 | "always", matrix: Map<string, string>) =>
  Effect.gen(function*() {
    const wrong: Array<string> = []
    yield* Effect.forEach(cells, (cell) =>
      Effect.map(play(cell, times), (exit) => {
        const word = Exit.match(exit, {
          onSuccess: (word) => word,
          onFailure: (cause) => {
            wrong.push(`${nameOf(cell)}: ${Cause.pretty(cause)}`)
            return "WRONG"
          }
        })
        matrix.set(nameOf(cell), word)
        if (times === 1 && cell.fault.retried && word !== "answer") {
          wrong.push(`${nameOf(cell)}: it was not asked again (${word})`)
        }
        if (isComplete(cell) && word !== "answer") wrong.push(`${nameOf(cell)}: nothing was lost (${word})`)
      }), { concurrency: 10, discard: true })
    assert.deepStrictEqual(wrong, [])
  })

/** Rows: faults. Columns: positions and modes. */
const table = (title: string, matrix: ReadonlyMap<string, string>): string => {
  const blocks = positions.map((position) => {
    const columns = modeNames.filter((mode) => cells.some((cell) => cell.position === position && cell.mode === mode))
    const rows = [...new Set(cells.filter((cell) => cell.position === position).map(({ fault }) => fault))].map((
      fault
    ) => [fault.name, ...columns.map((mode) => matrix.get(nameOf({ fault, mode, position } as Cell)) ?? "-")])
    const lines = [[position, ...columns], ...rows]
    const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
    return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n")
  })
  return `${title}\n\n${blocks.join("\n\n")}\n`
}

describe("whatever the gateway does and whenever, the turn ends with the right answer or a typed failure", () => {
  const matrices = { once: new Map<string, string>(), always: new Map<string, string>() }
  afterAll(() => {
    const once = table("FAULT MATRIX, a fault that happens once", matrices.once)
    // For readers of the test report.
    // oxlint-disable-next-line no-console
    console.log(`${once}\n${table("FAULT MATRIX, a fault that always happens", matrices.always)}`)
  })

  it.live(
    "if it does it once, and the answer is right wherever a retry can help",
    () => playAll(cells, 1, matrices.once)
  )

  // An answer that calls a tool represents the others: its text, its call or its end can be lost. What is never retried cannot happen again.
  const again = cells.filter(({ fault, mode }) => mode === "agent's call" && fault.retried)
  it.live("if it always does it", () => playAll(again, "always", matrices.always))
})

/** A fault of each kind where it first strikes, and where a call is open. */
const sample = cells.filter((cell, index) => {
  const { fault, mode, position } = cell
  // The command waits for minutes before it gives up on an answer that stalls.
  if (fault.name === "stall" || mode !== "agent's call") return false
  const isFirst = cells.findIndex((other) =>
    other.mode === mode && other.position === position && other.fault.name !== "stall" &&
    other.fault.reason === fault.reason && other.fault.retried === fault.retried
  ) === index
  return isFirst && (isBeforeAll(position) || position === "mid-tool-call")
})

describe("the command", () => {
  it.live("exits with 0 and the complete answer, or with 1 and an error block", () =>
    Effect.gen(function*() {
      const wrong: Array<string> = []
      yield* Effect.forEach(sample, (cell) =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.make({ script: scriptOf(cell, 1) })
          const home = yield* makeHome
          yield* home.writeGlobalConfig(guideConfig(sandbox.url))
          const { code, stderr, stdout } = yield* home.run(
            ["run", "--yolo", "Go."],
            { env: { AWS_BEARER_TOKEN_BEDROCK: canary } }
          )
          const full = fullText(cell.mode)
          if (code === 0) {
            assert.strictEqual(stdout, `${full}\n`)
            assert.strictEqual(linesOf(home.home), 1)
          } else {
            assert.strictEqual(code, 1, stderr)
            assert.match(stderr, /^error: \S.*\n\S.{20,}\n/m)
            assert.isTrue(full.startsWith(stdout.trimEnd()), stdout)
            assert.strictEqual(linesOf(home.home), 0)
          }
          if (cell.fault.retried) assert.strictEqual(code, 0, stderr)
          assert.notInclude(stdout + stderr + everythingIn(home.home), canary)
        }).pipe(
          Effect.scoped,
          Effect.timeoutFail({ duration: "2 minutes", onTimeout: () => new Error("it hangs") }),
          Effect.catchAllCause((cause) => Effect.sync(() => void wrong.push(`${nameOf(cell)}: ${Cause.pretty(cause)}`)))
        ), { concurrency: 3, discard: true })
      assert.deepStrictEqual(wrong, [])
    }).pipe(Effect.provide(NodeContext.layer)))
})
