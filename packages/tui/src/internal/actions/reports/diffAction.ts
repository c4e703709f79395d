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

/** Settings and options with which Git starts no program that the repository names. */
const noPrograms = ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]
const diffOptions = ["--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/"]

const runGit = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(Workspace, ({ directory, programEnvironment }) =>
    Effect.async<string, GitError>((resume) => {
      const options = { cwd: directory, env: programEnvironment, maxBuffer: maxOutput }
      const child = execFile("git", [...noPrograms, ...args], options, (error, stdout, stderr) => {
        if (error === null) return resume(Effect.succeed(stdout))
        const [reason = ""] = stderr.trim().split("\n")
        const message = error.code === "ENOENT" ? "git is not installed." : reason === "" ? error.message : reason
        resume(new GitError({ message }))
      })
      return Effect.sync(() => void child.kill())
    }))

const count = (lines: ReadonlyArray<string>, sign: "+" | "-"): number =>
  lines.filter((line) => line.startsWith(sign)).length

/** An item for each file of Git's output. */
export const toItems = (output: string): ReadonlyArray<ToolItem> =>
  output.split(/^(?=diff --git )/m).filter((text) => text !== "").map((text) => {
    const [head = "", ...lines] = text.trimEnd().split("\n")
    const start = lines.findIndex((line) => line.startsWith("--- "))
    const changes = start === -1 ? [] : lines.slice(start + 2)
    const word = ["new", "deleted", "renamed"].find((word) => lines.some((line) => line.startsWith(word.slice(0, 6))))
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
    yield* runGit("rev-parse", "--git-dir")
    const hasCommit = yield* Effect.isSuccess(runGit("rev-parse", "--verify", "--quiet", "HEAD"))
    const items = toItems(yield* runGit("diff", ...diffOptions, hasCommit ? "HEAD" : "--cached"))
    const untracked = yield* runGit("ls-files", "-z", "--others", "--exclude-standard", "--full-name", ":/")
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
