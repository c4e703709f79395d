import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { readSnippets, splitWords } from "./Page.ts"

const snippets = readSnippets("commands.md")
const [command, skill] = snippets.filter(({ language }) => language === "markdown")
const [terminal] = snippets.filter(({ language }) => language === "console")
const [configuration] = snippets.filter(({ language }) => language === "json")

it.scoped("docs/commands.md: the command and the skill are used as the page says", () =>
  Effect.gen(function*() {
    const load = {
      blocks: [{ type: "toolUse" as const, toolUseId: "1", name: "skill", input: { name: "release" } }]
    }
    const done = { blocks: [{ type: "text" as const, text: "Done." }] }
    const sandbox = yield* Sandbox.make({ script: [load, done, load, done] })
    const home = yield* makeHome
    yield* home.writeGlobalConfig(guideConfig(sandbox.url))
    const cwd = join(home.home, "project")
    const put = (file: string, text: string) => {
      mkdirSync(dirname(join(cwd, file)), { recursive: true })
      writeFileSync(join(cwd, file), text)
    }
    put(".altimate-code/commands/review.md", command!.text)
    put(".agents/skills/release/SKILL.md", skill!.text)
    const git = (...args: ReadonlyArray<string>) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd, stdio: "ignore" })
    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "--message=one")
    put(".altimate-code/commands/review.md", `${command!.text}\n`)

    const [line, ...output] = terminal!.text.split("\n")
    const [, ...args] = splitWords(line!.slice("$ ".length))
    const env = { AWS_BEARER_TOKEN_BEDROCK: "docs-token" }
    const { code, stderr, stdout } = yield* home.run(args, { cwd, env })
    assert.deepStrictEqual([code, stdout], [0, `${output.join("\n")}\n`], stderr)
    const bodies = Effect.map(sandbox.requests, (all) => all.map(({ body }) => JSON.stringify(body)))
    const [first, second] = yield* bodies
    assert.include(first, "Review what branch main changes, with an eye on error handling.")
    assert.include(first, "Changed files: .altimate-code/commands/review.md\\nConventions: @docs/style.md")
    assert.include(first, "- release: How to make a release.")
    assert.include(second, "1. Run the checks in checklist.md.")

    yield* home.writeGlobalConfig({ ...guideConfig(sandbox.url), ...JSON.parse(configuration!.text) })
    yield* home.run(["run", "go"], { cwd, env })
    assert.include((yield* bodies)[3], "This is not allowed")
  }).pipe(Effect.provide(NodeContext.layer)))
