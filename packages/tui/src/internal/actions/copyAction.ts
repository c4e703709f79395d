import type { Line } from "@altimate-code/agent/session/Session"
import { type Environment, Workspace } from "@altimate-code/agent/Workspace"
import * as Effect from "effect/Effect"
// A clipboard command stays in the background to answer other programs, with all streams that it was given.
import { spawn } from "node:child_process"
import process from "node:process"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"

/** The commands that may reach the user's clipboard, the best first. On another machine, only the terminal is the user's. */
export const clipboardCommands = (
  env: Environment,
  platform: NodeJS.Platform
): ReadonlyArray<readonly [program: string, ...args: ReadonlyArray<string>]> => {
  const isRemote = env["SSH_CONNECTION"] !== undefined || env["SSH_TTY"] !== undefined
  return [
    ...(platform === "darwin" && !isRemote ? [["pbcopy"] as const] : []),
    ...(env["WAYLAND_DISPLAY"] ? [["wl-copy"] as const] : []),
    ...(env["DISPLAY"]
      ? [["xclip", "-selection", "clipboard"] as const, ["xsel", "--clipboard", "--input"] as const]
      : []),
    ...(env["TERMUX_VERSION"] === undefined ? [] : [["termux-clipboard-set"] as const]),
    // By default, tmux ignores what programs send to the terminal's clipboard.
    ...(env["TMUX"] === undefined ? [] : [["tmux", "load-buffer", "-w", "-"] as const])
  ]
}

const runWithInput = (
  [program, ...args]: readonly [string, ...ReadonlyArray<string>],
  env: Environment,
  input: string
) =>
  Effect.async<void, string>((resume) => {
    const child = spawn(program, args, { env, detached: true, stdio: ["pipe", "ignore", "ignore"] })
    child.once("error", ({ message }) => resume(Effect.fail(message)))
    child.once("exit", (code) => resume(code === 0 ? Effect.void : Effect.fail(`${program} failed`)))
    // Ignored: the program may end before it reads all of it.
    child.stdin.on("error", () => {})
    child.stdin.end(input)
    return Effect.sync(() => void child.kill())
  }).pipe(Effect.timeoutFail({ duration: "5 seconds", onTimeout: () => `${program} does not end` }))

/** The text of the last answer that has any; empty if there is none. */
const lastAnswer = (lines: ReadonlyArray<Line>): string =>
  lines.flatMap((line) => {
    if (line.type !== "assistant") return []
    const text = line.message.content.flatMap((part) => part.type === "text" ? [part.text] : []).join("\n\n").trim()
    return text === "" ? [] : [text]
  }).at(-1) ?? ""

/** `/copy`: the last answer, to the system's clipboard, or else to the one of the terminal. */
export const make = (writeToTerminal: (text: string) => void) =>
  Effect.gen(function*() {
    const current = yield* CurrentSession
    const { showNotice } = yield* Display
    const { programEnvironment: env } = yield* Workspace

    return Effect.gen(function*() {
      const text = lastAnswer(yield* (yield* current.get).entries)
      if (text === "") return yield* showNotice("There is no answer to copy yet.")
      for (const command of clipboardCommands(env, process.platform)) {
        const isCopied = yield* Effect.isSuccess(runWithInput(command, env, text))
        if (isCopied) {
          return yield* showNotice(
            command[0] === "tmux"
              ? "Copied the last answer to tmux's buffer."
              : `Copied the last answer to the clipboard (${command[0]}).`
          )
        }
      }
      // OSC 52
      writeToTerminal(`\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`)
      yield* showNotice("Sent the last answer to your terminal's clipboard, if your terminal allows that.")
    })
  })
