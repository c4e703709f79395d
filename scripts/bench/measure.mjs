// The part of the benchmarks that measures, in a process of its own: `pnpm bench` starts it where only this machine can be reached, if the
// system allows that. Its argument is JSON: the directory to work in, the groups, the number of pairs, and the peers. Writes result.json
// into the directory; a group that fails does not stop the others.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { bundlePrograms } from "./baselines.mjs"
import { bin, groups } from "./measures.mjs"
import { makeRunner } from "./pairs.mjs"
import { makePeers } from "./peers.mjs"
import { makeEnvironment, makeHome, makeProject } from "./scenes.mjs"

const { directory, installed, only, pairs } = JSON.parse(process.argv[2])

const startGateway = async () => {
  const file = fileURLToPath(new URL("gateway.mjs", import.meta.url))
  const child = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "inherit"] })
  const [url] = await once(createInterface({ input: child.stdout }), "line")
  return { url, close: () => child.stdin.end() }
}

const runner = makeRunner()
const gateway = await startGateway()
const close = async () => {
  gateway.close()
  await runner.close()
}
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => void close().then(() => process.exit(code)))
}

try {
  const programs = join(directory, "programs")
  mkdirSync(programs)
  const paths = await bundlePrograms(programs)
  const project = makeProject(join(directory, "project"))
  const home = makeHome(join(directory, "home"), gateway.url)
  const context = {
    coldHome: makeHome(join(directory, "home-cold"), gateway.url),
    directory,
    gateway: gateway.url,
    home,
    installed,
    pairs,
    peers: makePeers(installed ?? {}, { directory, gateway: gateway.url, project }),
    project,
    runner,
    /** The built command. */
    ours: (args) => ({
      name: `altimate-code ${args.join(" ")}`,
      command: [process.execPath, bin, ...args],
      cwd: project,
      env: makeEnvironment(home)
    }),
    /** One of the bundled programs. */
    program: (name, prompt) => ({
      name,
      command: [process.execPath, paths[name], prompt],
      cwd: project,
      // Without the SDK's warning about Node 20, which would cost the script time.
      env: { ...makeEnvironment(home), ENDPOINT: gateway.url, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" }
    })
  }
  const results = []
  for (const name of only) {
    const started = performance.now()
    process.stderr.write(`measuring ${name} …`)
    try {
      results.push({ name, ...await groups[name](context) })
      process.stderr.write(` ${Math.round((performance.now() - started) / 1000)} s\n`)
    } catch (error) {
      results.push({ name, error: error.message, runs: {}, rows: [] })
      process.stderr.write(" failed\n")
    }
  }
  writeFileSync(join(directory, "result.json"), JSON.stringify(results))
} finally {
  await close()
}
