// Other assistants for the terminal that speak to Bedrock: installed from npm into a temporary folder, and pointed at the same gateway, with
// telemetry and updates off.
import { spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeEnvironment, model } from "./scenes.mjs"

/** The versions that these settings are known to work with. */
const packages = {
  claude: { title: "Claude Code", package: "@anthropic-ai/claude-code", version: "2.1.330", command: "claude" },
  opencode: { title: "opencode", package: "opencode-ai", version: "1.18.33", command: "opencode" }
}

export const peerTitles = Object.fromEntries(Object.entries(packages).map(([name, { title }]) => [name, title]))

/** Installs one of them; returns its path and version, or why it is missing. */
const install = (directory, { command, package: name, version }) => {
  const prefix = join(directory, command)
  mkdirSync(prefix, { recursive: true })
  const options = { encoding: "utf8", timeout: 300_000 }
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
  const { status, stderr } = spawnSync("npm", ["install", "--prefix", prefix, ...quiet, `${name}@${version}`], options)
  if (status !== 0) return { missing: `npm could not install ${name} ${version}: ${lastLine(stderr ?? "")}` }
  const path = join(prefix, "node_modules/.bin", command)
  const shown = spawnSync(path, ["--version"], {
    ...options,
    timeout: 60_000,
    env: { PATH: process.env.PATH, HOME: prefix, ...off }
  })
  if (shown.status !== 0) return { missing: `${name} ${version} does not run: ${lastLine(shown.stderr ?? "")}` }
  return { path, version: /\d+\.\d+\.\d+/.exec(shown.stdout)?.[0] ?? version }
}

const lastLine = (text) => text.trim().split("\n").at(-1)

/** No telemetry, no updates, no other requests. */
const off = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1"
}

/** Installs all of them. */
export const installPeers = (directory) =>
  Object.fromEntries(Object.entries(packages).map(([name, each]) => [name, install(directory, each)]))

const noteFailure = (peer) => ({ message }) => {
  peer.missing = message.replace(/\s+/g, " ").slice(0, 200)
}

const smallModel = "us.anthropic.claude-haiku-4-5-v1"

/** How each is run with a prompt, in a home directory of its own. One that fails is noted as missing; the others are still measured. */
export const makePeers = (installed, { directory, gateway, project }) => {
  const peers = {}
  if (installed.claude?.path !== undefined) {
    const home = join(directory, "home-claude")
    mkdirSync(home, { recursive: true })
    peers.claude = (prompt) => ({
      name: "claude",
      onFailure: noteFailure(installed.claude),
      command: [installed.claude.path, "-p", prompt],
      cwd: project,
      env: {
        ...makeEnvironment(home),
        ...off,
        AWS_REGION: "us-east-1",
        CLAUDE_CODE_USE_BEDROCK: "1",
        ANTHROPIC_BEDROCK_BASE_URL: gateway,
        ANTHROPIC_MODEL: model,
        ANTHROPIC_SMALL_FAST_MODEL: smallModel,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: smallModel
      }
    })
  }
  if (installed.opencode?.path !== undefined) {
    const home = join(directory, "home-opencode")
    const config = join(home, ".config/opencode")
    mkdirSync(config, { recursive: true })
    writeFileSync(
      join(config, "opencode.json"),
      JSON.stringify({
        autoupdate: false,
        share: "disabled",
        model: `amazon-bedrock/${model}`,
        small_model: `amazon-bedrock/${smallModel}`,
        provider: {
          "amazon-bedrock": {
            options: { region: "us-east-1", endpoint: gateway, baseURL: gateway },
            models: { [model]: { name: "Sonnet" }, [smallModel]: { name: "Haiku" } }
          }
        }
      })
    )
    peers.opencode = (prompt) => ({
      name: "opencode",
      onFailure: noteFailure(installed.opencode),
      command: [installed.opencode.path, "run", prompt],
      cwd: project,
      env: { ...makeEnvironment(home), ...off, AWS_REGION: "us-east-1" },
      // It takes as long as ten of the others.
      every: 5
    })
  }
  return peers
}
