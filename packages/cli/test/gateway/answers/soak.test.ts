import type { Fault, Script } from "@altimate-code/sandbox/Script"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { bundle } from "../../../../../test/bundle.ts"
import { mcpServer } from "../../../../../test/mcp/programs.ts"
import { png } from "../../../../../test/pictures.ts"
import { explain } from "../../../src/command-line/failure/explainFailure.ts"
import { at, type GatewayFault, gatewayFaults, isBeforeAll, type Position } from "./gatewayFaults.ts"
import { canary, machine, newSession, toolsWith, turn } from "./inProcess.ts"

const turns = Number(process.env["SOAK_TURNS"] ?? 50)
/** How many of them are made before memory is measured for the first time. */
const warmUp = Math.round(turns * 0.4)

/** The same numbers in 0..1 every time (mulberry32). */
const numbers = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

type Blocks = Script[number]["blocks"]

interface Struck {
  readonly fault: GatewayFault
  readonly position: Position
  readonly played: Fault
}

/** What the service refuses of a request, so that it comes again without it. */
const refusals = {
  length: "prompt is too long: 210000 tokens > 200000 maximum",
  image: "The model returned the following errors: Could not process image"
} as const

interface Answer {
  readonly text: string
  readonly blocks: Blocks
  readonly calls: boolean
  readonly struck: ReadonlyArray<Struck>
  /** Nothing is struck in the answers of a turn with a recovery, so that they are those of one turn. */
  readonly refused?: keyof typeof refusals
  /** The session has another prompt behind this answer. */
  readonly isFirst?: true
}

/** All that fail within this machine's own time, and that have one outcome only. */
const kinds = gatewayFaults.filter(({ name }) =>
  ["throttle", "html (502)", "reset", "truncate", "end", "corrupt"].includes(name) ||
  /^HTTP (400|500|503)/.test(name) ||
  name.endsWith("Exception")
)
const places = ["before headers", "before first event", "mid-text", "mid-tool-call", "before messageStop"] as const

/** Answers that come one after the other; every tenth request for one fails. */
const makeAnswers = (): ReadonlyArray<Answer> => {
  const random = numbers(20_231_123)
  const pick = <A>(all: ReadonlyArray<A>): A => all[Math.floor(random() * all.length)]!
  const strike = (blocks: Blocks): Struck => {
    for (;;) {
      const [fault, position] = [pick(kinds), pick(places)]
      const played = at(fault, position, blocks)
      if (played !== undefined) return { fault, position, played }
    }
  }
  const block = (text: string) => ({ type: "text" as const, text: [text, " goes ", "on.\n"] })
  const calling = (name: string, input: string) => ({ type: "toolUse" as const, name, input: ["{", input, "}"] })
  const plain = (text: string, ...calls: ReadonlyArray<ReturnType<typeof calling>>): Answer => ({
    text: `${text} goes on.\n`,
    blocks: [block(text), ...calls],
    calls: calls.length > 0,
    struck: []
  })
  const answer = (text: string, call?: ReturnType<typeof calling>): Answer => {
    const made = plain(text, ...(call === undefined ? [] : [call]))
    const struck: Array<Struck> = []
    while (random() < 0.1 && struck.length < 3) struck.push(strike(made.blocks))
    return { ...made, struck }
  }
  const end = (i: number) => answer(`End ${i}`)
  return Array.from({ length: turns }, (_, i): ReadonlyArray<Answer> => {
    switch (i % 20) {
      case 3:
        return [
          plain(`Look ${i}`, calling("read", "\"path\":\"soak.png\""), calling("soak_picture", "")),
          { ...plain(`Seen ${i}`), refused: "image" }
        ]
      case 7:
        return [
          answer(`Say ${i}`, calling("soak_echo", `"text":"${i}"`)),
          answer(`Grep ${i}`, calling("grep", "\"pattern\":\"soak\"")),
          end(i)
        ]
      case 13:
        return [
          { ...plain(`First ${i}`), isFirst: true },
          { ...plain(`Summary ${i}`), refused: "length" },
          plain(`Second ${i}`)
        ]
      case 9:
      case 19:
        return [answer(`Call ${i}`, calling("bash", `"command":${JSON.stringify(`echo ${i} >> lines.txt`)}`)), end(i)]
      default:
        return [answer(`Answer ${i}`)]
    }
  }).flat()
}

interface Expected {
  readonly withTools: boolean
  readonly text: string
  /** Absent: the turn comes to its end. */
  readonly failure: string | undefined
  readonly requests: number
  readonly lines: number
  readonly prompts: number
  readonly recoveries: number
  readonly mcpCalls: number
}

const callsTool = ({ blocks }: Answer, name: string): boolean =>
  blocks.some((block) => block.type === "toolUse" && block.name.startsWith(name))

/** What must come of each turn: a turn that fails leaves the rest of the answers to those after it. */
const expectations = (answers: ReadonlyArray<Answer>): ReadonlyArray<Expected> => {
  const left = answers.map(({ struck }) => [...struck])
  let next = 0
  return Array.from({ length: turns }, () => {
    let [text, requests, lines, prompts, recoveries, mcpCalls, cuts] = ["", 0, 0, 1, 0, 0, 0]
    const withTools = answers[next]!.calls
    const come = (failure: string | undefined) => ({
      withTools,
      text,
      failure,
      requests,
      lines,
      prompts,
      recoveries,
      mcpCalls
    })
    for (;;) {
      const answer = answers[next]!
      for (let struck = left[next]!.shift(); struck !== undefined; struck = left[next]!.shift()) {
        requests++
        const { fault, position } = struck
        if (!fault.retried || (!isBeforeAll(position) && ++cuts > 2)) return come(fault.reason)
      }
      next++
      requests += answer.refused === undefined ? 1 : 2
      if (answer.refused !== undefined) recoveries++
      // It is the summary.
      if (answer.refused === "length") continue
      text += answer.text
      if (answer.isFirst) prompts++
      if (callsTool(answer, "bash")) lines++
      if (callsTool(answer, "soak_")) mcpCalls++
      if (!answer.calls && !answer.isFirst) return come(undefined)
    }
  })
}

/** A sandbox in a process of its own, so that this process's memory is the client's. */
const sandboxProcess = (directory: string, script: Script) =>
  Effect.gen(function*() {
    const program = yield* bundle(new URL("../process/sandbox.ts", import.meta.url))
    writeFileSync(join(directory, "script.json"), JSON.stringify(script))
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [program, join(directory, "script.json")], { stdio: ["pipe", "pipe", "inherit"] })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const line = Effect.promise(async () => (await lines.next()).value as string)
    return { url: yield* line, requests: Effect.suspend(() => (child.stdin.end(), Effect.map(line, Number))) }
  })

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

interface Measured {
  readonly heap: number
  readonly rss: number
  readonly descriptors: number | undefined
}

const measure = Effect.gen(function*() {
  // What waits for the next turn of the loop is not a leak.
  yield* Effect.sleep("100 millis")
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  const descriptors = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : undefined
  return { heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20, descriptors } satisfies Measured
})

const shown = ({ descriptors, heap, rss }: Measured): string =>
  `heap ${heap.toFixed(1)} MiB, resident ${rss.toFixed(1)} MiB, ${descriptors ?? "?"} descriptors`

it.live(
  `${turns} turns through a gateway that fails every tenth request: every request is accounted for, and nothing leaks`,
  () =>
    Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "altimate-code-soak-"))),
        (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
      )
      writeFileSync(join(directory, "soak.png"), png(20, 20))
      const answers = makeAnswers()
      const expected = expectations(answers)
      const sandbox = yield* sandboxProcess(
        directory,
        answers.map(({ blocks, refused, struck }) => ({
          blocks,
          faults: [
            ...struck.map(({ played }) => played),
            ...(refused === undefined
              ? []
              : [{ type: "error" as const, status: 400, name: "ValidationException", message: refusals[refused] }])
          ]
        }))
      )
      const limits = { firstByte: "30 seconds", idle: "30 seconds" } as const
      let inLog = false
      const log = (line: string) => {
        inLog ||= line.includes(canary)
      }

      const before = yield* measure
      const { end, warm } = yield* Effect.gen(function*() {
        let warm = before
        const tools = yield* toolsWith({ type: "local", command: [process.execPath, mcpServer] })
        for (const [index, { failure, prompts, recoveries, text, withTools }] of expected.entries()) {
          if (index === warmUp) warm = yield* measure
          const outcome = yield* Effect.scoped(Effect.gen(function*() {
            const session = yield* newSession(directory)
            const first = yield* turn(session, withTools && tools)
            if (prompts === 1) return first
            const second = yield* turn(session, withTools && tools)
            return { ...second, text: first.text + second.text, notices: [...first.notices, ...second.notices] }
          }))
          assert.strictEqual(outcome.notices.length, recoveries, `turn ${index}: ${outcome.notices.join()}`)
          const failed = outcome.error === undefined ? undefined : explain(outcome.error)
          assert.strictEqual(failed?.reason, failure, `turn ${index}: ${failed?.message}`)
          if (failure === undefined) assert.strictEqual(outcome.text, text, `turn ${index}`)
          else assert.isTrue(outcome.text.startsWith(text), `turn ${index}: ${outcome.text}`)
        }
        return { warm, end: yield* measure }
      }).pipe(Effect.scoped, Effect.provide(machine({ url: sandbox.url, directory, limits, log })))
      const after = yield* measure

      const sum = (count: (expected: Expected) => number) => expected.reduce((all, one) => all + count(one), 0)
      const failures = sum(({ failure }) => failure === undefined ? 0 : 1)
      const requests = yield* sandbox.requests
      // For readers of the test report.
      // oxlint-disable-next-line no-console
      console.log(
        [
          `SOAK: ${turns} turns, ${
            turns - failures
          } answered, ${failures} failed as they should, ${requests} requests, ${
            sum(({ recoveries }) => recoveries)
          } recoveries`,
          `at the start   ${shown(before)}`,
          `turn ${warmUp}       ${shown(warm)}`,
          `turn ${turns}      ${shown(end)}`,
          `closed         ${shown(after)}`
        ].join("\n")
      )
      assert.strictEqual(requests, sum((expected) => expected.requests))
      const lines = readFileSync(join(directory, "lines.txt"), "utf8").trimEnd().split("\n")
      assert.strictEqual(lines.length, sum((expected) => expected.lines))
      assert.strictEqual(new Set(lines).size, lines.length, "a tool ran twice")
      const sessions = readdirSync(join(directory, "session"))
      assert.strictEqual(sessions.length, turns)
      const written = sessions.map((name) => readFileSync(join(directory, "session", name), "utf8"))
      for (const text of written) assert.notInclude(text, canary)
      const results = (name: string) =>
        written.flatMap((text) =>
          text.match(new RegExp(`"type":"tool-result"[^\\n]*"name":"${name}[^\\n]*"outcome":"ok"`, "g")) ?? []
        )
      assert.strictEqual(results("soak_").length, sum((expected) => expected.mcpCalls))
      assert.isAbove(results("read").length, 0)
      assert.isFalse(inLog)

      assert.isBelow(end.heap - warm.heap, (turns - warmUp) / 12, "the heap grows")
      assert.isBelow(end.rss - warm.rss, 150, "the process grows")
      if (before.descriptors !== undefined) {
        // A connection that is kept open, and what the runtime opened on the way.
        assert.isAtMost(end.descriptors! - warm.descriptors!, 2, "descriptors leak")
        assert.isAtMost(after.descriptors! - before.descriptors, 4, "descriptors stay open")
      }
    }).pipe(Effect.scoped)
)
