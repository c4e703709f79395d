import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TrustPolicy from "../src/trust/TrustPolicy.ts"
import { bedrock, makeFixture } from "./fixture.ts"

const baseURL = "provider.amazon-bedrock.options.baseURL"

layer(NodeContext.layer)("A placeholder in braces", (it) => {
  it.scoped("{env:NAME} is replaced by the variable's value, anywhere and repeatedly in the text", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(projectFile, {
        model: "amazon-bedrock/{env:MODEL}",
        ...bedrock({ baseURL: "https://{env:HOST}/{env:HOST}/x", region: "{env:REGION}", profile: "{ENV:x}" })
      })
      const settings = yield* load({ env: { MODEL: "a$&b", HOST: "gw.example", REGION: "eu-west-1" } })
      assert.strictEqual(Option.getOrThrow(settings.model).value, "amazon-bedrock/a$&b")
      assert.strictEqual(Option.getOrThrow(settings.baseURL).value, "https://gw.example/gw.example/x")
      assert.strictEqual(settings.region.value, "eu-west-1")
      assert.strictEqual(Option.getOrThrow(settings.profile).value, "{ENV:x}")
      assert.deepStrictEqual(settings.leaves.map(({ key, value }) => [key, value]), [
        ["model", "amazon-bedrock/{env:MODEL}"],
        [baseURL, "https://{env:HOST}/{env:HOST}/x"],
        ["provider.amazon-bedrock.options.region", "{env:REGION}"],
        ["provider.amazon-bedrock.options.profile", "{ENV:x}"]
      ])
    }))

  it.scoped("{file:path} is replaced by the file's text without its last newline, relative to the configuration file", () =>
    Effect.gen(function*() {
      const { globalFile, home, load, write } = yield* makeFixture
      yield* write(`${home}/.config/altimate-code/secrets/url`, "https://gw.example/from-file\r\n")
      yield* write(`${home}/profile`, "from home\n")
      yield* write(`${home}/region`, "eu-west-3")
      yield* write(
        globalFile,
        bedrock({
          baseURL: "{file:secrets/url}",
          profile: "{file:~/profile}",
          region: `{file:${home}/region}`
        })
      )
      const settings = yield* load()
      assert.strictEqual(Option.getOrThrow(settings.baseURL).value, "https://gw.example/from-file")
      assert.strictEqual(Option.getOrThrow(settings.profile).value, "from home")
      assert.strictEqual(settings.region.value, "eu-west-3")
    }))

  it.scoped("{file:path} in ALTIMATE_CLI_CONFIG_CONTENT is relative to the working directory", () =>
    Effect.gen(function*() {
      const { load, project, write } = yield* makeFixture
      yield* write(`${project}/model.txt`, "m")
      const settings = yield* load({ env: { ALTIMATE_CLI_CONFIG_CONTENT: "{\"model\": \"{file:model.txt}\"}" } })
      assert.strictEqual(Option.getOrThrow(settings.model).value, "m")
    }))

  it.scoped("inserted text is not expanded again", () =>
    Effect.gen(function*() {
      const { load, project, projectFile, write } = yield* makeFixture
      yield* write(`${project}/model.txt`, "{env:SECRET}")
      yield* write(projectFile, { model: "{file:model.txt}{env:OPEN}env:SECRET}" })
      const settings = yield* load({ env: { SECRET: "s", OPEN: "{" } })
      assert.strictEqual(Option.getOrThrow(settings.model).value, "{env:SECRET}{env:SECRET}")
    }))

  it.scoped("an unset variable is an error, even if the setting is overridden", () =>
    Effect.gen(function*() {
      const { failure, globalFile, projectFile, write } = yield* makeFixture
      yield* write(globalFile, bedrock({ baseURL: "https://{env:GATEWAY}/x" }))
      yield* write(projectFile, bedrock({ baseURL: "https://gw.example" }))
      const error = yield* failure()
      assert.strictEqual(error.reason, "Substitution")
      assert.strictEqual(error.message, `${globalFile}:5:9: {env:GATEWAY}: the environment variable is not set`)
      assert.deepStrictEqual([error.path, error.line, error.column], [globalFile, 5, 9])
      assert.include(error.hint, "GATEWAY")
    }))

  it.scoped("properties that Node's environment inherits from Object are not variables", () =>
    Effect.gen(function*() {
      const { failure, projectFile, write } = yield* makeFixture
      for (const name of ["constructor", "__proto__", "toString", ""]) {
        yield* write(projectFile, { model: `{env:${name}}` })
        const error = yield* failure({ env: ConfigProvider.fromEnv() })
        assert.include(error.message, `{env:${name}}: the environment variable is not set`)
      }
    }))

  it.scoped("a file that cannot be read is an error that names the position, the file and the reason", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { failure, project, projectFile, write } = yield* makeFixture
      yield* write(projectFile, { model: "{file:gone.txt}" })
      const gone = yield* failure()
      assert.strictEqual(gone.reason, "Substitution")
      assert.strictEqual(
        gone.message,
        `${projectFile}:2:3: {file:gone.txt}: ${project}/gone.txt cannot be read: there is no such file`
      )
      yield* fs.makeDirectory(`${project}/gone.txt`)
      assert.include((yield* failure()).message, "cannot be read: it is a directory")
      yield* write(projectFile, { model: "{file:/dev/zero}" })
      assert.include((yield* failure()).message, "cannot be read: it is a device")
    }))

  it.scoped("an error never shows the text of a file", () =>
    Effect.gen(function*() {
      const { failure, log, project, projectFile, write } = yield* makeFixture
      yield* write(`${project}/url.txt`, "canary-from-file")
      yield* write(projectFile, bedrock({ baseURL: "{file:url.txt}{env:URL}", profile: "canary-written" }))
      const error = yield* failure({ env: { URL: "canary-from-env" } })
      assert.strictEqual(error.reason, "Value")
      assert.notInclude(JSON.stringify([error, log]), "canary")
    }))

  it.scoped("a setting that becomes blank is treated as not set, with a warning, so the earlier file applies", () =>
    Effect.gen(function*() {
      const { globalFile, load, log, projectFile, write } = yield* makeFixture
      yield* write(globalFile, { model: "global" })
      yield* write(projectFile, { model: "{env:EMPTY} ", ...bedrock({ profile: " ", baseURL: "" }) })
      const settings = yield* load({ env: { EMPTY: "" } })
      assert.strictEqual(Option.getOrThrow(settings.model).value, "global")
      assert.isTrue(Option.isNone(settings.profile))
      assert.isTrue(Option.isNone(settings.baseURL))
      assert.deepStrictEqual(settings.leaves.map(({ key, value }) => [key, value]), [["model", "global"]])
      const where = "(~/work/project/altimate-code.json"
      const warnings = [
        `model is blank after its placeholders were replaced ${where}:2:3). It is treated as not set.`,
        `provider.amazon-bedrock.options.baseURL is blank ${where}:7:9). It is treated as not set.`,
        `provider.amazon-bedrock.options.profile is blank ${where}:6:9). It is treated as not set.`
      ]
      assert.deepStrictEqual(settings.warnings, warnings)
      for (const warning of warnings) assert.include(log, `DEBUG service=config ${warning}`)
    }))

  it.scoped("nothing is replaced in unknown settings", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(projectFile, {
        $schema: "{env:NOT_SET}",
        theme: "{env:NOT_SET}",
        provider: { other: { options: { baseURL: "{file:gone}" } } }
      })
      const { leaves } = yield* load()
      assert.deepStrictEqual(leaves.map(({ value }) => value), ["{env:NOT_SET}", "{env:NOT_SET}", "{file:gone}"])
    }))
})

layer(NodeContext.layer)("A placeholder with a dollar sign", (it) => {
  const filled = (value: string, env: Record<string, string> = {}) =>
    Effect.gen(function*() {
      const { load, globalFile, write } = yield* makeFixture
      yield* write(globalFile, bedrock({ profile: value }))
      return Option.getOrUndefined(Option.map((yield* load({ env })).profile, ({ value }) => value))
    })

  it.scoped("${NAME} is replaced by the variable's value, or by the default if the variable is unset or empty", () =>
    Effect.gen(function*() {
      const env = { A: "a", EMPTY: "", B: "b" }
      assert.strictEqual(yield* filled("x-${A}-${A}-${env:A}", env), "x-a-a-a")
      assert.strictEqual(yield* filled("${A:-no}${EMPTY:-yes}${UNSET:-yes}", env), "ayesyes")
      assert.strictEqual(yield* filled("${UNSET:-https://h:80/{x}/?a=-b}", env), "https://h:80/{x}/?a=-b")
      assert.strictEqual(yield* filled("x${UNSET:-}", env), "x")
      assert.strictEqual(yield* filled("${UNSET:-${B}}${UNSET:-{env:A}}${UNSET:-${EMPTY:-c}}", env), "bac")
    }))

  it.scoped("inserted text is not expanded again", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* filled("${A}", { A: "${B}{env:B}", B: "b" }), "${B}{env:B}")
    }))

  it.scoped("everything else that begins with a dollar sign is text, and $${NAME} is the text ${NAME}", () =>
    Effect.gen(function*() {
      const texts = [
        "$5",
        "$$",
        "$A",
        "a$",
        "${",
        "${}",
        "${1}",
        "${A",
        "${A%.*}",
        "${#A}",
        "${A:=b}",
        "^a{1,2}$",
        "$(A)"
      ]
      for (const text of texts) assert.strictEqual(yield* filled(text, { A: "a" }), text)
      assert.strictEqual(yield* filled("$${A}${A}", { A: "a" }), "${A}a")
    }))

  it.scoped("an unset variable without a default is an error, as with {env:NAME}", () =>
    Effect.gen(function*() {
      const { failure, globalFile, write } = yield* makeFixture
      yield* write(globalFile, bedrock({ baseURL: "https://${GATEWAY}/x" }))
      const { message, reason } = yield* failure()
      assert.strictEqual(reason, "Substitution")
      assert.strictEqual(message, `${globalFile}:5:9: \${GATEWAY}: the environment variable is not set`)
    }))

  it.scoped("needs trust in a project's file, like {env:NAME}, unless it is escaped", () =>
    Effect.gen(function*() {
      const { load, projectFile, write } = yield* makeFixture
      yield* write(projectFile, { model: "$${SECRET}", ...bedrock({ profile: "${SECRET:-x}" }) })
      const { model, profile, untrusted } = yield* load({ env: { SECRET: "s" }, trust: TrustPolicy.layer })
      assert.isTrue(Option.isNone(profile))
      assert.strictEqual(Option.getOrThrow(model).value, "${SECRET}")
      assert.deepStrictEqual(untrusted.flatMap(({ changes }) => changes.map(({ why }) => why)), [
        "reads your environment variables or your files"
      ])
    }))

  it.scoped("is not replaced in a program for a shell or another interpreter", () =>
    Effect.gen(function*() {
      const { globalFile, load, write } = yield* makeFixture
      const program = "for f in *; do echo ${f} ${A}; done"
      yield* write(globalFile, {
        ...bedrock({ tokenCommand: "get-token ${A} ${UNSET}" }),
        mcp: {
          shell: { command: ["/bin/bash", "--norc", "-lc", program] },
          node: { command: ["node", "-e", "console.log(`${UNSET}`)"] },
          docker: { command: ["docker", "run", "-e", "A=${A}", "image", "sh", "-c", program] },
          script: { command: ["python3", "server.py", "-c", "${A}"] },
          unset: { command: ["x", "${UNSET}"] }
        }
      })
      const { gateway, mcp, warnings } = yield* load({ env: { A: "a" } })
      assert.strictEqual(Option.getOrThrow(gateway.tokenCommand).value, "get-token ${A} ${UNSET}")
      assert.deepStrictEqual(
        Object.values(mcp).map((server) => server.type === "local" ? server.command : []),
        [
          ["/bin/bash", "--norc", "-lc", program],
          ["node", "-e", "console.log(`${UNSET}`)"],
          ["docker", "run", "-e", "A=a", "image", "sh", "-c", program],
          ["python3", "server.py", "-c", "a"]
        ]
      )
      assert.match(
        warnings.join("\n"),
        /^mcp\.unset is not used \(\S+\): \$\{UNSET\}: the environment variable is not set\.$/
      )
    }))
})
