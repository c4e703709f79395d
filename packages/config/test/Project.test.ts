import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { dirname, join } from "node:path"
import { Directories } from "../src/Directories.ts"
import * as Project from "../src/Project.ts"

/** The project of `cwd`, which is absolute or relative to a directory that represents the file system's root. */
const cases: ReadonlyArray<
  readonly [
    title: string,
    cwd: string,
    markers: ReadonlyArray<string>,
    project: string | undefined,
    isRepository: boolean
  ]
> = [
  ["the nearest repository", "home/src/x/deep", ["home/src/x/.git/"], "home/src/x", true],
  ["a worktree, whose .git is a file", "home/src/x/deep", ["home/src/x/.git"], "home/src/x", true],
  [
    "the nearest of two repositories",
    "home/src/x/sub/deep",
    ["home/src/x/.git/", "home/src/x/sub/.git"],
    "home/src/x/sub",
    true
  ],
  ["the directory alone without a repository", "home/src/x", [], "home/src/x", false],
  ["the directory alone in a home directory that is a repository", "home/src/x", ["home/.git/"], "home/src/x", false],
  [
    "the repository below a home directory that is one too",
    "home/src/x/y",
    ["home/.git/", "home/src/.git/"],
    "home/src",
    true
  ],
  ["the directory alone if the home directory is in a repository", "home/src/x", [".git/"], "home/src/x", false],
  ["none in the home directory", "home", [], undefined, false],
  ["none in a home directory that is a repository", "home", ["home/.git/"], undefined, false],
  ["none above the home directory", ".", [".git/"], undefined, false],
  ["none in the file system's root", "/", [], undefined, false],
  ["a repository beside the home directory", "srv/x/deep", ["srv/x/.git/"], "srv/x", true],
  [
    "the directory alone beside the home directory, in a repository that contains both",
    "srv/x",
    [".git/"],
    "srv/x",
    false
  ]
]

layer(NodeContext.layer)("The project is", (it) => {
  for (const [title, cwd, markers, project, isRepository] of cases) {
    it.scoped(title, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const root = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
        const at = (path: string) => path.startsWith("/") ? path : join(root, path)
        yield* fs.makeDirectory(at("home"))
        yield* fs.makeDirectory(at(cwd), { recursive: true })
        for (const marker of markers) {
          yield* fs.makeDirectory(dirname(at(marker)), { recursive: true })
          yield* marker.endsWith("/") ? fs.makeDirectory(at(marker)) : fs.writeFileString(at(marker), "gitdir: x")
        }
        yield* fs.symlink(at("home"), at("link"))
        for (const home of [at("home"), `${at("home")}/`, at("link")]) {
          const found = yield* Effect.provideService(Project.find, Directories, {
            home,
            config: join(home, ".config"),
            data: join(home, ".data"),
            cache: join(home, ".data"),
            cwd: at(cwd)
          })
          const expected = project === undefined ? Option.none() : Option.some({ root: at(project), isRepository })
          assert.deepStrictEqual(found, expected, home)
        }
      }))
  }

  it.scoped("a repository even if the home directory is the file system's root, as in some containers", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
      yield* fs.makeDirectory(join(root, "app/.git"), { recursive: true })
      yield* fs.makeDirectory(join(root, "app/src"))
      const found = yield* Effect.provideService(Project.find, Directories, {
        home: "/",
        config: "/.config",
        data: "/.data",
        cache: "/.data",
        cwd: join(root, "app/src")
      })
      assert.deepStrictEqual(found, Option.some({ root: join(root, "app"), isRepository: true }))
    }))
})
