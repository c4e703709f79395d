// Installs the tarballs into an empty project, as a user does, and gets one answer from the command.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { startSandbox } from "../sandbox.mjs"

/** The path of this version of Node, which comes from npm. */
const findNode = async (version, execute) =>
  (await execute("npx", ["-y", "-p", `node@${version}`, "node", "-p", "process.execPath"])).trim()

export const smokeTest = async (version, tarballs, execute) => {
  const node = await findNode(version, execute)
  const home = mkdtempSync(join(tmpdir(), "altimate-code-release-"))
  let sandbox
  try {
    const env = { HOME: home, PATH: `${dirname(node)}:${process.env.PATH}`, AWS_EC2_METADATA_DISABLED: "true" }
    const options = { cwd: home, env }
    writeFileSync(join(home, "package.json"), "{ \"private\": true, \"type\": \"module\" }\n")
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--strict-peer-deps"]
    await execute("npm", [...install, ...tarballs, "effect@3", "@effect/ai@0.37", "@effect/platform@0.97"], {
      cwd: home,
      // npm reaches its registry as it always does: with the user's cache, proxy and certificates.
      env: { ...process.env, PATH: env.PATH }
    })
    const command = join(home, "node_modules/.bin/altimate-code")
    sandbox = await startSandbox([command], options)
    const config = join(home, ".config/altimate-code")
    mkdirSync(config, { recursive: true })
    writeFileSync(
      join(config, "altimate-code.json"),
      JSON.stringify({
        model: "amazon-bedrock/anthropic.claude-sonnet-4-6-v1",
        provider: { "amazon-bedrock": { options: { baseURL: sandbox.url, region: "us-east-1" } } }
      })
    )
    const withToken = { ...options, env: { ...env, AWS_BEARER_TOKEN_BEDROCK: "sandbox-token" } }
    const answer = await execute(command, ["run", "Say that the release works."], withToken)
    if (!answer.includes("Say that the release works.")) throw new Error(`The answer was: ${answer}`)
    const library =
      "import(\"@altimate-code/provider/BedrockLanguageModel\").then(({ layer }) => console.log(typeof layer))"
    const imported = await execute(node, ["-e", library], options)
    if (imported.trim() !== "function") throw new Error(`The library exports: ${imported}`)
  } finally {
    await sandbox?.stop()
    rmSync(home, { recursive: true, force: true })
  }
}
