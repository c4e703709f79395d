// Runs whole processes in turn, A B A B …, and compares them round by round: a ratio of two runs that follow each other stays the same
// when the machine gets slower or faster. usage.py reports what each run used.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const usage = fileURLToPath(new URL("usage.py", import.meta.url))

/** Starts the process that runs the others. `run` resolves to what the command used; it fails if the command does. */
export const makeRunner = (python = "python3") => {
  const helper = spawn(python, [usage], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface({ input: helper.stdout })[Symbol.asyncIterator]()
  const run = async ({ command, cwd, env, expected, name, seconds = 120 }) => {
    helper.stdin.write(`${JSON.stringify({ command, cwd, env, seconds })}\n`)
    const { done, value } = await lines.next()
    if (done) throw new Error("The process that measures the others has ended.")
    const result = JSON.parse(value)
    if (result.code !== 0) {
      throw new Error(`${name} ended with ${result.code}:\n${(result.stderr || result.stdout).slice(-2000)}`)
    }
    // What printed something else did something else.
    if (expected !== undefined && !result.stdout.includes(expected)) {
      throw new Error(`${name} did not print what was expected:\n${(result.stdout || result.stderr).slice(0, 2000)}`)
    }
    return result
  }
  /** Ends it, and with it a command that is still running. */
  const close = async () => {
    if (helper.exitCode !== null || helper.signalCode !== null) return
    helper.kill("SIGTERM")
    await once(helper, "exit")
  }
  return { run, close }
}

/**
 * Runs each contestant once without counting it, then `rounds` times in turn. Returns the runs of each by its name. A contestant with
 * `every: 3` takes part only in every third round. If one with `onFailure` fails, it takes no further part.
 */
export const inTurn = async (runner, contestants, rounds) => {
  const runs = Object.fromEntries(contestants.map(({ name }) => [name, []]))
  const failed = new Set()
  for (let round = -1; round < rounds; round++) {
    for (const contestant of contestants) {
      const { before, every = 1, name, onFailure } = contestant
      if (failed.has(name) || (round > 0 && round % every !== 0)) continue
      try {
        await before?.()
        const { cpu, first, memory, wall } = await runner.run(contestant)
        if (round >= 0) runs[name][round] = { cpu, wall, memory, first }
      } catch (error) {
        if (onFailure === undefined) throw error
        onFailure(error)
        failed.add(name)
        runs[name] = []
      }
    }
  }
  return runs
}

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The value that a share of the values does not exceed: 0.99 is the 99th percentile (nearest rank). */
export const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]

export const summarize = (values) => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  count: values.length
})

/** Compares two contestants in each round in which both took part. */
const compare = (ours, others, combine) =>
  summarize(
    ours.flatMap((run, round) => run !== undefined && others[round] !== undefined ? [combine(run, others[round])] : [])
  )

/** `ours` divided by `others`. */
export const ratio = (ours, others, figure) => compare(ours, others, (a, b) => a[figure] / b[figure])

/** `ours` minus `others`. */
export const difference = (ours, others, figure) => compare(ours, others, (a, b) => a[figure] - b[figure])

/** One figure of a contestant alone. */
export const figures = (runs, figure) => summarize(runs.flatMap((run) => run === undefined ? [] : [run[figure]]))
