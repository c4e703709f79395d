import * as NodeContext from "@effect/platform-node/NodeContext"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { execFileSync, spawn } from "node:child_process"
import * as ConfigEdit from "../src/ConfigEdit.ts"
import * as PipedFiles from "../src/PipedFiles.ts"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"
import { bedrock, makeFixture } from "./fixture.ts"

const found = (files: ReadonlyArray<{ readonly path: string; readonly found: boolean }>) =>
  files.filter((file) => file.found).map(({ path }) => path)

/** Tests may run as root, who can read everything, so this refusal is the only simulated part of the file system. */
const refuse = (path: string) =>
  new SystemError({ reason: "PermissionDenied", module: "FileSystem", method: "readFile", pathOrDescriptor: path })

const text = (setting: Option.Option<{ readonly value: string }>) => Option.getOrThrow(setting).value

layer(NodeContext.layer)("The sources of settings", (it) => {
  describe("without any source", () => {
    it.scoped("the defaults apply and every searched path is listed", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile } = yield* makeFixture
        const settings = yield* load()
        assert.deepStrictEqual(settings.files, [
          { path: globalFile, scope: "global", found: false },
          { path: projectFile, scope: "project", found: false }
        ])
        assert.isTrue(Option.isNone(settings.model))
        assert.isTrue(Option.isNone(settings.baseURL))
        assert.isTrue(Option.isNone(settings.profile))
        assert.isTrue(Option.isNone(settings.awsProfile))
        assert.deepStrictEqual(settings.region, { value: "us-east-1", origin: { _tag: "Default" } })
        assert.deepStrictEqual(settings.leaves, [])
        assert.deepStrictEqual(settings.warnings, [])
      }))
  })

  describe("the order", () => {
    it.scoped("the project's file overrides the global one, key by key", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        yield* write(globalFile, {
          model: "amazon-bedrock/global",
          ...bedrock({ region: "eu-west-1", profile: "mine" })
        })
        yield* write(projectFile, bedrock({ region: "eu-central-1" }))
        const settings = yield* load()
        assert.deepStrictEqual(Option.getOrThrow(settings.model), {
          value: "amazon-bedrock/global",
          origin: { _tag: "File", path: globalFile, scope: "global", line: 2, column: 3, key: "model" } as const
        })
        assert.deepStrictEqual(settings.region, {
          value: "eu-central-1",
          origin: {
            _tag: "File",
            path: projectFile,
            scope: "project",
            line: 5,
            column: 9,
            key: "provider.amazon-bedrock.options.region"
          }
        })
        assert.strictEqual(Option.getOrThrow(settings.profile).value, "mine")
      }))

    it.scoped("each source overrides the one before it, from the global file to --model", () =>
      Effect.gen(function*() {
        const { globalFile, home, load, projectFile, write } = yield* makeFixture
        const named = `${home}/named.json`
        const inDirectory = `${home}/team/altimate-code.json`
        const inline = "{\n  \"model\": \"e\"\n}"
        const env = { ALTIMATE_CLI_CONFIG: named, ALTIMATE_CLI_CONFIG_DIR: "~/team" }
        yield* write(inDirectory, {})
        yield* write(globalFile, { model: "a" })
        yield* write(named, { model: "b" })

        assert.deepStrictEqual(Option.getOrThrow((yield* load({ env })).model), {
          value: "b",
          origin: {
            _tag: "File",
            path: named,
            scope: "ALTIMATE_CLI_CONFIG",
            line: 2,
            column: 3,
            key: "model"
          } as const
        })
        yield* write(projectFile, { model: "c" })
        assert.strictEqual(text((yield* load({ env })).model), "c")
        yield* write(inDirectory, { model: "d" })
        assert.deepStrictEqual(Option.getOrThrow((yield* load({ env })).model), {
          value: "d",
          origin: {
            _tag: "File",
            path: inDirectory,
            scope: "ALTIMATE_CLI_CONFIG_DIR",
            line: 2,
            column: 3,
            key: "model"
          } as const
        })
        const all = { ...env, ALTIMATE_CLI_CONFIG_CONTENT: inline }
        assert.deepStrictEqual(Option.getOrThrow((yield* load({ env: all })).model), {
          value: "e",
          origin: { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 2, column: 3, key: "model" } as const
        })
        assert.deepStrictEqual(Option.getOrThrow((yield* load({ env: all, model: "f" })).model), {
          value: "f",
          origin: { _tag: "Flag", flag: "--model" } as const
        })
        assert.strictEqual(text((yield* load({ env: all, model: " " })).model), "e")
      }))

    it.scoped("an object merges with an object; any other value replaces it or is replaced", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        yield* write(globalFile, { x: { a: 1, b: [1, 2], c: { d: 1 }, e: 5 } })
        yield* write(projectFile, { x: { b: [3], c: 2, e: { f: 6 } } })
        const { leaves } = yield* load()
        assert.deepStrictEqual(leaves.map(({ key, value }) => [key, value]), [
          ["x.a", 1],
          ["x.b", [3]],
          ["x.c", 2],
          ["x.e.f", 6]
        ])
        assert.deepStrictEqual(
          leaves.map(({ origin }) => origin._tag === "File" ? origin.scope : origin._tag),
          ["global", "project", "project", "project"]
        )
      }))
  })

  describe("the project's files", () => {
    it.scoped("are all from the repository's root down to the working directory, and the nearest takes precedence", () =>
      Effect.gen(function*() {
        const { home, load, project, write } = yield* makeFixture
        const above = `${home}/altimate-code.json`
        const root = `${project}/altimate-code.json`
        const near = `${project}/a/b/altimate-code.json`
        yield* write(above, { model: "above the repository" })
        yield* write(root, { model: "root", ...bedrock({ profile: "root", region: "eu-west-1" }) })
        yield* write(`${project}/a/altimate-code.json`, bedrock({ region: "eu-west-2" }))
        yield* write(near, { model: "near" })
        const settings = yield* load({ cwd: `${project}/a/b` })
        assert.deepStrictEqual(found(settings.files), [root, `${project}/a/altimate-code.json`, near])
        assert.strictEqual(text(settings.model), "near")
        assert.strictEqual(settings.region.value, "eu-west-2")
        assert.strictEqual(text(settings.profile), "root")
      }))

    it.scoped("start at the repository's root even if .git is a file, as in a worktree", () =>
      Effect.gen(function*() {
        const { home, load, write } = yield* makeFixture
        yield* write(`${home}/altimate-code.json`, { model: "above" })
        yield* write(`${home}/worktree/.git`, "gitdir: elsewhere")
        yield* write(`${home}/worktree/sub/altimate-code.json`, { model: "sub" })
        const settings = yield* load({ cwd: `${home}/worktree/sub` })
        assert.deepStrictEqual(found(settings.files), [`${home}/worktree/sub/altimate-code.json`])
      }))

    it.scoped("start in the home directory outside a repository", () =>
      Effect.gen(function*() {
        const { home, load, root, write } = yield* makeFixture
        yield* write(`${root}/altimate-code.json`, { model: "above home" })
        yield* write(`${home}/altimate-code.json`, { model: "home" })
        yield* write(`${home}/notes/today/keep`, "")
        const settings = yield* load({ cwd: `${home}/notes/today` })
        assert.deepStrictEqual(found(settings.files), [`${home}/altimate-code.json`])
      }))

    it.scoped("start in the home directory even if HOME is a symbolic link and the working directory is resolved", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { home, load, root, write } = yield* makeFixture
        yield* fs.symlink(home, `${root}/link`)
        yield* write(`${home}/altimate-code.json`, { model: "home" })
        yield* write(`${home}/notes/keep`, "")
        const settings = yield* load({ home: `${root}/link`, cwd: `${home}/notes` })
        assert.deepStrictEqual(found(settings.files), [`${home}/altimate-code.json`])
      }))

    it.scoped("are only those of the working directory outside a repository and the home directory", () =>
      Effect.gen(function*() {
        const { load, root, write } = yield* makeFixture
        yield* write(`${root}/altimate-code.json`, { model: "another user's" })
        yield* write(`${root}/elsewhere/here/altimate-code.json`, { model: "here" })
        const settings = yield* load({ cwd: `${root}/elsewhere/here` })
        assert.deepStrictEqual(
          settings.files.filter(({ scope }) => scope === "project").map(({ path }) => path),
          [`${root}/elsewhere/here/altimate-code.json`]
        )
        assert.strictEqual(text(settings.model), "here")
      }))

    it.scoped("are only those of the working directory if the home directory is the file system's root", () =>
      Effect.gen(function*() {
        const { load, root, write } = yield* makeFixture
        yield* write(`${root}/altimate-code.json`, { model: "another user's" })
        yield* write(`${root}/here/keep`, "")
        const { files } = yield* load({ home: "/", cwd: `${root}/here` })
        assert.deepStrictEqual(files.filter(({ scope }) => scope === "project").map(({ path }) => path), [
          `${root}/here/altimate-code.json`
        ])
      }))
  })

  describe("altimate-code.jsonc", () => {
    for (const place of ["home/.config/altimate-code", "home/work/project", "home/work/project/.altimate-code"]) {
      it.scoped(`is read like altimate-code.json in ${place}, and having both is an error that names both`, () =>
        Effect.gen(function*() {
          const { failure, load, root, write } = yield* makeFixture
          const file = `${root}/${place}/altimate-code.json`
          yield* write(`${file}c`, "{\n  // mine\n  \"model\": \"commented\",\n}")
          const { files, model } = yield* load()
          assert.deepStrictEqual(found(files), [`${file}c`])
          assert.include(Option.getOrThrow(model).origin, { path: `${file}c`, line: 3, column: 3 })
          yield* write(file, "{}")
          const error = yield* failure()
          assert.strictEqual(error.reason, "Conflict")
          assert.include(error.message, `${file} and ${file}c both exist`)
        }))
    }

    it.scoped("can be a link to altimate-code.json beside it, or the other way round", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { load, project, projectFile, write } = yield* makeFixture
        yield* write(projectFile, { model: "one" })
        yield* fs.symlink("altimate-code.json", `${project}/altimate-code.jsonc`)
        assert.strictEqual(text((yield* load()).model), "one")
      }))

    it.scoped("exists even if it is a dangling link", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { failure, project, projectFile, write } = yield* makeFixture
        yield* fs.symlink("gone", `${project}/altimate-code.jsonc`)
        assert.include((yield* failure()).message, "altimate-code.jsonc cannot be read: it is a dangling symbolic link")
        yield* write(projectFile, "{}")
        assert.strictEqual((yield* failure()).reason, "Conflict")
      }))

    it.scoped("receives changes and keeps its comments, and no other file is created beside it", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { failure, globalFile, home, services, write } = yield* makeFixture
        const userFile = Effect.provide(ConfigEdit.userFile, services({ env: {} }))
        assert.strictEqual(yield* userFile, globalFile)
        yield* write(`${globalFile}c`, "{\n  // mine\n  \"model\": \"one\"\n}\n")
        assert.strictEqual(yield* userFile, `${globalFile}c`)
        yield* ConfigEdit.set(yield* userFile, [{ path: ["permission", "bash", "ls *"], value: "allow" }])
        assert.deepStrictEqual(yield* fs.readDirectory(`${home}/.config/altimate-code`), ["altimate-code.jsonc"])
        const after = yield* fs.readFileString(`${globalFile}c`)
        assert.match(after, /^\{\n {2}\/\/ mine\n {2}"model": "one",\n[^]*"ls \*": "allow"/)
        yield* write(globalFile, "{}")
        assert.strictEqual((yield* Effect.flip(userFile)).message, (yield* failure()).message)
      }))
  })

  describe("a project's .altimate-code directory", () => {
    it.scoped("has a file that overrides the one beside the directory and is overridden by a nearer one", () =>
      Effect.gen(function*() {
        const { load, project, projectFile, write } = yield* makeFixture
        const inside = `${project}/.altimate-code/altimate-code.json`
        const near = `${project}/sub/altimate-code.json`
        yield* write(projectFile, { model: "beside", ...bedrock({ profile: "beside", region: "eu-west-1" }) })
        yield* write(inside, { model: "inside", ...bedrock({ profile: "inside" }) })
        yield* write(near, { model: "near" })
        const settings = yield* load({ cwd: `${project}/sub` })
        assert.deepStrictEqual(
          settings.files.slice(1),
          [projectFile, inside, near].map((path) => ({
            path,
            scope: "project" as const,
            found: true
          }))
        )
        assert.strictEqual(text(settings.model), "near")
        assert.strictEqual(text(settings.profile), "inside")
        assert.strictEqual(settings.region.value, "eu-west-1")
      }))

    it.scoped("can be empty, and can be a file", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { load, project, write } = yield* makeFixture
        yield* fs.makeDirectory(`${project}/.altimate-code`)
        assert.deepStrictEqual(found((yield* load()).files), [])
        yield* fs.remove(`${project}/.altimate-code`, { recursive: true })
        yield* write(`${project}/.altimate-code`, "a file")
        assert.deepStrictEqual(found((yield* load()).files), [])
      }))

    it.scoped("contains a project file, which needs trust and is the base of {file:} paths", () =>
      Effect.gen(function*() {
        const { load, project, write } = yield* makeFixture
        const file = `${project}/.altimate-code/altimate-code.jsonc`
        yield* write(`${project}/.altimate-code/url`, "https://gw.example")
        yield* write(file, bedrock({ baseURL: "{file:url}" }))
        const { baseURL, untrusted } = yield* load({ trust: TrustPolicy.layer })
        assert.isTrue(Option.isNone(baseURL))
        assert.deepStrictEqual(untrusted.map(({ path }) => path), [file])
        assert.strictEqual(text((yield* load()).baseURL), "https://gw.example")
      }))
  })

  describe("ALTIMATE_CLI_PERMISSION", () => {
    it.scoped("has rules that are merged over those of all files, each with its origin", () =>
      Effect.gen(function*() {
        const { globalFile, load, log, write } = yield* makeFixture
        yield* write(globalFile, { permission: { edit: "allow", bash: { "*": "ask", "rm *": "deny" } } })
        const env = {
          ALTIMATE_CLI_CONFIG_CONTENT: JSON.stringify({ permission: { read: "ask" } }),
          ALTIMATE_CLI_PERMISSION: JSON.stringify({ edit: "deny", bash: { "ls *": "allow" } })
        }
        const { leaves, permission } = yield* load({ env })
        assert.strictEqual(
          JSON.stringify(Option.getOrThrow(permission)),
          JSON.stringify({ edit: "deny", bash: { "*": "ask", "rm *": "deny", "ls *": "allow" }, read: "ask" })
        )
        const origin = { _tag: "Environment", variable: "ALTIMATE_CLI_PERMISSION" } as const
        assert.deepInclude(leaves, { key: "permission.edit", value: "deny", origin })
        assert.deepInclude(leaves, { key: "permission.bash.\"ls *\"", value: "allow", origin })
        assert.include(log, "DEBUG service=config loading config from ALTIMATE_CLI_PERMISSION")
      }))

    it.scoped("can be a single verdict, and rules merged over a single verdict leave it in effect for everything else", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        yield* write(globalFile, { permission: "deny" })
        const rules = (env: Record<string, string>) =>
          Effect.map(load({ env }), ({ permission }) => JSON.stringify(Option.getOrThrow(permission)))
        assert.strictEqual(yield* rules({ ALTIMATE_CLI_PERMISSION: "\"ask\"" }), "\"ask\"")
        assert.strictEqual(
          yield* rules({ ALTIMATE_CLI_PERMISSION: "{\"read\": \"allow\"}" }),
          "{\"*\":\"deny\",\"read\":\"allow\"}"
        )
        assert.strictEqual(yield* rules({ ALTIMATE_CLI_PERMISSION: " " }), "\"deny\"")
        yield* write(projectFile, { permission: { read: "allow" } })
        assert.strictEqual(yield* rules({}), "{\"*\":\"deny\",\"read\":\"allow\"}")
      }))

    for (
      const [text, message] of [
        ["allow canary", "expected a value, found a word without quotes"],
        [
          "{\"edit\": \"canary\"}",
          "expected \"allow\", \"ask\", \"deny\" or an object for permission.edit, found a string"
        ],
        ["[\"canary\"]", "expected \"allow\", \"ask\", \"deny\" or an object for permission, found an array"],
        [
          "{\"bash\": {\"canary\": 1}}",
          "expected \"allow\", \"ask\" or \"deny\" for permission.bash.canary, found a number"
        ]
      ] as const
    ) {
      it.scoped(`is refused with its name if it is ${text}`, () =>
        Effect.gen(function*() {
          const { failure } = yield* makeFixture
          const error = yield* failure({ env: { ALTIMATE_CLI_PERMISSION: text } })
          assert.strictEqual(error.message, `ALTIMATE_CLI_PERMISSION: ${message}`)
          assert.notInclude(error.hint, "canary")
        }))
    }
  })

  describe("a file that is found twice", () => {
    it.scoped("is read once and stays the user's own in the global directory", () =>
      Effect.gen(function*() {
        const { globalFile, home, load, log, write } = yield* makeFixture
        yield* write(globalFile, { model: "a", share: "disabled" })
        const settings = yield* load({ cwd: `${home}/.config/altimate-code` })
        assert.deepStrictEqual(settings.files.filter((file) => file.found), [
          { path: globalFile, scope: "global", found: true }
        ])
        assert.lengthOf(settings.unknown, 1)
        assert.deepStrictEqual(log.filter((line) => line.includes("loading")), [
          `DEBUG service=config loading config from ${globalFile}`
        ])
      }))

    it.scoped("is read once through a symbolic link, at its last position", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { globalFile, load, project, projectFile, write } = yield* makeFixture
        yield* write(globalFile, { model: "shared" })
        yield* write(projectFile, { model: "root" })
        yield* fs.makeDirectory(`${project}/sub`)
        yield* fs.symlink(globalFile, `${project}/sub/altimate-code.json`)
        const settings = yield* load({ cwd: `${project}/sub` })
        assert.deepStrictEqual(found(settings.files), [projectFile, globalFile])
        assert.strictEqual(text(settings.model), "shared")
      }))

    it.scoped("has the scope of ALTIMATE_CLI_CONFIG if that names it", () =>
      Effect.gen(function*() {
        const { globalFile, load, projectFile, write } = yield* makeFixture
        yield* write(globalFile, { model: "global" })
        yield* write(projectFile, { model: "project" })
        const settings = yield* load({ env: { ALTIMATE_CLI_CONFIG: globalFile } })
        assert.deepStrictEqual(settings.files, [
          { path: globalFile, scope: "ALTIMATE_CLI_CONFIG", found: true },
          { path: projectFile, scope: "project", found: true }
        ])
        assert.strictEqual(text(settings.model), "project")
      }))
  })

  describe("ALTIMATE_CLI_CONFIG", () => {
    it.scoped("can begin with ~ or be relative to the working directory", () =>
      Effect.gen(function*() {
        const { home, load, project, write } = yield* makeFixture
        yield* write(`${home}/x/named.json`, { model: "home" })
        yield* write(`${project}/x/named.json`, { model: "relative" })
        const inHome = yield* load({ env: { ALTIMATE_CLI_CONFIG: "~/x/named.json" } })
        assert.strictEqual(text(inHome.model), "home")
        const relative = yield* load({ env: { ALTIMATE_CLI_CONFIG: "x/named.json" } })
        assert.strictEqual(text(relative.model), "relative")
      }))

    it.scoped("must name an existing file", () =>
      Effect.gen(function*() {
        const { failure, project } = yield* makeFixture
        const error = yield* failure({ env: { ALTIMATE_CLI_CONFIG: "gone.json" } })
        assert.strictEqual(error.reason, "Read")
        assert.strictEqual(error.message, `${project}/gone.json cannot be read: there is no such file`)
        assert.strictEqual(error.path, `${project}/gone.json`)
        assert.include(error.hint, "ALTIMATE_CLI_CONFIG")
      }))

    it.scoped("can name a pipe, such as <(…), which is read once and reused", () =>
      Effect.gen(function*() {
        const { load, root } = yield* makeFixture
        const pipe = `${root}/pipe`
        execFileSync("mkfifo", [pipe])
        const writer = spawn("sh", ["-c", `printf '{"model": "piped"}' > ${pipe}`], { stdio: "ignore" })
        yield* Effect.addFinalizer(() => Effect.sync(() => writer.kill()))
        const env = { ALTIMATE_CLI_CONFIG: pipe }
        assert.strictEqual(text((yield* load({ env })).model), "piped")
        assert.strictEqual(text((yield* load({ env })).model), "piped")
      }).pipe(Effect.provide(PipedFiles.layer)))

    it.scoped("is treated as unset if it is blank, like ALTIMATE_CLI_CONFIG_CONTENT", () =>
      Effect.gen(function*() {
        const { load } = yield* makeFixture
        const settings = yield* load({ env: { ALTIMATE_CLI_CONFIG: " ", ALTIMATE_CLI_CONFIG_CONTENT: "\n" } })
        assert.lengthOf(settings.files, 2)
      }))

    it.scoped("can name the project's own file, which is then the user's but keeps its position", () =>
      Effect.gen(function*() {
        const { load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, bedrock({ baseURL: "https://gw.example" }))
        const { baseURL, files } = yield* load({
          env: { ALTIMATE_CLI_CONFIG: projectFile },
          trust: TrustPolicy.layer
        })
        assert.strictEqual(text(baseURL), "https://gw.example")
        assert.deepStrictEqual(files.at(-1), { path: projectFile, scope: "ALTIMATE_CLI_CONFIG", found: true })
      }))
  })

  describe("ALTIMATE_CLI_CONFIG_DIR", () => {
    it.scoped("names a directory whose file is the user's own and needs no trust", () =>
      Effect.gen(function*() {
        const { load, project, write } = yield* makeFixture
        yield* write(
          `${project}/team/altimate-code.jsonc`,
          bedrock({ baseURL: "https://gw.example", tokenCommand: "x" })
        )
        const { baseURL, untrusted } = yield* load({
          env: { ALTIMATE_CLI_CONFIG_DIR: "team" },
          trust: TrustPolicy.layer
        })
        assert.strictEqual(text(baseURL), "https://gw.example")
        assert.deepStrictEqual(untrusted, [])
      }))

    it.scoped("can name an empty directory, but not a missing one, since the gateway's URL could be in it", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { failure, load, project, projectFile, write } = yield* makeFixture
        const env = { ALTIMATE_CLI_CONFIG_DIR: "team" }
        const missing = yield* failure({ env })
        assert.strictEqual(missing.message, `${project}/team cannot be read: there is no such directory`)
        assert.include(missing.hint, "ALTIMATE_CLI_CONFIG_DIR")
        yield* write(projectFile, {})
        assert.include(
          (yield* failure({ env: { ALTIMATE_CLI_CONFIG_DIR: projectFile } })).message,
          "it is not a directory"
        )
        yield* fs.makeDirectory(`${project}/team`)
        assert.deepStrictEqual((yield* load({ env })).files.at(-1), {
          path: `${project}/team/altimate-code.json`,
          scope: "ALTIMATE_CLI_CONFIG_DIR",
          found: false
        })
      }))
  })

  describe("ALTIMATE_CLI_DISABLE_PROJECT_CONFIG", () => {
    it.scoped("prevents all reading of the project's files, so that they need no trust and cause no errors", () =>
      Effect.gen(function*() {
        const { globalFile, load, project, projectFile, write } = yield* makeFixture
        yield* write(globalFile, { model: "mine" })
        yield* write(projectFile, "no JSON")
        yield* write(`${projectFile}c`, bedrock({ baseURL: "https://gw.example" }))
        yield* write(`${project}/.altimate-code/altimate-code.json`, { model: "theirs" })
        for (const on of ["1", "true", "TRUE", "yes"]) {
          const settings = yield* load({
            env: { ALTIMATE_CLI_DISABLE_PROJECT_CONFIG: on },
            trust: TrustPolicy.layer
          })
          assert.deepStrictEqual(settings.files.map(({ path }) => path), [globalFile])
          assert.strictEqual(text(settings.model), "mine")
          assert.deepStrictEqual(settings.untrusted, [])
          assert.deepStrictEqual(settings.readsProject, {
            value: false,
            origin: { _tag: "Environment", variable: "ALTIMATE_CLI_DISABLE_PROJECT_CONFIG" }
          })
        }
      }))

    it.scoped("has no effect if it is off, and is an error if it is neither on nor off", () =>
      Effect.gen(function*() {
        const { failure, load, projectFile, write } = yield* makeFixture
        yield* write(projectFile, { model: "theirs" })
        for (const off of ["0", "false", " "]) {
          const { model } = yield* load({ env: { ALTIMATE_CLI_DISABLE_PROJECT_CONFIG: off } })
          assert.strictEqual(text(model), "theirs")
        }
        const { hint, message, reason } = yield* failure({ env: { ALTIMATE_CLI_DISABLE_PROJECT_CONFIG: "canary" } })
        assert.strictEqual(reason, "Value")
        assert.strictEqual(message, "ALTIMATE_CLI_DISABLE_PROJECT_CONFIG: expected true or false")
        assert.notInclude(hint, "canary")
      }))
  })

  describe("ALTIMATE_CLI_YOLO", () => {
    it.scoped("has the effect of --yolo, which takes precedence", () =>
      Effect.gen(function*() {
        const { load } = yield* makeFixture
        assert.deepStrictEqual((yield* load()).yolo, { value: false, origin: { _tag: "Default" } })
        const origin = { _tag: "Environment", variable: "ALTIMATE_CLI_YOLO" } as const
        assert.deepStrictEqual((yield* load({ env: { ALTIMATE_CLI_YOLO: "true" } })).yolo, { value: true, origin })
        assert.deepStrictEqual((yield* load({ env: { ALTIMATE_CLI_YOLO: "0" } })).yolo, { value: false, origin })
        assert.deepStrictEqual((yield* load({ env: { ALTIMATE_CLI_YOLO: "0" }, yolo: true })).yolo, {
          value: true,
          origin: { _tag: "Flag", flag: "--yolo" }
        })
      }))
  })

  describe("the log", () => {
    it.scoped("names each file that is read in the guide's words, and missing files at DEBUG", () =>
      Effect.gen(function*() {
        const { globalFile, load, log, projectFile, write } = yield* makeFixture
        yield* write(globalFile, "{}")
        yield* load({ env: { ALTIMATE_CLI_CONFIG_CONTENT: "{}" } })
        assert.deepStrictEqual(log, [
          `DEBUG service=config loading config from ${globalFile}`,
          `DEBUG service=config no config at ${projectFile}`,
          "DEBUG service=config loading config from ALTIMATE_CLI_CONFIG_CONTENT"
        ])
      }))
  })

  describe("an error is raised for", () => {
    it.scoped("a directory in place of the file", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { failure, projectFile } = yield* makeFixture
        yield* fs.makeDirectory(projectFile)
        const error = yield* failure()
        assert.strictEqual(error.reason, "Read")
        assert.strictEqual(error.message, `${projectFile} cannot be read: it is a directory`)
      }))

    it.scoped("a file that the user may not read", () =>
      Effect.gen(function*() {
        const { failure, globalFile, write } = yield* makeFixture
        const fs = yield* FileSystem.FileSystem
        yield* write(globalFile, "{}")
        const error = yield* Effect.provideService(failure(), FileSystem.FileSystem, { ...fs, readFile: refuse })
        assert.strictEqual(error.reason, "Read")
        assert.strictEqual(error.message, `${globalFile} cannot be read: permission denied`)
      }))

    it.scoped("a dangling symbolic link", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { failure, project, projectFile } = yield* makeFixture
        yield* fs.symlink(`${project}/gone.json`, projectFile)
        const error = yield* failure()
        assert.strictEqual(error.reason, "Read")
        assert.strictEqual(error.message, `${projectFile} cannot be read: it is a dangling symbolic link`)
      }))

    it.scoped("a device, which may have no end", () =>
      Effect.gen(function*() {
        const { failure } = yield* makeFixture
        const error = yield* failure({ env: { ALTIMATE_CLI_CONFIG: "/dev/zero" } })
        assert.strictEqual(error.message, "/dev/zero cannot be read: it is a device")
      }))

    for (const place of ["home/.config/altimate-code", "home/work/project", "home/work/project/.altimate-code"]) {
      it.scoped(`a pipe, which may never end, in ${place}`, () =>
        Effect.gen(function*() {
          const fs = yield* FileSystem.FileSystem
          const { failure, root } = yield* makeFixture
          yield* fs.makeDirectory(`${root}/${place}`, { recursive: true })
          execFileSync("mkfifo", [`${root}/${place}/altimate-code.jsonc`])
          assert.match((yield* failure()).message, /altimate-code\.jsonc cannot be read: it is a pipe$/)
        }))
    }

    it.scoped("a text that is not UTF-8", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { failure, projectFile } = yield* makeFixture
        yield* fs.writeFile(projectFile, Buffer.from("{\"model\": \"café\"}", "latin1"))
        const error = yield* failure()
        assert.strictEqual(error.message, `${projectFile} cannot be read: it is not UTF-8 text`)
      }))

    it.scoped("no path below a file, since nothing can exist there", () =>
      Effect.gen(function*() {
        const { home, load, write } = yield* makeFixture
        yield* write(`${home}/.config`, "a file")
        assert.isFalse((yield* load()).files.some(({ found }) => found))
      }))
  })
})
