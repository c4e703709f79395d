import type { Fault, Script } from "@altimate-code/sandbox/Script"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Bedrock from "../../src/Bedrock.ts"
import { at, type GatewayFault, gatewayFaults, isBeforeAll, type Position } from "./gatewayFaults.ts"
import { canary, machine, newSession, turn } from "./inProcess.ts"

const turns = 2000
/** How many of them are made before memory is measured for the first time. */
const warmUp = 400

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

interface Answer {
  readonly text: string
  readonly blocks: Blocks
  readonly calls: boolean
  readonly struck: ReadonlyArray<Struck>
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
  const answer = (text: string, command?: string): Answer => {
    const blocks: Blocks = [
      { type: "text", text: [text, " goes ", "on.\n"] },
      ...(command === undefined ? [] : [{
        type: "toolUse" as const,
        name: "bash",
        input: ["{\"command\":", JSON.stringify(command), "}"]
      }])
    ]
    const struck: Array<Struck> = []
    while (random() < 0.1 && struck.length < 3) struck.push(strike(blocks))
    return { text: `${text} goes on.\n`, blocks, calls: command !== undefined, struck }
  }
  return Array.from({ length: turns }, (_, i) =>
    i % 10 === 9
      ? [answer(`Call ${i}`, `echo ${i} >> lines.txt`), answer(`End ${i}`)]
      : [answer(`Answer ${i}`)]).flat()
}

interface Expected {
  readonly withTools: boolean
  readonly text: string
  /** Absent: the turn comes to its end. */
  readonly failure: string | undefined
  readonly requests: number
  readonly lines: number
}

/** What must come of each turn: a turn that fails leaves the rest of the answers to those after it. */
const expectations = (answers: ReadonlyArray<Answer>): ReadonlyArray<Expected> => {
  const left = answers.map(({ struck }) => [...struck])
  let next = 0
  return Array.from({ length: turns }, () => {
    let [text, requests, lines] = ["", 0, 0]
    const withTools = answers[next]!.calls
    for (;;) {
      const { calls, text: said } = answers[next]!
      for (let struck = left[next]!.shift(); struck !== undefined; struck = left[next]!.shift()) {
        requests++
        const { fault, position } = struck
        if (!fault.retried || !isBeforeAll(position)) return { withTools, text, failure: fault.reason, requests, lines }
      }
      requests++
      text += said
      next++
      if (!calls) return { withTools, text, failure: undefined, requests, lines }
      lines++
    }
  })
}

/** A sandbox in a process of its own, so that this process's memory is the client's. */
const sandboxProcess = (directory: string, script: Script) =>
  Effect.gen(function*() {
    const program = join(directory, "sandbox.mjs")
    writeFileSync(join(directory, "script.json"), JSON.stringify(script))
    yield* Effect.promise(() =>
      build({
        entryPoints: [fileURLToPath(new URL("process/sandbox.ts", import.meta.url))],
        outfile: program,
        bundle: true,
        platform: "node",
        format: "esm",
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
      })
    )
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
  `${turns} turns through a gateway that fails every tenth request: all accounted for, and nothing leaks`,
  () =>
    Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "altimate-code-soak-"))),
        (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
      )
      const answers = makeAnswers()
      const expected = expectations(answers)
      const sandbox = yield* sandboxProcess(
        directory,
        answers.map(({ blocks, struck }) => ({ blocks, faults: struck.map(({ played }) => played) }))
      )
      const limits = { firstByte: "30 seconds", idle: "30 seconds" } as const
      let inLog = false
      const log = (line: string) => {
        inLog ||= line.includes(canary)
      }

      const before = yield* measure
      const { end, warm } = yield* Effect.gen(function*() {
        let warm = before
        for (const [index, { failure, text, withTools }] of expected.entries()) {
          if (index === warmUp) warm = yield* measure
          const outcome = yield* Effect.scoped(
            Effect.flatMap(newSession(directory), (session) => turn(session, withTools))
          )
          const failed = outcome.error === undefined ? undefined : Bedrock.unwrap(outcome.error)
          assert.strictEqual(failed?.reason, failure, `turn ${index}: ${failed?.message}`)
          if (failure === undefined) assert.strictEqual(outcome.text, text, `turn ${index}`)
          else assert.isTrue(outcome.text.startsWith(text), `turn ${index}: ${outcome.text}`)
        }
        return { warm, end: yield* measure }
      }).pipe(Effect.provide(machine({ url: sandbox.url, directory, limits, log })))
      const after = yield* measure

      const sum = (count: (expected: Expected) => number) => expected.reduce((all, one) => all + count(one), 0)
      const failures = sum(({ failure }) => failure === undefined ? 0 : 1)
      const requests = yield* sandbox.requests
      // For whoever reads the test report.
      // oxlint-disable-next-line no-console
      console.log(
        [
          `SOAK: ${turns} turns, ${turns - failures} answered, ${failures} failed as they should, ${requests} requests`,
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
      for (const name of sessions) {
        assert.notInclude(readFileSync(join(directory, "session", name), "utf8"), canary)
      }
      assert.isFalse(inLog)

      assert.isBelow(end.heap - warm.heap, 15, "the heap grows")
      assert.isBelow(end.rss - warm.rss, 150, "the process grows")
      if (before.descriptors !== undefined) {
        // A connection that is kept open, and what the runtime opened on the way.
        assert.isAtMost(end.descriptors! - warm.descriptors!, 2, "descriptors leak")
        assert.isAtMost(after.descriptors! - before.descriptors, 4, "descriptors stay open")
      }
    }).pipe(Effect.scoped),
  240_000
)
