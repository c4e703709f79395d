// What is measured: each group runs its commands in turn and returns the runs and the rows of the table.
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { shortText, textOf } from "./answers.mjs"
import { difference, inTurn } from "./pairs.mjs"
import { againstPeer, compared, exactly, memoryRow, scaled, wall } from "./rows.mjs"
import {
  makeEnvironment,
  makeHome,
  makeLargeProject,
  writeConversation,
  writeSession,
  writeSessions
} from "./scenes.mjs"
import { measureEcho, measureStart } from "./terminal.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))

export const bin = `${root}packages/cli/dist/bin.js`

/** The tarballs that `pnpm build` leaves. */
export const tarballs = `${root}dist`

const script = "the SDK script"

const measureStarts = async ({ ours, pairs, runner }) => {
  const commands = {
    version: [["--version"], 1.3, 1.05],
    help: [["--help"], 1.3, 1.05],
    providers: [["providers", "list"], 3.5, 2.5],
    config: [["config", "show"], 3.5, 2.5],
    models: [["models", "resolve", "anthropic.claude-sonnet-4-6-v1"], 3.5, 2.5]
  }
  const node = { ...ours([]), name: "node", command: [process.execPath, "-e", "0"] }
  const contestants = Object.entries(commands).map(([name, [args]]) => ({ ...ours(args), name }))
  const runs = await inTurn(runner, [node, ...contestants], pairs)
  const rows = Object.entries(commands).flatMap(([name, [args, atMost, goal]]) => {
    const what = `\`${args.slice(0, 2).join(" ")}\``
    const explanation = "`node -e 0` only starts Node."
    const row = { id: name, what, against: "`node -e 0`", atMost, goal, explanation }
    return [
      ...compared(runs, name, "node", row),
      ...(atMost > 2
        ? [memoryRow(runs[name], { id: name, what, atMost: 65, explanation: "Node alone takes about 40 MiB." })]
        : [])
    ]
  })
  return { runs, rows }
}

const measureHello = async (context) => {
  const { coldHome, directory, ours, pairs, peers, program, project, runner } = context
  const expected = shortText
  const large = makeLargeProject(join(directory, "large-project"))
  const hello = ours(["run", "hello"])
  const contestants = [
    { ...hello, name: "ours" },
    program("sdk", "hello"),
    program("codec", "hello"),
    { ...hello, name: "large", cwd: large },
    {
      ...hello,
      name: "cold",
      cwd: project,
      env: makeEnvironment(coldHome),
      before: () => rmSync(join(coldHome, ".cache"), { recursive: true, force: true })
    },
    ...Object.values(peers).map((make) => make("hello"))
  ]
  const runs = await inTurn(runner, contestants.map((each) => ({ ...each, expected })), pairs)
  const row = { id: "hello", what: "`run hello`" }
  return {
    runs,
    rows: [
      ...compared(runs, "ours", "sdk", {
        ...row,
        against: script,
        atMost: 1.5,
        goal: 1,
        explanation: "A bare bundled script on the AWS SDK that prints the same answer."
      }),
      memoryRow(runs.ours, { ...row, atMost: 80, explanation: "The peak resident memory of the process." }),
      ...againstPeer(context, runs, "claude", 2, row),
      ...againstPeer(context, runs, "opencode", 10, row),
      {
        id: "first-text",
        what: "First text of `run hello`",
        figure: "after the script's",
        unit: "ms",
        atMost: 60,
        goal: 0,
        value: scaled(difference(runs.ours, runs.sdk, "first"), 1000),
        explanation: "From the start of the process to the first byte on stdout, beyond what the SDK script takes."
      },
      ...compared(runs, "large", "ours", {
        id: "large-project",
        what: "`run hello` in 50,000 files",
        against: "a small project",
        atMost: 1.1,
        goal: 1,
        explanation: "The size of the project does not matter until the model searches it."
      }),
      ...compared(runs, "cold", "ours", {
        id: "cold",
        what: "Very first `run hello`",
        against: "a later one",
        explanation: "The first run compiles and stores the code that later runs load."
      })
    ]
  }
}

const many = 20_000
const huge = 200_000

const measureDeltas = async (context) => {
  const { ours, pairs, peers, program, runner } = context
  const contestants = (count) => [
    { ...ours(["run", `bench:deltas:${count}`]), name: "ours" },
    program("sdk", `bench:deltas:${count}`)
  ]
  const withText = (list, count) => {
    // The command ends what it prints with one line break, other programs may cut blank lines at the end.
    const expected = textOf(count).trimEnd()
    return list.map((each) => ({ ...each, expected }))
  }
  const runs = await inTurn(
    runner,
    withText([
      ...contestants(many),
      program("codec", `bench:deltas:${many}`),
      ...(peers.claude === undefined ? [] : [peers.claude(`bench:deltas:${many}`)])
    ], many),
    Math.ceil(pairs / 2)
  )
  const long = await inTurn(runner, withText(contestants(huge), huge), Math.ceil(pairs / 5))
  const row = { id: "deltas", what: "`run`, 20,000 deltas" }
  const longRow = { id: "deltas-200k", what: "`run`, 200,000 deltas" }
  return {
    runs: { ...runs, "ours, 200k": long.ours, "sdk, 200k": long.sdk },
    rows: [
      ...compared(runs, "ours", "sdk", {
        ...row,
        against: script,
        atMost: 1.5,
        goal: 1,
        explanation: "An answer in 20,000 pieces, to a pipe."
      }),
      memoryRow(runs.ours, { ...row, atMost: 110, explanation: "The peak resident memory of the process." }),
      ...againstPeer(context, runs, "claude", 2, row),
      ...compared(long, "ours", "sdk", {
        ...longRow,
        against: script,
        explanation: "An answer ten times as long."
      }),
      memoryRow(long.ours, {
        ...longRow,
        atMost: 110,
        explanation: "Flat: an answer ten times as long needs no more memory than is allowed for the shorter one."
      })
    ]
  }
}

const measureLibrary = async ({ pairs, program, runner }) => {
  const prompt = `bench:deltas:${many}`
  const expected = textOf(many)
  const contestants = [program("library", prompt), program("sdk", prompt)]
  const runs = await inTurn(runner, contestants.map((each) => ({ ...each, expected })), Math.ceil(pairs / 2))
  const [cpuRow, timeRow] = compared(runs, "library", "sdk", {
    id: "library",
    what: "`LanguageModel.streamText`, 20,000 deltas",
    against: script,
    explanation: "A bundled Effect program on the libraries."
  })
  return { runs, rows: [{ ...cpuRow, atMost: 1.5, goal: 1.1 }, timeRow] }
}

const calls = 50

/** How often a command flushes a file to the disk; undefined without strace. */
const countFlushes = async (runner, contestant, directory) => {
  if (spawnSync("strace", ["--version"]).status !== 0) return undefined
  const output = join(directory, "flushes.txt")
  const traced = ["strace", "--follow-forks", "--quiet=all", "--trace=fsync,fdatasync", `--output=${output}`]
  await runner.run({ ...contestant, command: [...traced, ...contestant.command] })
  return readFileSync(output, "utf8").split("\n").filter((line) => /(fsync|fdatasync)\(/.test(line)).length
}

const measureReads = async ({ directory, ours, pairs, runner }) => {
  const expected = shortText
  const reads = { ...ours(["run", `bench:reads:${calls}`]), name: "reads", expected }
  const runs = await inTurn(runner, [reads, { ...ours(["run", "hello"]), name: "hello", expected }], pairs)
  const flushes = await countFlushes(runner, reads, directory)
  const row = { id: "reads", what: "50 `read` calls in one answer" }
  return {
    runs,
    rows: [
      {
        ...row,
        id: "reads-cpu",
        figure: "CPU a call",
        unit: "ms",
        atMost: 4,
        goal: 2,
        value: scaled(difference(runs.reads, runs.hello, "cpu"), 1000 / calls),
        explanation:
          "`run` with 50 tool calls minus `run hello`, divided by 50. Each call is on the disk before it is acted on."
      },
      {
        ...row,
        id: "reads-flushes",
        figure: "flushes to disk",
        unit: "",
        atMost: 10,
        explanation: "`fsync` and `fdatasync` of the whole run, counted with strace.",
        ...(flushes === undefined ? { missing: "strace is not installed" } : { value: exactly(flushes) })
      }
    ]
  }
}

const measureSessions = async ({ directory, gateway, home, ours, pairs, project, runner }) => {
  const emptyHome = makeHome(join(directory, "home-empty"), gateway)
  const listHome = makeHome(join(directory, "home-list"), gateway)
  writeSessions(listHome, project, 1000, 20e6)
  const longHome = makeHome(join(directory, "home-long"), gateway)
  const session = writeSession(longHome, project, 20e6)
  const inHome = (contestant, name, place) => ({ ...contestant, name, env: makeEnvironment(place) })
  const rounds = Math.ceil(pairs / 2)
  const list = await inTurn(runner, [
    { ...inHome(ours(["session", "list"]), "list", listHome), expected: "0000" },
    inHome(ours(["session", "list"]), "list of none", emptyHome)
  ], rounds)
  const resume = await inTurn(runner, [
    {
      ...inHome(ours(["run", "--session", session.id, "hello"]), "resume", longHome),
      expected: shortText,
      // Without what the run before has added.
      before: () => truncateSync(session.file, session.size)
    },
    { ...inHome(ours(["run", "hello"]), "hello", home), expected: shortText }
  ], rounds)
  const seconds = (row, runs, a, b) => [
    { ...row, id: `${row.id}-time`, figure: "beyond start", unit: "s", value: difference(runs[a], runs[b], "wall") },
    {
      ...row,
      id: `${row.id}-cpu`,
      figure: "CPU beyond start",
      unit: "s",
      atMost: undefined,
      goal: undefined,
      value: difference(runs[a], runs[b], "cpu")
    }
  ]
  return {
    runs: { ...list, ...resume },
    rows: [
      ...seconds(
        {
          id: "session-list",
          what: "`session list`, 1,000 sessions",
          atMost: 0.2,
          goal: 0.1,
          explanation: "1,000 sessions of 20 MB in all, beyond what the same command takes without sessions."
        },
        list,
        "list",
        "list of none"
      ),
      ...seconds(
        {
          id: "resume",
          what: "Resume of a session of 20 MB",
          atMost: 0.3,
          goal: 0.15,
          explanation: "`run --session` with a session of 20 MB, beyond what `run hello` takes with a new one."
        },
        resume,
        "resume",
        "hello"
      ),
      memoryRow(resume.resume, {
        id: "resume",
        what: "Resume of a session of 20 MB",
        atMost: 130,
        explanation: "The peak resident memory of the process."
      })
    ]
  }
}

const measureScreen = async ({ directory, gateway, ours, pairs, project }) => {
  const talkHome = makeHome(join(directory, "home-talk"), gateway)
  const { id } = writeConversation(talkHome, project, 500)
  const { ready, usable } = await measureStart(ours([]), Math.ceil(pairs / 2))
  const keys = pairs * 20
  // Longer than the keys take, on a slow machine as well.
  const prompt = `bench:paced:${keys * 200}`
  const talk = { ...ours(["--session", id]), env: makeEnvironment(talkHome) }
  // Once before, so that its compiled code is stored.
  await measureStart(talk, 0)
  const { echo, p99, share } = await measureEcho(talk, prompt, keys)
  const row = { id: "echo", what: "Key to echo while an answer streams" }
  return {
    runs: {},
    rows: [
      {
        id: "screen-start",
        what: "Screen: start to a usable prompt",
        figure: wall,
        unit: "s",
        atMost: 0.35,
        goal: 0.2,
        value: usable,
        explanation:
          "From the start of the process until the first key is on the screen, in a real pseudo-terminal. It is typed as soon as the prompt is there."
      },
      {
        id: "screen-ready",
        what: "Screen: start to a ready model",
        figure: wall,
        unit: "s",
        value: ready,
        explanation: "Until the status bar shows the model. A prompt that is sent earlier waits for it."
      },
      {
        ...row,
        id: "echo-p99",
        figure: `99th percentile of ${keys} keys`,
        unit: "ms",
        atMost: 50,
        goal: 33,
        value: { ...echo, median: p99 },
        explanation: `500 deltas a second stream into a conversation of 500 messages. The median is ${
          Math.round(echo.median)
        } ms.`
      },
      {
        ...row,
        id: "echo-share",
        figure: "CPU",
        unit: "% of a core",
        atMost: 35,
        goal: 20,
        explanation: "What the command uses meanwhile.",
        ...(share === undefined ? { missing: "only Linux reports it" } : { value: exactly(share * 100) })
      }
    ]
  }
}

const measurePackage = () => {
  const name = readdirSync(tarballs).find((file) => /^altimate-code-\d.*\.tgz$/.test(file))
  const file = join(tarballs, name)
  const unpacked = spawnSync("tar", ["-xzOf", file, "package/package.json"], { encoding: "utf8" })
  const { dependencies = {} } = JSON.parse(unpacked.stdout)
  const row = { what: "The command's tarball" }
  return {
    runs: {},
    rows: [
      {
        ...row,
        id: "package-size",
        figure: "packed",
        unit: "MB",
        atMost: 1.5,
        value: exactly(statSync(file).size / 1e6),
        explanation: "What npm downloads."
      },
      {
        ...row,
        id: "package-dependencies",
        figure: "dependencies",
        unit: "",
        atMost: 0,
        value: exactly(Object.keys(dependencies).length),
        explanation: "What npm would have to download besides."
      }
    ]
  }
}

/** The groups by the names that `--only` takes. */
export const groups = {
  start: measureStarts,
  hello: measureHello,
  deltas: measureDeltas,
  library: measureLibrary,
  reads: measureReads,
  sessions: measureSessions,
  screen: measureScreen,
  package: measurePackage
}
