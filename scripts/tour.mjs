// Records the tour of the documentation: the built command in a real terminal, with the sandbox as its gateway, as an asciicast
// (https://docs.asciinema.org/manual/asciicast/v2/). It fails if the screen does not show what the tour is about.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle.mjs"
import { startSandbox } from "./sandbox.mjs"
import { open } from "./terminal.mjs"

const bin = fileURLToPath(new URL("../packages/cli/dist/bin.js", import.meta.url))
const cast = process.argv[2] ?? fileURLToPath(new URL("../docs/pictures/tour.cast", import.meta.url))
const size = { columns: 100, rows: 28 }

const call = (id, name, input) => ({ type: "toolUse", toolUseId: id, name, input })
const delays = { firstEvent: 700, betweenEvents: 25 }

const script = [
  {
    delays,
    blocks: [
      { type: "text", text: "I'll look at the code first." },
      call("1", "grep", { pattern: "total" }),
      call("2", "read", { path: "src/cart.js" })
    ]
  },
  {
    delays,
    blocks: [{
      type: "text",
      text: "The total ignores how many of each item are in the cart.\n\n" +
        "## Plan\n\n1. Multiply the price by the count in `src/cart.js`.\n2. Run the tests.\n"
    }]
  },
  {
    delays,
    blocks: [call("3", "edit", {
      path: "src/cart.js",
      oldText: "sum + item.price,",
      newText: "sum + item.price * item.count,"
    })]
  },
  { delays, blocks: [call("4", "bash", { command: "node --test", description: "Run the tests" })] },
  {
    delays,
    faults: [{ type: "throttle", retryAfter: 3 }],
    blocks: [{
      type: "text",
      text: "The total is right now, and the tests pass.\n\n| cart | before | now |\n|---|---|---|\n" +
        "| 2 × 10 € | 10 € | **20 €** |\n| empty | 0 € | 0 € |\n"
    }]
  }
]

const files = {
  "src/cart.js": "export const total = (items) =>\n  items.reduce((sum, item) => sum + item.price, 0)\n",
  "test/cart.test.js": [
    "import assert from \"node:assert\"",
    "import { test } from \"node:test\"",
    "import { total } from \"../src/cart.js\"",
    "test(\"two of one item\", () => assert.equal(total([{ price: 10, count: 2 }]), 20))",
    "test(\"an empty cart\", () => assert.equal(total([]), 0))",
    ""
  ].join("\n"),
  "package.json": "{ \"type\": \"module\" }\n"
}

const makeShop = (home) => {
  const shop = join(home, "shop")
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(shop, name, ".."), { recursive: true })
    writeFileSync(join(shop, name), text)
  }
  const git = (...args) => execFileSync("git", args, { cwd: shop, env: { PATH: process.env.PATH, HOME: home } })
  git("init", "--quiet", "--initial-branch", "fix-total")
  git("add", ".")
  git("-c", "user.name=Tour", "-c", "user.email=tour@example.com", "commit", "--quiet", "--message", "A shop")
  return shop
}

/** What a person types and waits for. Each step waits for the screen, then for the reader. */
const walk = async ({ exited, see, write }) => {
  const type = async (text) => {
    for (const character of text) {
      write(character)
      await setTimeout(45)
    }
    await setTimeout(500)
  }
  const press = async (key) => {
    write(key)
    await setTimeout(500)
  }
  const look = async (pattern, milliseconds = 1500) => {
    await see(pattern)
    await setTimeout(milliseconds)
  }
  const down = "\u001b[B"
  const enter = "\r"
  const shiftTab = "\u001b[Z"
  const escape = "\u001b"

  await look(/^ask · Amazon Bedrock[^]*ready/m)
  await press(shiftTab)
  await press(shiftTab)
  await look(/^plan · /m, 800)
  await type("The cart's total is wrong. Find out why, and fix it.")
  await press(enter)
  await look(/Go ahead with this plan\?/, 2500)
  await press(down)
  await press(enter)
  await look(/Allow this command\?/, 2000)
  write("y")
  await look(/Rate limited\. Retrying/, 1000)
  await look(/20 €[^]*ready/, 3000)
  await type("/diff")
  await press(enter)
  await look(/item\.count[^]*ready/, 2500)
  await type("/sessions")
  await press(enter)
  await look(/The cart's total is wrong/, 2000)
  await press(escape)
  write("\u0003\u0003")
  await exited
}

const record = async () => {
  await bundle()
  const home = mkdtempSync(join(tmpdir(), "altimate-code-tour-"))
  const env = { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: "true" }
  let sandbox
  let terminal
  try {
    const scriptFile = join(home, "script.json")
    writeFileSync(scriptFile, JSON.stringify(script))
    sandbox = await startSandbox([process.execPath, bin], { env }, ["--script", scriptFile])
    const directory = join(home, ".config/altimate-code")
    mkdirSync(directory, { recursive: true })
    writeFileSync(
      join(directory, "altimate-code.json"),
      JSON.stringify({
        model: "amazon-bedrock/anthropic.claude-sonnet-4-6-v1",
        provider: { "amazon-bedrock": { options: { baseURL: sandbox.url, region: "us-east-1" } } }
      })
    )
    const events = []
    terminal = open({
      ...size,
      command: [process.execPath, bin],
      cwd: makeShop(home),
      env: { ...env, AWS_BEARER_TOKEN_BEDROCK: "sandbox-token" },
      onOutput: (data) => events.push([(performance.now() - terminal.started) / 1000, "o", data])
    })
    await walk(terminal)
    const header = { version: 2, width: size.columns, height: size.rows, title: "altimate-code" }
    const lines = [header, ...events.map(([seconds, ...event]) => [Number(seconds.toFixed(3)), ...event])]
    writeFileSync(cast, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`)
    process.stdout.write(`Wrote ${cast}: ${events.at(-1)[0].toFixed(0)} seconds.\n`)
  } finally {
    await terminal?.close()
    await sandbox?.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

await record()
