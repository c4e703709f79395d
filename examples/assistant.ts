/** Answers a question about the files in the working directory. It can read and search them, but not change them or run commands. */
import * as Approver from "@altimate-code/agent/permission/Approver"
import * as PermissionPolicy from "@altimate-code/agent/permission/PermissionPolicy"
import * as PermissionRules from "@altimate-code/agent/permission/PermissionRules"
import * as SessionStore from "@altimate-code/agent/session/SessionStore"
import * as Tools from "@altimate-code/agent/tools/Tools"
import * as Turn from "@altimate-code/agent/turn/Turn"
import * as Workspace from "@altimate-code/agent/Workspace"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { Prompt } from "@effect/ai"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Stream } from "effect"
import { tmpdir } from "node:os"
import { join } from "node:path"

const bedrock = BedrockLanguageModel.layerConfig({
  url: Config.string("GATEWAY_URL"),
  token: Config.redacted("GATEWAY_TOKEN"),
  model: Config.withDefault(Config.string("GATEWAY_MODEL"), "anthropic.claude-sonnet-4-6")
})

const directory = process.cwd()
const state = join(tmpdir(), "assistant")
const assistant = Layer.mergeAll(
  bedrock,
  Tools.layer.pipe(Layer.provide(Workspace.layer({ directory, state }))),
  SessionStore.layer({ directory: join(state, "sessions") }),
  PermissionPolicy.layer,
  PermissionRules.layer({ read: "allow", glob: "allow", grep: "allow", "*": "deny" }),
  Approver.declineAll("This assistant only reads.")
).pipe(Layer.provide(NodeContext.layer))

const program = Effect.gen(function*() {
  const session = yield* (yield* SessionStore.SessionStore).create(directory)
  yield* Turn.run({
    session,
    toolkit: yield* Tools.toolkit,
    input: [Prompt.textPart({ text: process.argv.slice(2).join(" ") || "What is in this directory?" })],
    system: "You answer questions about the files in the working directory. Read them before you answer.",
    maxSteps: 20
  }).pipe(Stream.runForEach((event) => {
    switch (event.type) {
      case "text":
        return Effect.sync(() => void process.stdout.write(event.text))
      case "tool-done":
        return Console.error(`${event.name} ${event.title}: ${event.summary}`)
      case "failed":
        return Effect.fail(event.error)
      case "finished":
        return Console.log()
      default:
        return Effect.void
    }
  }))
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(assistant)))
