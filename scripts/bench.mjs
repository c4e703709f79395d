// Measures how fast the built command is, against small programs that do the same and, with --peers, against other assistants. Everything
// that is measured is in scripts/bench; this file reads the command line, prepares what needs the network, and shows the results.
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { cpus, loadavg, release, tmpdir, totalmem, type } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { bin, groups, tarballs } from "./bench/measures.mjs"
import { installPeers, peerTitles } from "./bench/peers.mjs"
import { toPage, toText, updateReadme } from "./bench/table.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

const help = `Measures the built command, and compares it with other programs.

Usage
  pnpm bench [options]

Options
      --only NAME …  Measure only these:
                     ${Object.keys(groups).join(", ")}.
      --pairs N      Run the short commands N times in turn (default: 15),
                     the longer ones less often.
      --peers        Compare with ${Object.values(peerTitles).join(" and ")} as well, installed
                     from npm into a temporary folder.
      --write        Write docs/performance.md and the table in README.md.
                     Needs --peers, and everything has to be measured.
  -h, --help         Show this help.
`

class UsageError extends Error {}

const readOptions = () => {
  let parsed
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        only: { type: "string", multiple: true },
        pairs: { type: "string", default: "15" },
        peers: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false }
      }
    })
  } catch (error) {
    throw new UsageError(error.message)
  }
  const { positionals, values } = parsed
  if (positionals.length > 0 && values.only === undefined) throw new UsageError(`Unknown argument: ${positionals[0]}`)
  const only = values.only === undefined
    ? Object.keys(groups)
    : [...values.only, ...positionals].flatMap((names) => names.split(","))
  const unknown = only.find((name) => !Object.hasOwn(groups, name))
  if (unknown !== undefined) {
    throw new UsageError(`There is nothing named "${unknown}" to measure. There is: ${Object.keys(groups).join(", ")}.`)
  }
  const pairs = Number(values.pairs)
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > 100) {
    throw new UsageError("--pairs takes a number from 1 to 100.")
  }
  if (values.write && (!values.peers || values.only !== undefined)) {
    throw new UsageError("--write needs --peers, and not --only: the page shows everything.")
  }
  return { ...values, only, pairs }
}

const check = () => {
  if (!existsSync(bin) || !existsSync(tarballs) || !readdirSync(tarballs).some((name) => name.endsWith(".tgz"))) {
    throw new UsageError("There is no built command. Run: npx -y pnpm@10.34.9 build")
  }
  if (spawnSync("python3", ["--version"]).status !== 0) {
    throw new UsageError(
      "python3 is needed to measure what a process has used: Node does not report that. Install it first."
    )
  }
}

/** A command that runs another one where only this machine can be reached; empty where that is not allowed. */
const findIsolation = () => {
  const isolation = [
    "unshare",
    process.getuid?.() === 0 ? "-n" : "-rn",
    "sh",
    "-c",
    "ip link set lo up && exec \"$@\"",
    "sh"
  ]
  return spawnSync(isolation[0], [...isolation.slice(1), "true"]).status === 0 ? isolation : []
}

let child

/** Runs scripts/bench/measure.mjs and returns its results. */
const measure = (isolation, options) =>
  new Promise((resolve, reject) => {
    const script = join(root, "scripts/bench/measure.mjs")
    const [file, ...args] = [...isolation, process.execPath, script, JSON.stringify(options)]
    child = spawn(file, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
    child.on("error", reject)
    child.on("close", (code) =>
      code === 0
        ? resolve(JSON.parse(readFileSync(join(options.directory, "result.json"), "utf8")))
        : reject(new Error("The benchmarks were not completed.")))
  })

const describeMachine = (isolation, installed, load) => {
  const { version } = JSON.parse(readFileSync(`${root}packages/cli/package.json`, "utf8"))
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).stdout?.trim()
  const [{ model }] = cpus()
  return [
    ["Date", new Date().toISOString().slice(0, 10)],
    [
      "Machine",
      `${model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`
    ],
    ["Load before it started", load.toFixed(1)],
    ["Node", process.version],
    ["altimate-code", commit ? `${version}, commit ${commit}` : version],
    ...Object.entries(installed ?? {}).map(([name, { missing, version }]) => [peerTitles[name], missing ?? version]),
    [
      "Network",
      isolation.length > 0
        ? "a namespace that reaches only this machine"
        : "not isolated: this system does not allow it"
    ]
  ]
}

let directory

const main = async () => {
  const options = readOptions()
  if (options.help) return console.log(help)
  check()
  const [load] = loadavg()
  directory = mkdtempSync(join(tmpdir(), "altimate-code-bench-"))
  if (options.peers) console.error("installing other assistants from npm …")
  const installed = options.peers ? installPeers(join(directory, "peers")) : undefined
  const isolation = findIsolation()
  const { only, pairs } = options
  const results = await measure(isolation, { directory, installed, only, pairs })
  const machine = describeMachine(isolation, installed, load)
  console.log(`\n${toText(results)}\n\n${machine.map(([title, value]) => `${title}: ${value}`).join("\n")}`)
  const failed = results.filter(({ error }) => error !== undefined)
  if (failed.length > 0) {
    throw new Error(failed.map(({ error, name }) => `${name} was not measured: ${error}`).join("\n"))
  }
  if (options.write) {
    writeFileSync(`${root}docs/performance.md`, toPage(results, machine))
    writeFileSync(`${root}README.md`, updateReadme(readFileSync(`${root}README.md`, "utf8"), results))
    console.log("\nWritten: docs/performance.md, README.md")
  }
}

// What was started ends first, then its files are removed.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child?.kill("SIGTERM"))

try {
  await main()
} catch (error) {
  console.error(`error: ${error.message}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
} finally {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
}
