import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { png } from "../../../../../test/pictures.ts"
import { guideConfig, makeHome } from "../../BuiltCli.ts"
import { type Body, type Refusal, refusing } from "../models/refusing.ts"

const env = { AWS_BEARER_TOKEN_BEDROCK: "recovery-token-123" }
const sessionDirectory = ".local/share/altimate-code/session"

/** A home, and `run` in its one conversation. */
const setUp = (
  refuse: (body: Body, raw: string) => Refusal | undefined,
  { config = {}, model, script }: { readonly config?: object; readonly model?: string; readonly script?: Script } = {}
) =>
  Effect.gen(function*() {
    const { seen, url } = yield* refusing(refuse, script === undefined ? {} : { script })
    const home = yield* makeHome
    yield* home.writeGlobalConfig({ ...guideConfig(url), ...(model === undefined ? {} : { model }), ...config })
    let begun = false
    const ask = (prompt: string, ...args: ReadonlyArray<string>) =>
      Effect.suspend(() => {
        const rest = begun ? ["--continue"] : []
        begun = true
        return home.run(["run", "--yolo", ...rest, ...args, prompt], { env })
      })
    const lines = Effect.sync(() => {
      const [file] = readdirSync(join(home.home, sessionDirectory)).filter((name) => name.endsWith(".jsonl"))
      return readFileSync(join(home.home, sessionDirectory, file!), "utf8").trim().split("\n").map((line) =>
        JSON.parse(line) as { readonly type: string }
      )
    })
    const write = (name: string, content: string | Uint8Array) =>
      Effect.sync(() => writeFileSync(join(home.home, name), content))
    return { ask, home, lines, seen, write }
  })

const says = (text: string) => ({ blocks: [{ type: "text" as const, text }] })
const call = (name: string, input: Record<string, unknown>) => ({ blocks: [{ type: "toolUse" as const, name, input }] })
const notes = (stderr: string) => stderr.split("\n").filter((line) => line.startsWith("note: "))
const count = (lines: ReadonlyArray<{ readonly type: string }>, type: string) =>
  lines.filter((line) => line.type === type).length

/** About as a service counts: a quarter of the characters of what is said. */
const tokensOf = ({ messages }: Body) => Math.ceil(JSON.stringify(messages).length / 4)

layer(NodeContext.layer)("a conversation that is too long for the model", (it) => {
  for (
    const [name, model, says] of [
      ["says by how much", undefined, (size: number) => `prompt is too long: ${size} tokens > 12000 maximum`],
      ["does not say by how much", "amazon-bedrock/house-model", () => "Input is too long for requested model."]
    ] as const
  ) {
    it.scoped(`continues with a service that ${name}, also in later runs`, () =>
      Effect.gen(function*() {
        const { ask, lines, seen } = yield* setUp(
          (body) => tokensOf(body) > 12_000 ? { status: 400, message: says(tokensOf(body)) } : undefined,
          model === undefined ? {} : { model }
        )
        for (let turn = 0; turn < 7; turn++) {
          const { code, stderr } = yield* ask(`${turn} ${"what about this? ".repeat(800)}`)
          assert.strictEqual(code, 0, `turn ${turn}: ${stderr}`)
          assert.isAtMost(notes(stderr).length, 1)
        }
        const written = yield* lines
        assert.isAtMost(seen.refused, 2)
        assert.isAbove(count(written, "summary"), 0)
        assert.isBelow(count(written, "summary"), 4)
        assert.strictEqual(count(written, "assistant"), 7)
      }))
  }

  it.scoped(
    "fits again behind a gateway that limits the size of a request, including attachments",
    () =>
      Effect.gen(function*() {
        const { ask, home, seen, write } = yield* setUp((_, raw) =>
          raw.length > 1_000_000 ? { status: 413 } : undefined
        )
        for (const name of ["a", "b", "c", "d"]) {
          yield* write(`${name}.png`, png(300, 300, 200_000))
          const { code, stderr } = yield* ask("look", "--file", join(home.home, `${name}.png`))
          assert.strictEqual(code, 0, stderr)
        }
        assert.isAtMost(seen.refused, 1)
        yield* write("huge.png", png(300, 300, 2_000_000))
        const huge = yield* ask("and this?", "--file", join(home.home, "huge.png"))
        assert.strictEqual(huge.code, 1)
        assert.include(huge.stderr, "413")
        const after = yield* ask("never mind")
        assert.strictEqual(after.code, 0, after.stderr)
      })
  )
})

layer(NodeContext.layer)("a part that the service refuses", (it) => {
  const imagesIn = (body: Body) =>
    body.messages.flatMap(({ content }, m) =>
      content.flatMap((block, c) => {
        const inner = block.toolResult?.content ?? [block]
        return inner.flatMap(({ image }) =>
          image === undefined ? [] : [{ path: `messages.${m}.content.${c}`, bytes: image.source.bytes }]
        )
      })
    )
  const marked = png(40, 40).toString("base64")

  for (
    const [name, words] of [
      ["by its place", (path: string) => `${path}.image.source.base64.data: Could not process image`],
      ["by its kind", () => "The model returned the following errors: Could not process image"]
    ] as const
  ) {
    it.scoped(`(${name}) is left out in this turn and in later runs; the others stay`, () =>
      Effect.gen(function*() {
        const { ask, lines, seen, write } = yield* setUp((body) => {
          const found = imagesIn(body).find(({ bytes }) => bytes === marked)
          return found === undefined ? undefined : { status: 400, message: words(found.path) }
        }, {
          script: [
            call("read", { path: "good.png" }),
            call("read", { path: "odd.png" }),
            says("Seen."),
            says("Still fine.")
          ]
        })
        yield* write("good.png", png(20, 20))
        yield* write("odd.png", png(40, 40))
        const first = yield* ask("look at both")
        assert.strictEqual(first.code, 0, first.stderr)
        assert.strictEqual(first.stdout, "Seen.\n")
        assert.match(notes(first.stderr).join(), /refused the image "odd.png" \(.*Could not process image\)/)
        const next = yield* ask("and now?")
        assert.strictEqual(next.code, 0, next.stderr)
        assert.strictEqual(seen.refused, 1)
        assert.lengthOf(imagesIn(seen.bodies.at(-1)!), 1)
        assert.include(JSON.stringify(seen.bodies.at(-1)), "The image \\\"odd.png\\\" was left out")
        assert.deepStrictEqual([count(yield* lines, "left-out"), count(yield* lines, "notice")], [1, 1])
      }))
  }

  for (
    const [name, refusal, words] of [
      [
        "that it does not name",
        { status: 400, message: "Malformed input request, please reformat your input and try again." },
        "Malformed input request"
      ],
      ["that a firewall refuses with a page", { status: 403, page: "<h1>Request Rejected</h1>" }, "Request Rejected"]
    ] as const
  ) {
    it.scoped(`(${name}) only ends the turn`, () =>
      Effect.gen(function*() {
        const { ask, seen, write } = yield* setUp(
          (_, raw) => raw.includes("POISON") ? refusal : undefined,
          { script: [call("read", { path: "odd.txt" }), says("Fine."), says("Still fine.")] }
        )
        yield* write("odd.txt", "POISON\n")
        const first = yield* ask("read it")
        assert.strictEqual(first.code, 1)
        assert.include(first.stderr, words)
        for (const text of ["Fine.\n", "Still fine.\n"]) {
          const next = yield* ask("and now?")
          assert.strictEqual(next.code, 0, next.stderr)
          assert.strictEqual(next.stdout, text)
        }
        assert.strictEqual(seen.refused, 2)
        assert.include(JSON.stringify(seen.bodies.at(-1)), "read it")
      }))
  }

  it.scoped("is reported with its server and left out for the session if it is a tool", () =>
    Effect.gen(function*() {
      const server = fileURLToPath(new URL("../../../../../test/mcp/oddMcpServer.mjs", import.meta.url))
      const tools = ["find", "open"].map((name) => ({ name, inputSchema: { type: "object", properties: {} } }))
      const { ask, seen } = yield* setUp((body) => {
        const index = body.toolConfig?.tools.findIndex(({ toolSpec }) => toolSpec?.name === "crm_open") ?? -1
        return index === -1
          ? undefined
          : { status: 400, message: `tools.${index}.custom.input_schema: JSON schema is invalid` }
      }, {
        config: {
          mcp: {
            crm: { type: "local", command: [process.execPath, server], environment: { TOOLS: JSON.stringify(tools) } }
          }
        }
      })
      for (const times of [1, 2]) {
        const { code, stderr } = yield* ask("hi")
        assert.strictEqual(code, 0, stderr)
        if (times === 1) assert.include(stderr, "refused the tool \"open\" of the MCP server \"crm\"")
      }
      assert.strictEqual(seen.refused, 1)
      assert.include(JSON.stringify(seen.bodies.at(-1)!.toolConfig), "crm_find")
    }))
})

layer(NodeContext.layer)("an empty answer", (it) => {
  const nothing = (stopReason?: string) => ({
    blocks: [],
    ...(stopReason === undefined ? {} : { stopReason }),
    usage: { inputTokens: 0, outputTokens: 0 }
  })
  const never = () => undefined

  it.scoped("is retried once and is then an error", () =>
    Effect.gen(function*() {
      const once = yield* setUp(never, { script: [nothing(), says("Hello.")] })
      const good = yield* once.ask("hi")
      assert.deepStrictEqual([good.code, good.stdout], [0, "Hello.\n"])
      assert.match(good.stderr, /^note: The model's answer was empty/)

      const always = yield* setUp(never, { script: [nothing(), nothing(), says("Fine again.")] })
      const bad = yield* always.ask("hi", "--format", "json")
      assert.strictEqual(bad.code, 1)
      assert.match(bad.stderr, /^error: The model's answer is empty\./m)
      const last = JSON.parse(bad.stdout.trim().split("\n").at(-1)!)
      assert.deepInclude(last, { type: "error", reason: "Answer", stopReason: "end_turn" })
      assert.strictEqual((yield* always.ask("and now?")).stdout, "Fine again.\n")
    }))

  it.scoped("ends the turn after tools, with a notice", () =>
    Effect.gen(function*() {
      const { ask, seen } = yield* setUp(never, { script: [call("bash", { command: "true" }), nothing()] })
      const { code, stderr } = yield* ask("do it")
      assert.strictEqual(code, 0, stderr)
      assert.match(stderr, /note: The model ended the turn without a closing message/)
      assert.strictEqual(seen.bodies.length, 2)
    }))

  for (
    const [stopReason, words] of [
      ["refusal", "refused to answer"],
      ["guardrail_intervened", "guardrail stopped"],
      ["content_filtered", "content filter stopped"],
      ["malformed_model_output", "malformed"],
      ["malformed_tool_use", "malformed"],
      ["model_context_window_exceeded", "context window is full"],
      ["max_tokens", "token limit"],
      ["something_new", "without an answer"]
    ] as const
  ) {
    it.scoped(`is an error with its stop reason: ${stopReason}`, () =>
      Effect.gen(function*() {
        const { ask, seen } = yield* setUp(never, { script: [nothing(stopReason)] })
        const { code, stderr, stdout } = yield* ask("hi")
        assert.deepStrictEqual([code, stdout], [1, ""])
        assert.match(stderr, new RegExp(`^error: .*${words}.*\\(${stopReason}\\)`))
        assert.strictEqual(seen.bodies.length, 1)
      }))
  }

  it.scoped("is an error if a filter stopped it, even after some text; text before the token limit counts as an answer", () =>
    Effect.gen(function*() {
      const filtered = yield* setUp(never, { script: [{ ...says("Once upon"), stopReason: "guardrail_intervened" }] })
      const stopped = yield* filtered.ask("hi")
      assert.deepStrictEqual([stopped.code, stopped.stdout], [1, "Once upon\n"])
      const cut = yield* setUp(never, { script: [{ ...says("Once upon"), stopReason: "something_new" }] })
      const short = yield* cut.ask("hi")
      assert.deepStrictEqual([short.code, short.stdout], [0, "Once upon\n"])
      assert.include(short.stderr, "something_new")
    }))
})

layer(NodeContext.layer)("calls of one answer", (it) => {
  it.scoped("all run, except a call of a tool that does not exist", () =>
    Effect.gen(function*() {
      const bash = (command: string) => call("bash", { command }).blocks[0]!
      const { ask, seen } = yield* setUp(() => undefined, {
        script: [
          {
            blocks: [
              bash("echo one >> ran.txt"),
              call("fly", { to: "the moon" }).blocks[0]!,
              bash("echo two >> ran.txt")
            ]
          },
          says("Done.")
        ]
      })
      const { code, stderr } = yield* ask("go")
      assert.strictEqual(code, 0, stderr)
      const results = seen.bodies[1]!.messages.at(-1)!.content.flatMap(({ toolResult }) => toolResult ?? [])
      assert.deepStrictEqual(results.map(({ status }) => status), [undefined, "error", undefined])
      assert.strictEqual(results[1]?.content[0]?.text, "There is no tool \"fly\".")
    }))
})

layer(NodeContext.layer)("a session with a line that can't be read", (it) => {
  it.scoped("is opened without that line, which is reported", () =>
    Effect.gen(function*() {
      const { ask, home, seen } = yield* setUp(() => undefined)
      yield* ask("one")
      yield* ask("two")
      const [name] = readdirSync(join(home.home, sessionDirectory)).filter((name) => name.endsWith(".jsonl"))
      const file = join(home.home, sessionDirectory, name!)
      const broken = readFileSync(file, "utf8").split("\n").map((line, index) => index === 2 ? line.slice(0, 20) : line)
        .join("\n")
      writeFileSync(file, broken)
      const { code, stderr } = yield* ask("three")
      assert.strictEqual(code, 0, stderr)
      assert.include(stderr, `${file}:3`)
      assert.isTrue(readFileSync(file, "utf8").startsWith(broken))
      assert.include(JSON.stringify(seen.bodies.at(-1)), "two")
      const exported = yield* home.run(["session", "export", name!.slice(0, -".jsonl".length), "--format", "json"])
      assert.strictEqual(exported.code, 0, exported.stderr)
      assert.isArray(JSON.parse(exported.stdout))
      assert.include(exported.stderr, `${file}:3`)
    }))
})
