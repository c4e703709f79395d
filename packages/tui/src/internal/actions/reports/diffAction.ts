import { Workspace } from "@altimate-code/agent/Workspace"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
// Effect's commands report neither the exit code nor stderr together with the output.
import { execFile } from "node:child_process"
import type { ToolItem } from "../../transcript/item.ts"
import { Display } from "../display.ts"

class GitError extends Data.TaggedError("GitError")<{ readonly message: string }> {}

/** In bytes. */
const maxOutput = 10 * 1024 * 1024

const maxNewFiles = 20

/** Together with `withoutFilters`, these let Git start no program that the repository's settings name. */
const settings = ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]
const diffOptions = ["--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/"]

const runGit = (args: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}) =>
  Effect.flatMap(Workspace, ({ directory, programEnvironment }) =>
    Effect.async<string, GitError>((resume) => {
      // Without a lock, Git does not update its index, after which it would start a hook.
      const env = { ...programEnvironment, GIT_OPTIONAL_LOCKS: "0", ...environment }
      const options = { cwd: directory, env, maxBuffer: maxOutput }
      const child = execFile("git", [...settings, ...args], options, (error, stdout, stderr) => {
        if (error === null) return resume(Effect.succeed(stdout))
        const [reason = ""] = stderr.trim().split("\n")
        const message = error.code === "ENOENT" ? "git is not installed." : reason === "" ? error.message : reason
        resume(new GitError({ message }))
      })
      return Effect.sync(() => void child.kill())
    }))

/**
 * An environment in which Git does not start the filters (gitattributes(5)) that the repository's settings define. In variables, because a name
 * with an equals sign can't be an option.
 */
const withoutFilters = Effect.gen(function*() {
  const listed = yield* Effect.orElseSucceed(
    runGit(["config", "-z", "--show-scope", "--name-only", "--get-regexp", "^filter\\."]),
    () => ""
  )
  const fields = listed.split("\0")
  const names = fields.flatMap((name, index) =>
    index % 2 === 1 && ["local", "worktree"].includes(fields[index - 1]!) ? [name.replace(/\.[^.]*$/, "")] : []
  )
  const values = [...new Set(names)].flatMap((name) => [
    [`${name}.clean`, ""],
    [`${name}.process`, ""],
    [`${name}.required`, "false"]
  ])
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(values.length)],
    ...values.flatMap(([key, value], index) => [[`GIT_CONFIG_KEY_${index}`, key], [`GIT_CONFIG_VALUE_${index}`, value]])
  ]) as Record<string, string>
})

const count = (lines: ReadonlyArray<string>, sign: "+" | "-"): number =>
  lines.filter((line) => line.startsWith(sign)).length

/** What Git's header lines say about a file. */
const words = [["new file", "new"], ["deleted file", "deleted"], ["rename ", "renamed"]] as const

/** An item for each file of Git's output. */
export const toItems = (output: string): ReadonlyArray<ToolItem> =>
  output.split(/^(?=diff --git )/m).filter((text) => text !== "").map((text) => {
    const [head = "", ...lines] = text.trimEnd().split("\n")
    const start = lines.findIndex((line) => line.startsWith("--- "))
    const changes = start === -1 ? [] : lines.slice(start + 2)
    const [, word] = words.find(([start]) => lines.some((line) => line.startsWith(start))) ?? []
    const isBinary = lines.some((line) => line.startsWith("Binary files "))
    return {
      type: "tool",
      name: "diff",
      title: head.slice(head.lastIndexOf(" b/") + 3),
      outcome: "ok",
      summary: [
        ...(word === undefined ? [] : [word]),
        ...(isBinary ? ["binary"] : []),
        ...(start === -1 ? [] : [`+${count(changes, "+")} −${count(changes, "-")}`])
      ].join(" · "),
      output: "",
      ...(start === -1 ? {} : { diff: lines.slice(start).join("\n") }),
      seconds: undefined
    }
  })

/** `/diff`: the changes since the last commit, and the files that Git does not track yet. */
export const make = Effect.gen(function*() {
  const { showFailure, showItem, showNotice } = yield* Display
  const workspace = yield* Workspace

  return Effect.gen(function*() {
    // Outside a repository, the other commands complain about their options.
    yield* runGit(["rev-parse", "--git-dir"])
    const hasCommit = yield* Effect.isSuccess(runGit(["rev-parse", "--verify", "--quiet", "HEAD"]))
    const diff = ["diff", ...diffOptions, hasCommit ? "HEAD" : "--cached"]
    const items = toItems(yield* runGit(diff, yield* withoutFilters))
    const untracked = yield* runGit(["ls-files", "-z", "--others", "--exclude-standard", "--full-name", ":/"])
    const files = untracked.split("\0").filter((file) => file !== "")
    if (items.length + files.length === 0) return yield* showNotice("Nothing has changed since the last commit.")
    yield* Effect.forEach(items, showItem, { discard: true })
    if (files.length === 0) return
    const more = files.length - maxNewFiles
    const lines = more > 0 ? [...files.slice(0, maxNewFiles), `… and ${more} more`] : files
    yield* showItem({ type: "lines", title: "New files that Git does not track yet", lines })
  }).pipe(
    Effect.catchAll(({ message }) => showFailure({ message: `The changes could not be shown: ${message}`, hint: "" })),
    Effect.provideService(Workspace, workspace)
  )
})
