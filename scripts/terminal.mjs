// The built command in a real pseudo-terminal, its output read by a terminal emulator, both the ones that the tests use.
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

const require = createRequire(fileURLToPath(new URL("../packages/cli/package.json", import.meta.url)))
const { spawn } = require("@lydell/node-pty")
const { Terminal } = require("@xterm/headless")

/** Opens the command in a terminal. `onOutput` gets everything that the command writes. */
export const open = ({ columns = 100, command: [file, ...args], cwd, env, onOutput = () => {}, rows = 30 }) => {
  const size = { cols: columns, rows }
  const emulator = new Terminal({ ...size, scrollback: 1000, allowProposedApi: true })
  const started = performance.now()
  const pty = spawn(file, args, { ...size, cwd, env: { ...env, TERM: "xterm-256color", LANG: "C.UTF-8" } })
  const watchers = new Set()
  let isOpen = true
  const changed = () => watchers.forEach((watcher) => watcher())
  pty.onData((data) => {
    onOutput(data)
    emulator.write(data, changed)
  })
  // The program's questions to its terminal, such as where the cursor is.
  emulator.onData((answer) => isOpen && pty.write(answer))
  const exited = new Promise((resolve) =>
    pty.onExit(() => {
      isOpen = false
      resolve()
    })
  )
  const screen = () => {
    const { baseY } = emulator.buffer.active
    return Array.from(
      { length: rows },
      (_, row) => emulator.buffer.active.getLine(baseY + row)?.translateToString(true) ?? ""
    ).join("\n")
  }
  /** Resolves to the time at which the screen shows the text. */
  const see = (pattern, seconds = 30) =>
    new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        watchers.delete(check)
        clearTimeout(deadline)
        settle(value)
      }
      const check = () => {
        const text = screen()
        const isSeen = typeof pattern === "string" ? text.includes(pattern) : pattern.test(text)
        if (isSeen) finish(resolve, performance.now())
      }
      const deadline = setTimeout(
        () => finish(reject, new Error(`${pattern} did not appear on the screen within ${seconds} s:\n${screen()}`)),
        seconds * 1000
      )
      watchers.add(check)
      check()
    })
  const close = async () => {
    if (isOpen) pty.kill("SIGKILL")
    await exited
    emulator.dispose()
  }
  return { started, pid: pty.pid, write: (text) => pty.write(text), see, exited, close }
}
