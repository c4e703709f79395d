// Starts the sandbox gateway of a built command.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"

/** Resolves to its URL once it listens. `command` is a file and its first arguments. */
export const startSandbox = async ([file, ...before], options, args = []) => {
  const child = spawn(file, [...before, "sandbox", ...args], { ...options, stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(child, "close")
  for await (const line of createInterface(child.stdout)) {
    const url = /^Sandbox gateway on (\S+)/.exec(line)?.[1]
    if (url === undefined) continue
    // What it prints later is not read, but must not block it.
    child.stdout.resume()
    return { url, stop: () => child.kill("SIGTERM") && ended }
  }
  throw new Error("The sandbox did not start.")
}
