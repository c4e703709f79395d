/** MCP servers that are processes of this machine. */
import * as Cut from "@altimate-code/system/Cut"
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import type { ReadBuffer, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Effect's own commands have no process groups, and what a server has started must end with it.
import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { type Environment, Workspace } from "../../../Workspace.ts"

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface McpProcess {
  readonly transport: Transport
  /** What went wrong, better said: how it ended, if it did, and the last of what it said. */
  readonly explain: (message: string) => string
}

/** Less than is shown, so that what is cut off is not the last line. */
const keptCharacters = 450

/** MCP shutdown order: close stdin, SIGTERM, SIGKILL. */
const shutDown = (child: Child) =>
  Effect.gen(function*() {
    const group = ProcessGroup.of(child.pid)
    child.stdin.end()
    if (!(yield* group.hasEnded("500 millis"))) yield* group.end("2 seconds")
  })

const start = (command: ReadonlyArray<string>, env: Environment) =>
  Effect.async<Child, string>((resume) => {
    const child = spawn(command[0]!, command.slice(1), {
      env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"]
    })
    // A server that is gone can't be written to: its end is what is told, not the broken pipe.
    child.stdin.on("error", () => {})
    child.once("spawn", () => resume(Effect.succeed(child)))
    child.once("error", (error) => resume(Effect.fail(`it can't be started: ${error.message}`)))
  })

/** A broken pipe is seen before the end of who broke it: that, and the last of what it said, come a moment later. */
const closed = (child: Child) =>
  new Promise<void>((resolve) => {
    const patience = setTimeout(resolve, 1000)
    child.once("close", () => {
      clearTimeout(patience)
      resolve()
    })
  })

/** Starts the server; it and all that it has started are ended with the scope. */
export const mcpProcess = (
  server: { readonly command: ReadonlyArray<string>; readonly environment?: Readonly<Record<string, string>> },
  protocol: { readonly ReadBuffer: typeof ReadBuffer; readonly serializeMessage: typeof serializeMessage }
): Effect.Effect<McpProcess, string, Scope.Scope | Workspace> =>
  Effect.flatMap(Workspace, (workspace) =>
    Effect.map(
      Effect.acquireRelease(
        start(server.command, { ...workspace.programEnvironment, ...server.environment }),
        shutDown
      ),
      (child) => {
        const buffer = new protocol.ReadBuffer()
        const { end, next } = workspace.makeMasker()
        let said = ""
        let ended: string | undefined
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          said = Cut.tail(said + next(text), keptCharacters)
        })
        const transport: Transport = {
          start: () => {
            const close = () => transport.onclose?.()
            if (ended !== undefined) close()
            child.once("close", close)
            child.stdout.on("data", (chunk: Buffer) => {
              buffer.append(chunk)
              for (let isEmpty = false; !isEmpty;) {
                try {
                  const message = buffer.readMessage()
                  if (message === null) isEmpty = true
                  else transport.onmessage?.(message)
                } catch (error) {
                  // A line that is no message, e.g. one that was printed by mistake: the next may be one.
                  transport.onerror?.(error as Error)
                }
              }
            })
            return Promise.resolve()
          },
          send: (message) =>
            new Promise((resolve, reject) => {
              child.stdin.write(protocol.serializeMessage(message), (error) => {
                if (error) void closed(child).then(() => reject(error))
                else resolve()
              })
            }),
          close: () => {
            child.stdin.end()
            transport.onclose?.()
            return Promise.resolve()
          }
        }
        child.once("exit", (code, signal) => {
          ended = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`
        })
        return {
          transport,
          explain: (message) => {
            said += end()
            return said.trim() === "" ? ended ?? message : `${ended ?? message}: ${said.trim()}`
          }
        }
      }
    ))
