// What the measured commands find on the disk: home directories with a configuration, projects, and sessions as the program writes them.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileName } from "./answers.mjs"

export const model = "us.anthropic.claude-sonnet-4-6-v1"

/** Nothing of the machine's own environment but its PATH. */
export const makeEnvironment = (home) => ({
  PATH: process.env.PATH,
  HOME: home,
  AWS_BEARER_TOKEN_BEDROCK: "bench-token"
})

/** A home directory in which the command finds the gateway. */
export const makeHome = (directory, gateway) => {
  const config = join(directory, ".config/altimate-code")
  mkdirSync(config, { recursive: true })
  writeFileSync(
    join(config, "altimate-code.json"),
    JSON.stringify({
      model: "amazon-bedrock/anthropic.claude-sonnet-4-6-v1",
      provider: { "amazon-bedrock": { options: { baseURL: gateway, region: "us-east-1" } } }
    })
  )
  return directory
}

const sourceLines = (seed, count) =>
  Array.from({ length: count }, (_, line) => `export const value${line} = compute(${seed}, ${line}) // line ${line}`)

/** A project with the files that the gateway's tool calls read. */
export const makeProject = (directory) => {
  mkdirSync(join(directory, "src"), { recursive: true })
  for (let index = 0; index < 50; index++) {
    writeFileSync(join(directory, fileName(index)), `${sourceLines(index, 60).join("\n")}\n`)
  }
  return directory
}

/** A project of 50,000 files in 500 folders. */
export const makeLargeProject = (directory) => {
  for (let folder = 0; folder < 500; folder++) {
    const path = join(directory, `packages/part-${folder % 25}/folder-${folder}`)
    mkdirSync(path, { recursive: true })
    for (let file = 0; file < 100; file++) {
      writeFileSync(join(path, `file-${file}.ts`), `export const value = ${file}\n`)
    }
  }
  return directory
}

const start = Date.UTC(2026, 0, 5, 9)

/** The lines of one turn: a prompt, an answer with three calls of `read`, their results, and an answer. About 20 kB. */
const turnLines = (turn, nextTime) => {
  const calls = [0, 1, 2].map((index) => ({ id: `tooluse_${turn}_${index}`, path: fileName((turn + index) % 50) }))
  const answer = (content, usage) => ({
    type: "assistant",
    message: { role: "assistant", content, options: {} },
    reason: typeof content === "string" ? "stop" : "tool-calls",
    usage,
    cost: 0.0123,
    model,
    time: nextTime()
  })
  const usage = { input: 6, output: 320, cacheRead: 41_000, cacheWrite: 2400 }
  return [
    {
      type: "user",
      message: {
        role: "user",
        content: `Why does step ${turn} of the import fail, and where is it tested?`,
        options: {}
      },
      time: nextTime()
    },
    answer(
      calls.map(({ id, path }) => ({
        type: "tool-call",
        id,
        name: "read",
        params: { path },
        providerExecuted: false,
        options: {}
      })),
      usage
    ),
    ...calls.map(({ id }) => ({ type: "tool-start", id, time: nextTime() })),
    ...calls.map(({ id, path }) => ({
      type: "tool-result",
      id,
      name: "read",
      title: path,
      outcome: "ok",
      output: {
        content: [{
          type: "text",
          text: sourceLines(turn, 100).map((line, index) => `${String(index + 1).padStart(6)}\t${line}`).join("\n")
        }],
        summary: "100 lines"
      },
      time: nextTime()
    })),
    answer(
      `Step ${turn} fails because the value is computed twice. ${"The test covers only the first case. ".repeat(20)}`,
      usage
    )
  ]
}

const makeClock = (seed) => {
  let time = start + seed * 60_000
  return () => new Date(time += 1500).toISOString()
}

const writeLines = (directory, id, lines) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, `${id}.jsonl`)
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("")
  writeFileSync(file, text, { mode: 0o600 })
  return { id, file, size: Buffer.byteLength(text) }
}

const sessionsOf = (home) => join(home, ".local/share/altimate-code/session")

const idOf = (index) => `20260105-090000-${index.toString(36).padStart(4, "0")}`

/** Writes a session of about `size` bytes. It is compacted every 20 turns, as a window of 200,000 tokens requires. */
export const writeSession = (home, project, size, index = 0) => {
  const nextTime = makeClock(index)
  const id = idOf(index)
  const lines = [{ type: "session", version: 1, id, directory: project, time: nextTime() }]
  let written = 0
  for (let turn = 0; written < size; turn++) {
    const added = turnLines(turn, nextTime)
    if (turn > 0 && turn % 20 === 0) {
      const usage = { input: 90_000, output: 900, cacheRead: 0, cacheWrite: 0 }
      const text = "The import was examined step by step. ".repeat(60)
      added.unshift({ type: "summary", text, keep: lines.length - 9, usage, cost: 0.29, model, time: nextTime() })
    }
    lines.push(...added)
    written += added.reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0)
  }
  return writeLines(sessionsOf(home), id, lines)
}

/** Writes `count` sessions of `size` bytes in all. */
export const writeSessions = (home, project, count, size) => {
  for (let index = 0; index < count; index++) writeSession(home, project, size / count - 1, index)
}

/** Writes a session of this many messages, half of them prompts, as a long talk has them. */
export const writeConversation = (home, project, messages) => {
  const nextTime = makeClock(0)
  const id = idOf(0)
  const answer =
    "The client signs what it sends. A proxy that rewrites the path breaks that.\n\n- **Path**: kept\n- `Host`: kept\n"
  const lines = [{ type: "session", version: 1, id, directory: project, time: nextTime() }]
  for (let message = 0; message < messages; message += 2) {
    lines.push(
      {
        type: "user",
        message: { role: "user", content: `Question ${message}: what happens on the way?`, options: {} },
        time: nextTime()
      },
      {
        type: "assistant",
        message: { role: "assistant", content: answer, options: {} },
        reason: "stop",
        usage: { input: 6, output: 40, cacheRead: 20_000, cacheWrite: 60 },
        cost: 0.007,
        model,
        time: nextTime()
      }
    )
  }
  return writeLines(sessionsOf(home), id, lines)
}
