/** Runs an MCP server as a local process. */
import { describeSpawnError } from "@altimate-code/system/CommandOutput"
import * as Cut from "@altimate-code/system/Cut"
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import type { ReadBuffer, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
// Node's `spawn`: Effect's commands have no process groups, and the processes that a server starts must end with it.
import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { type Environment, Workspace } from "../../../Workspace.ts"
import { StartError } from "../mcpError.ts"

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface McpProcess {
  readonly transport: Transport
  /** Adds the end of its stderr to a message, and replaces the message if the process ended. */
  readonly explain: (message: string) => string
}

/** Maximum length of the stored stderr: below that of an error message, so that the last line is never cut. */
const maxStderrLength = 450

/** MCP shutdown order: close stdin, SIGTERM, SIGKILL. */
const shutDown = (child: Child) =>
  Effect.gen(function*() {
    const group = ProcessGroup.of(child.pid)
    child.stdin.end()
    if (!(yield* group.hasEnded("500 millis"))) yield* group.end()
  })

const spawnGroup = (command: ReadonlyArray<string>, env: Environment) =>
  Effect.async<Child, StartError>((resume) => {
    const child = spawn(command[0]!, command.slice(1), {
      env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"]
    })
    // Ignored, because the end of the process is reported instead of the broken pipe.
    child.stdin.on("error", () => {})
    child.once("spawn", () => resume(Effect.succeed(child)))
    child.once("error", (error) =>
      resume(new StartError({ reason: "Process", message: `it can't be started: ${describeSpawnError(error)}` })))
  })

/** Waits for the exit and the last stderr output, which arrive shortly after the broken pipe. */
const waitForClose = (child: Child) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 1000)
    child.once("close", () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Starts the server. The scope ends it and all processes that it has started. */
export const startProcess = (
  server: { readonly command: ReadonlyArray<string>; readonly environment?: Readonly<Record<string, string>> },
  protocol: { readonly ReadBuffer: typeof ReadBuffer; readonly serializeMessage: typeof serializeMessage }
): Effect.Effect<McpProcess, StartError, Scope.Scope | Workspace> =>
  Effect.flatMap(Workspace, (workspace) =>
    Effect.map(
      Effect.acquireRelease(
        spawnGroup(server.command, { ...workspace.programEnvironment, ...server.environment }),
        shutDown
      ),
      (child) => {
        const buffer = new protocol.ReadBuffer()
        const { end, next } = workspace.makeMasker()
        let stderr = ""
        let ended: string | undefined
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          stderr = Cut.tail(stderr + next(text), maxStderrLength)
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
                  // Not a message, for example debug output. The following lines may be valid.
                  transport.onerror?.(error as Error)
                }
              }
            })
            return Promise.resolve()
          },
          send: (message) =>
            new Promise((resolve, reject) => {
              child.stdin.write(protocol.serializeMessage(message), (error) => {
                if (error) void waitForClose(child).then(() => reject(error))
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
          ended = signal === null ? `it ended with exit code ${code}` : `it was killed by ${signal}`
        })
        return {
          transport,
          explain: (message) => {
            stderr += end()
            return stderr.trim() === "" ? ended ?? message : `${ended ?? message}: ${stderr.trim()}`
          }
        }
      }
    ))
