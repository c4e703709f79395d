/** Sessions in a temporary directory, and lines for them. */
import * as Prompt from "@effect/ai/Prompt"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Entry } from "../src/session/Session.ts"
import * as SessionStore from "../src/session/SessionStore.ts"
import type { Outcome } from "../src/turn/TurnEvent.ts"

export const sessionsIn = (directory: string, options: Omit<SessionStore.Options, "directory"> = {}) =>
  Effect.map(
    Layer.build(SessionStore.layer({ directory, ...options })),
    (context) => Context.get(context, SessionStore.SessionStore)
  )

export const makeSessions = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = `${yield* fs.makeTempDirectoryScoped()}/session`
  return { directory, sessions: yield* sessionsIn(directory) }
})

const time = "2026-11-23T05:23:59.000Z"

export const user = (text: string, hidden?: true): Entry => ({
  type: "user",
  message: Prompt.userMessage({ content: [Prompt.textPart({ text })] }),
  ...(hidden ? { hidden } : {}),
  time
})

export const assistant = (text: string, ...calls: ReadonlyArray<string>): Entry => ({
  type: "assistant",
  message: Prompt.assistantMessage({
    content: [
      ...(text === "" ? [] : [Prompt.textPart({ text })]),
      ...calls.map((id) =>
        Prompt.toolCallPart({ id, name: "bash", params: { command: `echo ${id}` }, providerExecuted: false })
      )
    ]
  }),
  reason: calls.length > 0 ? "tool-calls" : "stop",
  usage: { input: 100, output: 10, cacheRead: 5, cacheWrite: 1 },
  time
})

export const started = (id: string): Entry => ({ type: "tool-start", id, time })

export const result = (id: string, text = `did ${id}`, outcome: Outcome = "ok"): Entry => ({
  type: "tool-result",
  id,
  name: "bash",
  title: `echo ${id}`,
  outcome,
  output: { content: [{ type: "text", text }], summary: "exit code 0" },
  time
})

export const summary = (text: string, keep: number): Entry => ({
  type: "summary",
  text,
  keep,
  usage: { input: 50, output: 5, cacheRead: 0, cacheWrite: 0 },
  time
})
