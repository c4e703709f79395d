// Publishes the command and the libraries to npm. With --dry-run, checks everything that a release needs and publishes nothing.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { smokeTest } from "./release/smokeTest.mjs"
import { checkTarball, readTarball } from "./release/tarball.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

const help = `Publishes the command and the libraries to npm, as the version in their package.json files.

Usage
  pnpm release [options]

Options
      --dry-run  Check everything, publish nothing.
  -h, --help     Show this help.
`

/** Resolves to what the command wrote to stdout. If it fails, rejects with all that it printed. */
const execute = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options })
    let stdout = ""
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding("utf8").on("data", (text) => output += text)
    child.on("error", reject)
    child.on("close", (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${command} ${args.join(" ")}\n${output.trimEnd()}`)))
  })

let isFine = true

/** Reports one check; a check that fails does not stop the others. */
const check = async (what, run) => {
  try {
    await run()
    console.log(`ok     ${what}`)
  } catch (error) {
    isFine = false
    console.log(`FAILED ${what}\n${error.message.replaceAll(/^/gm, "       ")}`)
  }
}

const fail = (message) => {
  throw new Error(message)
}

const readManifests = () =>
  readdirSync(join(root, "packages")).map((name) =>
    JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"))
  )

/** Each package after those that it depends on, so that nobody can install one whose dependencies do not exist yet. */
const toPublishOrder = (manifests) => {
  const sorted = []
  const add = (manifest) => {
    if (sorted.includes(manifest)) return
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const dependency = manifests.find((other) => other.name === name)
      if (dependency !== undefined) add(dependency)
    }
    sorted.push(manifest)
  }
  manifests.forEach(add)
  return sorted
}

const tarballOf = ({ name, version }) => join(root, "dist", `${name.replace("@", "").replace("/", "-")}-${version}.tgz`)

/** The checksum of the published package; empty if there is none. */
const findPublished = ({ name, version }) =>
  execute("npm", ["view", `${name}@${version}`, "dist.integrity"]).then(
    (integrity) => integrity.trim(),
    (error) => error.message.includes("E404") ? "" : Promise.reject(error)
  )

const readIntegrity = (path) => `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}`

const checkChangelog = (version, isDryRun) => {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8")
  const sections = [...text.matchAll(/^## (.+)\n([^]*?)(?=^## |$(?![^]))/gm)]
  const [, heading, body] = sections.find(([, heading]) => heading.startsWith(`${version} - `)) ?? []
  if (heading === undefined) {
    const unreleased = sections.find(([, heading]) => heading === "Unreleased")
    if (isDryRun && unreleased !== undefined && /^- /m.test(unreleased[2])) return
    fail(`CHANGELOG.md has no section "## ${version} - YYYY-MM-DD" with the changes. Rename "## Unreleased".`)
  }
  if (!/ - \d{4}-\d{2}-\d{2}$/.test(heading)) fail(`The date of "## ${heading}" in CHANGELOG.md is not YYYY-MM-DD.`)
  if (!/^- /m.test(body)) fail(`The section "## ${heading}" in CHANGELOG.md lists no changes.`)
}

const release = async (isDryRun) => {
  const manifests = toPublishOrder(readManifests())
  const { version } = manifests[0]
  console.log(`Version ${version}${isDryRun ? ", dry run" : ""}\n`)

  await check("all changes are committed", async () => {
    const changes = await execute("git", ["status", "--porcelain"])
    if (changes !== "") fail(changes)
  })
  await check("all packages have this version", () => {
    const others = manifests.filter((manifest) => manifest.version !== version)
    if (others.length > 0) fail(others.map(({ name, version }) => `${name} has ${version}`).join("\n"))
  })
  await check("no tag of this version", async () => {
    if (await execute("git", ["tag", "--list", `v${version}`]) !== "") fail(`The tag v${version} exists already.`)
  })
  if (!isDryRun) await check("you are logged in to npm", () => execute("npm", ["whoami"]))
  await check("the changelog has a section for it", () => checkChangelog(version, isDryRun))
  await check("everything builds", () => execute(process.execPath, [process.env.npm_execpath, "build"]))
  const published = new Set()
  await check("npm does not have it, or the same from a release that was interrupted", async () => {
    const others = await Promise.all(manifests.map(async (manifest) => {
      const found = await findPublished(manifest)
      if (found === "") return []
      if (found === readIntegrity(tarballOf(manifest))) published.add(manifest)
      return published.has(manifest) ? [] : [manifest.name]
    }))
    if (others.flat().length > 0) {
      fail(`Increase the version, because npm never replaces a published one:\n${others.flat().join("\n")}`)
    }
  })
  for (const manifest of manifests) {
    const tarball = tarballOf(manifest)
    if (!existsSync(tarball)) continue
    await check(
      `the tarball of ${manifest.name}`,
      async () => checkTarball(await readTarball(tarball, execute), execute)
    )
  }
  for (const node of [20, 22, 24]) {
    await check(`installs and answers on Node ${node}`, () => smokeTest(node, manifests.map(tarballOf), execute))
  }
  if (!isFine) {
    console.log("\nNothing was published.")
    return 1
  }
  if (isDryRun) {
    console.log("\nReady to publish. Nothing was published, because of --dry-run.")
    return 0
  }
  console.log("\nIf this is interrupted, run it again from the same commit: it publishes the rest.")
  for (const manifest of manifests.filter((manifest) => !published.has(manifest))) {
    try {
      await execute("npm", ["publish", tarballOf(manifest), "--access", "public"])
    } catch (error) {
      console.log(`FAILED ${manifest.name} ${version}\n${error.message.replaceAll(/^/gm, "       ")}`)
      console.log("\nThe release is incomplete, and has no tag.")
      return 1
    }
    console.log(`published ${manifest.name} ${version}`)
  }
  await execute("git", ["tag", `v${version}`])
  console.log(`\nPublished. Push the tag: git push origin v${version}`)
  return 0
}

let options
try {
  options =
    parseArgs({ options: { "dry-run": { type: "boolean", default: false }, help: { type: "boolean", short: "h" } } })
      .values
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`)
  process.exit(2)
}
if (options.help) process.stdout.write(help)
else process.exitCode = await release(options["dry-run"])
