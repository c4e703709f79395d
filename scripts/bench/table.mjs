// Shows the results: as text, as docs/performance.md, and as the five rows in the README.
import { startProfile } from "./startProfile.mjs"

const digits = { "×": 2, "× ours": 1, "MiB": 0, "ms": 1, "s": 2, "% of a core": 0, "MB": 2, "": 0 }

const number = (value, unit) => value.toFixed(digits[unit])

const withUnit = (text, unit) => unit === "" ? text : `${text} ${unit}`

const measured = ({ missing, unit, value }) => {
  if (value === undefined) return `not measured: ${missing}`
  const { count, max, median, min } = value
  return withUnit(number(median, unit), unit) + (count === 1 ? "" : ` (${number(min, unit)} to ${number(max, unit)})`)
}

const required = ({ atLeast, atMost, unit }) => {
  if (atMost !== undefined) return withUnit(`≤ ${atMost}`, unit)
  return atLeast === undefined ? "–" : withUnit(`≥ ${atLeast}`, unit)
}

/** Whether the median is as it must be; undefined if nothing is required or measured. */
export const isMet = ({ atLeast, atMost, value }) => {
  if (value === undefined || (atLeast ?? atMost) === undefined) return undefined
  return atMost === undefined ? value.median >= atLeast : value.median <= atMost
}

const verdict = (row) => {
  const met = isMet(row)
  if (met === undefined) return "–"
  if (met) return "yes"
  const by = Math.abs(row.value.median - (row.atMost ?? row.atLeast))
  // Rounded it could look as if nothing were missing.
  const shown = Number(number(by, row.unit)) === 0 ? by.toPrecision(1) : number(by, row.unit)
  return `**no**, by ${withUnit(shown, row.unit)}`
}

const cells = (row) => [
  `${row.what}, ${row.figure}`,
  measured(row),
  required(row),
  verdict(row),
  row.goal === undefined ? "–" : withUnit(String(row.goal), row.unit),
  row.explanation
]

const titles = ["What", "Median (min to max)", "Required", "Met", "Goal", "Explanation"]

const markdown = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")

const plain = (head, rows) => {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replace(/[`*]/g, "")))
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)))
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()).join("\n")
}

const rowsOf = (results) => results.flatMap(({ rows }) => rows)

/** Names for readers. */
const names = {
  ours: "altimate-code",
  node: "`node -e 0`",
  sdk: "script on the AWS SDK",
  codec: "script on `node:http` and `@smithy/eventstream-codec`",
  library: "Effect program on the libraries",
  version: "`altimate-code --version`",
  help: "`altimate-code --help`",
  providers: "`altimate-code providers list`",
  config: "`altimate-code config show`",
  models: "`altimate-code models resolve`",
  large: "altimate-code in 50,000 files",
  cold: "altimate-code, first run",
  "ours, 200k": "altimate-code, 200,000 deltas",
  "sdk, 200k": "script on the AWS SDK, 200,000 deltas",
  reads: "altimate-code, 50 `read` calls",
  hello: "altimate-code, `run hello`",
  list: "`session list` of 1,000 sessions",
  "list of none": "`session list` of none",
  resume: "altimate-code, resume of 20 MB",
  claude: "Claude Code",
  opencode: "opencode"
}

const summary = (runs, figure, unit, factor) => {
  const values = runs.flatMap((run) =>
    run?.[figure] === undefined || run[figure] === null ? [] : [run[figure] * factor]
  )
  if (values.length === 0) return "–"
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index) => number(sorted[index], unit)
  const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
  return `${number(middle, unit)} (${at(0)} to ${at(sorted.length - 1)})`
}

const figureTitles = ["Process", "Runs", "CPU, s", "Time, s", "Peak memory, MiB", "First byte of stdout, s"]

const figureRows = (runs) =>
  Object.entries(runs).map(([name, each]) => [
    names[name] ?? name,
    String(each.filter((run) => run !== undefined && run !== null).length),
    summary(each, "cpu", "s", 1),
    summary(each, "wall", "s", 1),
    summary(each, "memory", "MiB", 1 / 1024 / 1024),
    summary(each, "first", "s", 1)
  ])

const withRuns = (results) => results.filter(({ runs }) => Object.keys(runs).length > 0)

const unmet = (results) => rowsOf(results).filter((row) => isMet(row) === false)

/** The table for the terminal. */
export const toText = (results) => {
  const rows = rowsOf(results)
  const missed = unmet(results)
  return [
    plain(titles.slice(0, 5), rows.map((row) => cells(row).slice(0, 5))),
    ...withRuns(results).map(({ name, runs }) => `${name}\n${plain(figureTitles, figureRows(runs))}`),
    missed.length === 0
      ? "Everything that is required is met."
      : `Not met: ${missed.map((row) => `${row.what.replaceAll("`", "")}, ${row.figure}`).join("; ")}.`
  ].join("\n\n")
}

/** docs/performance.md. `machine` has the title and the value of each fact about where this was measured. */
export const toPage = (results, machine) =>
  `# How fast is it?

\`pnpm bench --peers --write\` measured everything on this page in one run and wrote it. Rows that compare two programs run them in turn,
A B A B …, and show the median of the ratios of the pairs, with the smallest and the largest one: a busy machine slows both down.
Figures in milliseconds and seconds depend on the machine.

- **CPU** is user and system time of the process and its children; **time** is from start to end; **peak memory** is that of the largest process.
- Every process gets an environment with a home directory in a temporary folder, \`PATH\`, and what it needs to find the gateway; nothing else.
  The SDK script runs without the SDK's warning about Node 20, which would cost it time.
- The gateway is one process on the same machine. It answers each program with the same text, in the same number of pieces.
- The script on the AWS SDK is [scripts/bench/programs/sdk.mjs](../scripts/bench/programs/sdk.mjs), bundled and minified by esbuild, as anyone would do it.
- altimate-code stores its compiled code in \`~/.cache\` at its first run, as it always does; every program runs once before it is measured. The
  rows of the very first run show the cost without it.

## Ratios and limits

${markdown(titles, rowsOf(results).map(cells))}

## Figures

Medians, with the smallest and the largest value. The headings are the names that \`--only\` takes.

${withRuns(results).map(({ name, runs }) => `### ${name}\n\n${markdown(figureTitles, figureRows(runs))}`).join("\n\n")}

${startProfile}## Where this was measured

${machine.map(([title, value]) => `- ${title}: ${value}`).join("\n")}

## How to measure it yourself

    npx -y pnpm@10.34.9 build
    npx -y pnpm@10.34.9 bench

It needs \`python3\`, because Node does not report what a child process used. With \`--peers\` it installs the other assistants from npm into a temporary
folder, with their telemetry and updates turned off. Where the system allows it (\`unshare\`), everything runs in a network namespace that reaches
only this machine. \`--help\` lists the options.
`

/** The rows of the README, by the rows' IDs. */
const chosen = ["help-time", "hello-cpu", "hello-claude", "deltas-cpu", "echo-p99"]

const begin = "<!-- rows of docs/performance.md: pnpm bench --peers --write -->\n"
const end = "<!-- end of these rows -->\n"

/** The README with the most telling rows of the results. */
export const updateReadme = (readme, results) => {
  const [before, rest, ...others] = readme.split(begin)
  const [, after] = rest?.split(end) ?? []
  if (after === undefined || others.length > 0) throw new Error(`README.md does not have ${begin.trim()} exactly once.`)
  const rows = chosen.map((id) => cells(rowsOf(results).find((row) => row.id === id)).slice(0, 4))
  return `${before}${begin}\n${markdown(titles.slice(0, 4), rows)}\n\n${end}${after}`
}
