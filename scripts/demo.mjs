// The main job from end to end, on this machine: gateway, config, the built command, and what happened in between.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle.mjs"

const cli = fileURLToPath(new URL("../packages/cli/dist/bin.js", import.meta.url))
const prompt = "Why do teams put a gateway in front of Amazon Bedrock?"
const children = new Set()
let home
let interrupted = false

const start = (args, options) => {
  if (interrupted) throw new Error("interrupted")
  const child = spawn(process.execPath, [cli, ...args], options)
  const ended = once(child, "close").then(([code, signal]) => {
    children.delete(child)
    return code ?? signal
  })
  children.add(child)
  return { child, ended }
}

const cleanUp = async () => {
  await Promise.all([...children].map((child) => {
    child.kill("SIGTERM")
    return once(child, "close")
  }))
  if (home !== undefined) rmSync(home, { recursive: true, force: true })
}

const stop = (code) => {
  if (interrupted) return
  interrupted = true
  void cleanUp().then(() => process.exit(code))
}

// A second signal changes nothing: what was started is ended first.
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) process.on(signal, () => stop(code))

// Whoever read the demo has stopped reading.
process.stdout.on("error", () => stop(0))

/** A command whose output passes through here, so that a closed stdout ends the demo and not only the command. */
const show = async (args, options) => {
  const command = start(args, { ...options, stdio: ["ignore", "pipe", "inherit"] })
  command.child.stdout.pipe(process.stdout, { end: false })
  const code = await command.ended
  if (code !== 0) throw new Error(`altimate-code ${args[0]} ended with ${code}.`)
}

const demo = async () => {
  await bundle()
  home = mkdtempSync(join(tmpdir(), "altimate-code-demo-"))

  // Only what the demo is about: no credential or setting of yours plays a part in it.
  const env = { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: "true" }
  const sandbox = start(["sandbox"], { env, cwd: home, stdio: ["ignore", "pipe", "inherit"] })
  const lines = []
  const url = await new Promise((resolve, reject) => {
    createInterface(sandbox.child.stdout).on("line", (line) => {
      lines.push(line)
      const found = /^Sandbox gateway on (\S+)/.exec(line)
      if (found !== null) resolve(found[1])
    })
    void sandbox.ended.then((code) => reject(new Error(`The sandbox gateway ended at once (${code}).`)))
  })

  const directory = join(home, ".config", "altimate-code")
  const model = "amazon-bedrock/anthropic.claude-sonnet-4-6-v1"
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    join(directory, "altimate-code.json"),
    JSON.stringify(
      { model, provider: { "amazon-bedrock": { options: { baseURL: url, region: "us-east-1" } } } },
      null,
      2
    )
  )

  console.log(`$ export AWS_BEARER_TOKEN_BEDROCK=…\n$ altimate-code run "${prompt}"\n`)
  const withToken = { ...env, AWS_BEARER_TOKEN_BEDROCK: "sandbox-token" }
  await show(["run", prompt], { env: withToken, cwd: home })

  const logs = join(home, ".local", "share", "altimate-code", "log")
  const log = readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8")).join("")
  const logged = (pattern) => {
    const found = pattern.exec(log)
    if (found === null) throw new Error(`The log has no line like ${pattern}.`)
    return found[1]
  }
  const request = lines.find((line) => line.startsWith("POST "))

  console.log(`
What happened
  config read   ${logged(/loading config from (.*)/)}
  model         ${logged(/configured=(\S+)/)}
  sent as       ${logged(/wire=(\S+)/)}  (${logged(/configured=\S+ why="(.*?)"/)})
  URL path      ${request.split(" ")[1]}
  tokens        ${logged(/inputTokens=(\d+)/)} in, ${logged(/outputTokens=(\d+)/)} out

$ altimate-code providers list
`)
  await show(["providers", "list"], { env: withToken, cwd: home })
}

try {
  await demo()
} catch (error) {
  if (!interrupted) {
    console.error(error.message)
    process.exitCode = 1
  }
} finally {
  await cleanUp()
}
