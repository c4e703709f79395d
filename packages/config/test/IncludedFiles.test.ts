import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { spawnSync } from "node:child_process"
import * as TrustedFiles from "../src/trust/TrustedFiles.ts"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"
import { bedrock, makeFixture } from "./fixture.ts"

/** A project file that the user trusts in its current version. */
const makeTrusted = (content: unknown, files: Record<string, string> = {}) =>
  Effect.gen(function*() {
    const fixture = yield* makeFixture
    const fs = yield* FileSystem.FileSystem
    const trust = TrustPolicy.layer
    const at = (file: string) =>
      file.startsWith("~/") ? `${fixture.home}/${file.slice(2)}` : `${fixture.project}/${file}`
    const write = (file: string, text: string) => fixture.write(at(file), text)
    yield* Effect.forEach(Object.entries(files), ([file, text]) => write(file, text))
    yield* fixture.write(fixture.projectFile, content)
    const load = (cwd = fixture.project) => fixture.load({ trust, cwd })
    const trustIt = Effect.gen(function*() {
      const { untrusted } = yield* load()
      assert.lengthOf(untrusted, 1)
      yield* Effect.provide(TrustedFiles.add(untrusted), fixture.services({ trust }))
    })
    yield* trustIt
    const isTrusted = (cwd?: string) => Effect.map(load(cwd), ({ untrusted }) => untrusted.length === 0)
    assert.isTrue(yield* isTrusted())
    return { ...fixture, fs, at, write, load, trustIt, isTrusted }
  })

layer(NodeContext.layer)("The included files of a trusted project file", (it) => {
  const named: Record<string, unknown> = {
    "an endpoint by {file:}": bedrock({ baseURL: "https://{file:in/it}" }),
    "a header by {file:}": bedrock({ headers: { "x-team": "a {file: in/it }" } }),
    "a command by {file:}": bedrock({ tokenCommand: ["cat", "{file:in/it}"] }),
    "a server's environment by {file:}": {
      mcp: { s: { type: "local", command: ["x"], environment: { A: "{file:in/it}" } } }
    },
    "a model's ID by {file:}": { provider: { "amazon-bedrock": { models: { m: { id: "{file:./in/it}" } } } } },
    "a certificate authority": bedrock({ caFile: "in/it" }),
    "a certificate": bedrock({ clientCert: "./in/it" }),
    "a key": bedrock({ clientKey: "in/../in/it" }),
    "a command's script": bedrock({ tokenCommand: "in/it --now" }),
    "a script after an interpreter": bedrock({ tokenCommand: ["sh", "./in/it"] }),
    "a server's script": { mcp: { s: { type: "local", command: ["node", "in/it"] } } },
    "a script by $PWD": bedrock({ tokenCommand: "sh $PWD/in/it" }),
    "a script by ${HOME}": bedrock({ tokenCommand: ["sh", "-c", "exec \"${HOME}/work/project/in/run.sh\""] }),
    "a script by ~": bedrock({ tokenCommand: "sh ~/work/project/in/run.sh" }),
    "a script after cd": bedrock({ tokenCommand: "cd in && ./run.sh" }),
    "a script that a file names": bedrock({ tokenCommand: "{file:which}" }),
    "a script in quotes": bedrock({ tokenCommand: "env A=1 sh -c 'exec \"./in/run.sh\" x'" })
  }
  for (const [name, content] of Object.entries(named)) {
    it.scoped(`include ${name}`, () =>
      Effect.gen(function*() {
        const files = { "in/it": "one", "in/run.sh": "one", which: "sh in/run.sh" }
        const { fs, at, isTrusted, trustIt, write } = yield* makeTrusted(content, files)
        for (const file of ["in/it", "in/run.sh"]) yield* write(file, "two")
        assert.isFalse(yield* isTrusted())
        yield* trustIt
        assert.isTrue(yield* isTrusted())
        for (const file of ["in/it", "in/run.sh"]) yield* fs.remove(at(file))
        assert.isFalse(yield* isTrusted())
        for (const file of ["in/it", "in/run.sh"]) yield* write(file, "two")
        assert.isTrue(yield* isTrusted())
      }))
  }

  it.scoped("are listed with the withheld changes", () =>
    Effect.gen(function*() {
      const { load, project, write } = yield* makeTrusted(bedrock({ baseURL: "https://{file:gw.txt}" }), {
        "gw.txt": "a"
      })
      yield* write("gw.txt", "b")
      const { untrusted } = yield* load()
      assert.deepStrictEqual(untrusted[0]!.includes, [`${project}/gw.txt`])
    }))

  it.scoped("are determined by the targets of links, and by how they are named", () =>
    Effect.gen(function*() {
      const { at, fs, home, isTrusted, trustIt, write } = yield* makeTrusted(
        {
          ...bedrock({ baseURL: "https://{file:link}", caFile: "{file:which}", clientCert: "~/alias" }),
          mcp: { s: { type: "remote", url: "{file:../beside}" } }
        },
        {
          "~/elsewhere": "one",
          which: "ca.pem",
          "ca.pem": "one",
          "cert.pem": "one",
          "~/work/beside": "one",
          link: "one"
        }
      )
      yield* fs.remove(at("link"))
      yield* fs.symlink(`${home}/elsewhere`, at("link"))
      yield* fs.symlink(at("cert.pem"), `${home}/alias`)
      yield* trustIt
      // The link leads out of the project, a file names ca.pem, the user's own link leads in, and ../ does not name a file of the user.
      for (const file of ["~/elsewhere", "ca.pem", "cert.pem", "~/work/beside"]) {
        yield* write(file, "two")
        assert.isFalse(yield* isTrusted(), file)
        yield* write(file, "one")
        assert.isTrue(yield* isTrusted(), file)
      }
      yield* fs.remove(at("link"))
      yield* fs.symlink(at("ca.pem"), at("link"))
      assert.isTrue(yield* isTrusted(), "another link to the same text")
      yield* fs.remove(at("link"))
      yield* fs.symlink(at("which"), at("link"))
      assert.isFalse(yield* isTrusted())
    }))

  it.scoped("exclude the user's own files and files that a command only reads", () =>
    Effect.gen(function*() {
      const { isTrusted, load, write } = yield* makeTrusted(
        {
          ...bedrock({ headers: { "x-api-key": "{file:~/.key}" }, tokenCommand: ["cat", "~/.token", "/etc/hostname"] }),
          mcp: { s: { type: "local", command: ["npx", "-y", "db-server", "data.db", "--log", "out.log"] } }
        },
        { "~/.key": "first-api-key", "~/.token": "one", "data.db": "one", "out.log": "one" }
      )
      for (const file of ["~/.key", "~/.token", "data.db", "out.log"]) yield* write(file, "second-api-key")
      assert.isTrue(yield* isTrusted())
      const { gateway } = yield* load()
      assert.strictEqual(Redacted.value(gateway.headers["x-api-key"]!.value), "second-api-key")
    }))

  it.scoped("are the same in every directory of the project, unless another script would run there", () =>
    Effect.gen(function*() {
      const { fs, isTrusted, project, write } = yield* makeTrusted(
        { ...bedrock({ baseURL: "https://{file:gw.txt}", tokenCommand: "scripts/token.sh" }) },
        { "gw.txt": "a", "scripts/token.sh": "one" }
      )
      yield* fs.makeDirectory(`${project}/inner`)
      assert.isTrue(yield* isTrusted(`${project}/inner`))
      yield* write("inner/scripts/token.sh", "another one")
      assert.isFalse(yield* isTrusted(`${project}/inner`))
      assert.isTrue(yield* isTrusted())
    }))

  it.scoped("are used as they were when they were hashed", () =>
    Effect.gen(function*() {
      const { load, write } = yield* makeTrusted(
        bedrock({ caFile: "ca.pem", clientCert: "c.pem", clientKey: "k.pem" }),
        { "ca.pem": "the authority", "c.pem": "the certificate", "k.pem": "the key" }
      )
      const { gateway } = yield* load()
      for (const file of ["ca.pem", "c.pem", "k.pem"]) yield* write(file, "evil")
      const content = (setting: typeof gateway.caFile) =>
        Option.map(setting, ({ content }) => content === undefined ? undefined : Redacted.value(content))
      assert.deepStrictEqual(
        [gateway.caFile, gateway.clientCert, gateway.clientKey].map(content),
        [Option.some("the authority"), Option.some("the certificate"), Option.some("the key")]
      )
    }))

  it.scoped("are refused without waiting if they are pipes, directories, devices or too large", () =>
    Effect.gen(function*() {
      const { at, failure, fs, isTrusted, trustIt } = yield* makeTrusted(
        bedrock({ baseURL: "https://{file:it}" }),
        { it: "gw.example" }
      )
      const kinds = {
        pipe: Effect.sync(() => spawnSync("mkfifo", [at("it")])),
        directory: fs.makeDirectory(at("it")),
        device: fs.symlink("/dev/zero", at("it")),
        huge: fs.writeFileString(at("it"), "x".repeat(17 * 1024 * 1024))
      }
      for (const [kind, make] of Object.entries(kinds)) {
        yield* fs.remove(at("it"), { recursive: true })
        yield* make
        assert.isFalse(yield* isTrusted(), kind)
      }
      yield* trustIt
      const error = yield* failure({ trust: TrustPolicy.layer })
      assert.match(error.message, /\{file:it\}: .* cannot be read: it is larger than 16 MiB/)
    }))

  it.scoped("do not change the hash of a file without any, so that it stays trusted", () =>
    Effect.gen(function*() {
      const { fs, home, load, projectFile } = yield* makeTrusted(bedrock({ baseURL: "https://theirs.example" }))
      const text = yield* fs.readFileString(projectFile)
      const { trusted } = JSON.parse(yield* fs.readFileString(`${home}/.local/share/altimate-code/trust.json`))
      const { stdout } = spawnSync("sha256sum", { input: text, encoding: "utf8" })
      assert.strictEqual(trusted[projectFile], stdout.slice(0, 64))
      assert.isTrue(Option.isSome((yield* load()).baseURL))
    }))
})
