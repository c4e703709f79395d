// Measures the screen as a user meets it, in a real terminal. A key counts as echoed once it is on the emulator's screen.
import { readFileSync } from "node:fs"
import { open } from "../terminal.mjs"
import { percentile, summarize } from "./pairs.mjs"

/** Quits as a user does, so that the program stores its compiled code: Ctrl-C clears the prompt, two more end the program. */
const quit = async (terminal) => {
  terminal.write("\u0003")
  await terminal.see(/^(?![^]*zq)/)
  terminal.write("\u0003\u0003")
  await Promise.race([terminal.exited, wait(10_000)])
}

/** Does not keep this process running: an open terminal does. */
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref())

const isReady = /Amazon Bedrock[^]*ready/

/**
 * Starts the screen once uncounted and `rounds` times: seconds until a key that is typed as soon as the prompt is there has been echoed, and
 * until the model is ready as well.
 */
export const measureStart = async (contestant, rounds) => {
  const usable = []
  const ready = []
  for (let round = -1; round < rounds; round++) {
    const terminal = open(contestant)
    try {
      await terminal.see(/^› /m)
      terminal.write("zq")
      const echoed = await terminal.see("zq")
      const complete = await terminal.see(isReady)
      if (round >= 0) {
        usable.push((echoed - terminal.started) / 1000)
        ready.push((complete - terminal.started) / 1000)
      }
      await quit(terminal)
    } finally {
      await terminal.close()
    }
  }
  return { usable: summarize(usable), ready: summarize(ready) }
}

/** CPU time of a process in seconds, from Linux; undefined elsewhere. */
const cpuOf = (pid) => {
  if (process.platform !== "linux") return undefined
  const [, fields] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))
  const [user, system] = fields.split(" ").slice(11, 13).map(Number)
  return (user + system) / 100
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
const controlU = "\u0015"

/**
 * Types `keys` keys while an answer streams into the screen. Returns the milliseconds until each was echoed, and the share of a core that
 * the command used meanwhile.
 */
export const measureEcho = async (contestant, prompt, keys) => {
  const terminal = open(contestant)
  try {
    await terminal.see(isReady)
    terminal.write(prompt)
    await terminal.see(prompt)
    terminal.write("\r")
    // The answer has scrolled the prompt away.
    await terminal.see("A proxy that changes")
    const before = { cpu: cpuOf(terminal.pid), time: performance.now() }
    const delays = []
    let typed = ""
    for (let key = 0; key < keys; key++) {
      if (key % letters.length === 0) {
        terminal.write(`${controlU}zq`)
        await terminal.see(/zq(?!\w)/)
        typed = "zq"
      }
      // Not in step with anything that the program does at intervals.
      await wait(60 + (key * 17) % 50)
      typed += letters[key % letters.length]
      const sent = performance.now()
      terminal.write(typed.at(-1))
      delays.push(await terminal.see(typed) - sent)
    }
    const cpu = cpuOf(terminal.pid)
    return {
      echo: {
        median: percentile(delays, 0.5),
        min: Math.min(...delays),
        max: Math.max(...delays),
        count: delays.length
      },
      p99: percentile(delays, 0.99),
      share: cpu === undefined ? undefined : (cpu - before.cpu) / ((performance.now() - before.time) / 1000)
    }
  } finally {
    await terminal.close()
  }
}
