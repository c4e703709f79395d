import { Workspace } from "@altimate-code/agent/Workspace"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import * as GitBranch from "../../src/internal/screen/gitBranch.ts"

it.scoped("finds the branch as git does: below the root, in a worktree, detached, and outside a repository", () =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const root = yield* fs.makeTempDirectoryScoped()
    const env = { PATH: process.env["PATH"] ?? "", HOME: root, GIT_CONFIG_NOSYSTEM: "1" }
    const git = (...args: ReadonlyArray<string>) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
        cwd: `${root}/a`,
        env,
        encoding: "utf8"
      })
    const read = (directory: string) =>
      Effect.provideService(GitBranch.read, Workspace, { directory } as Workspace["Type"])

    yield* fs.makeDirectory(`${root}/a/deep/er`, { recursive: true })
    assert.isUndefined(yield* read(`${root}/a`))
    git("init", "-q", "-b", "feature/x")
    git("commit", "-q", "--allow-empty", "-m", "one")
    git("worktree", "add", "-q", "-b", "other", `${root}/b`)
    assert.strictEqual(yield* read(`${root}/a/deep/er`), "feature/x")
    assert.strictEqual(yield* read(`${root}/b`), "other")
    git("checkout", "-q", "--detach")
    assert.strictEqual(yield* read(`${root}/a`), git("rev-parse", "HEAD").slice(0, 7))
  }).pipe(Effect.provide(NodeContext.layer)))
