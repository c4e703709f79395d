import { Directories } from "@altimate-code/config/Directories"
import * as Settings from "@altimate-code/config/Settings"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { createServer } from "node:http"
import type { Socket } from "node:net"
import { join } from "node:path"
import { listening } from "../../../../test/Listening.ts"
import { Stdio } from "../../src/command-line/Stdio.ts"
import * as SelectedModel from "../../src/commands/screen/selectedModel.ts"
import * as TokenCommands from "../../src/model/tokenCommands.ts"
import { policies } from "../../src/Services.ts"
import { guideConfig, makeHome } from "../BuiltCli.ts"

const answer = JSON.stringify({
  output: { message: { role: "assistant", content: [{ text: "Hello." }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  metrics: { latencyMs: 1 }
})

/** A gateway that never closes an idle connection itself. */
const gateway = Effect.gen(function*() {
  const connections: Array<Socket> = []
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    // With this header, Node does not add `Keep-Alive: timeout`, which would make the client close the connection earlier.
    const headers = { "content-type": "application/json", connection: "keep-alive" }
    request.resume().on("end", () => response.writeHead(200, headers).end(answer))
  }).on("connection", (socket) => connections.push(socket))
  return { connections, url: `http://127.0.0.1:${yield* listening(server)}` }
})

const unused = Effect.dieMessage("the streams of the process are not used here")

const stdio = Layer.succeed(Stdio, {
  write: () => unused,
  writeError: () => unused,
  readPiped: () => unused,
  isInteractive: true,
  readLine: Option.none(),
  confirm: Option.none(),
  isTerminal: true,
  isErrorTerminal: true,
  colors: false
})

const environment = ConfigProvider.fromMap(new Map([["AWS_BEARER_TOKEN_BEDROCK", "selected-model-token"]]))

const makeSelected = (url: string) =>
  Effect.gen(function*() {
    const { home, writeGlobalConfig } = yield* makeHome
    yield* writeGlobalConfig(guideConfig(url, { streaming: "off" }))
    const directories = Layer.succeed(Directories, {
      home,
      config: join(home, ".config/altimate-code"),
      data: join(home, ".local/share/altimate-code"),
      cache: join(home, ".cache/altimate-code"),
      cwd: home
    })
    const services = yield* Layer.build(
      Settings.layer().pipe(
        Layer.provideMerge(Layer.mergeAll(policies, directories, stdio, Secrets.layer, NodeContext.layer))
      )
    )
    return yield* SelectedModel.make({
      overrides: {},
      effort: Option.none(),
      maxTokens: Option.none(),
      tokenCommand: TokenCommands.disabled,
      isListed: () => false,
      notify: () => Effect.void
    }).pipe(Effect.provide(services))
  })

const ask = ({ active }: Effect.Effect.Success<Effect.Effect.Success<ReturnType<typeof makeSelected>>["get"]>) =>
  Effect.map(active.languageModel.generateText({ prompt: "Hi" }), ({ text }) => assert.strictEqual(text, "Hello."))

describe("the selected model", () => {
  it.scopedLive("uses one connection, which is closed when another model is selected", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* gateway
      const model = yield* makeSelected(url)
      yield* ask(yield* model.get)
      yield* ask(yield* model.get)
      assert.lengthOf(connections, 1)
      const closed = new Promise((resolve) => connections[0]!.once("close", resolve))
      yield* model.select("amazon.nova-pro-v1:0")
      // An open client closes idle connections only after 30 seconds.
      yield* Effect.timeout(Effect.promise(() => closed), "1 minute")
      yield* ask(yield* model.get)
      assert.strictEqual((yield* model.get).active.configured, "amazon.nova-pro-v1:0")
      assert.lengthOf(connections, 2)
    }).pipe(Effect.withConfigProvider(environment), Effect.provide(NodeContext.layer)))

  it.scopedLive("stays selected, with its connection, when another model cannot be opened", () =>
    Effect.gen(function*() {
      const { connections, url } = yield* gateway
      const model = yield* makeSelected(url)
      yield* ask(yield* model.get)
      const { message } = yield* Effect.flip(model.select("claude\u200b"))
      assert.include(message, "the model has a zero-width space")
      yield* ask(yield* model.get)
      assert.lengthOf(connections, 1)
      assert.isFalse(connections[0]!.destroyed)
    }).pipe(Effect.withConfigProvider(environment), Effect.provide(NodeContext.layer)))
})
