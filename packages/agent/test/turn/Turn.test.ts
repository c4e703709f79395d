import { DecisionLevel } from "@altimate-code/system/logging/DecisionLevel"
import * as AiError from "@effect/ai/AiError"
import type * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { type Answer, Approver, type Question } from "../../src/permission/Approver.ts"
import type { Mode } from "../../src/permission/PermissionMode.ts"
import * as PermissionPolicies from "../../src/permission/PermissionPolicy.ts"
import { PermissionPolicy } from "../../src/permission/PermissionPolicy.ts"
import type { Decision } from "../../src/permission/PermissionRules.ts"
import * as History from "../../src/session/History.ts"
import type { Line } from "../../src/session/Session.ts"
import * as SessionStore from "../../src/session/SessionStore.ts"
import * as Spending from "../../src/session/Spending.ts"
import * as Transcript from "../../src/session/Transcript.ts"
import { ToolCall, ToolFailure, ToolOutput } from "../../src/tools/ToolCall.ts"
import * as Instructions from "../../src/turn/Instructions.ts"
import * as Turn from "../../src/turn/Turn.ts"
import type { TurnEvent } from "../../src/turn/TurnEvent.ts"
import { faults } from "../conversation.ts"
import { call, finish, scripted, type Step, text, unknownCall } from "../model.ts"
import { sessionsIn } from "../sessions.ts"

const tool = <Name extends string, Parameters extends Schema.Struct.Fields>(name: Name, parameters: Parameters) =>
  Tool.make(name, {
    parameters,
    success: ToolOutput,
    failure: ToolFailure,
    failureMode: "return",
    dependencies: [ToolCall]
  })
const Look = tool("look", { at: Schema.String }).annotate(Tool.Readonly, true)
const Change = tool("change", { what: Schema.String })

const output = (text: string): ToolOutput => ({
  content: [{ type: "text", text }],
  summary: `${text.length} characters`
})

/** Two tools: what they did is in `ran`; `look` waits until `together` of them have begun. */
const makeToolkit = (together = 1, hold?: Effect.Effect<void>) =>
  Effect.gen(function*() {
    const ran: Array<string> = []
    const met = yield* Deferred.make<void>()
    let begun = 0
    const permit = (title: string, permission: string) =>
      Effect.flatMap(ToolCall, (call) => call.permit({ parts: [{ permission, subject: title }], title }))
    const toolkit = Toolkit.make(Look, Change)
    const withHandlers = yield* Effect.provide(
      toolkit,
      toolkit.toLayer({
        look: ({ at }) =>
          Effect.gen(function*() {
            yield* permit(at, "look")
            yield* (yield* ToolCall).touch(at)
            begun += 1
            if (begun === together) yield* Deferred.succeed(met, undefined)
            yield* Deferred.await(met)
            ran.push(`look ${at}`)
            return output(`saw ${at}`)
          }),
        change: ({ what }) =>
          Effect.gen(function*() {
            yield* permit(what, "change")
            ran.push(`change ${what}`)
            if (hold !== undefined) yield* hold
            if (what === "broken") return yield* new ToolFailure({ reason: "Failed", message: "It is broken." })
            return output(`changed ${what}`)
          })
      })
    )
    return { toolkit: withHandlers, ran }
  })

const policy = (decide: (permission: string, subject: string) => Decision["verdict"]) =>
  Layer.succeed(PermissionPolicy, {
    decide: ({ parts }, grants) =>
      Effect.sync(() => {
        const [{ permission, subject }] = parts as [{ permission: string; subject: string }]
        const verdict = decide(permission, subject)
        const isGranted = grants.some((grant) => grant.permission === permission && grant.pattern === subject)
        return {
          verdict: verdict === "ask" && isGranted ? "allow" : verdict,
          because: `the rule for ${permission}`,
          patterns: [{ permission, pattern: subject }]
        }
      })
  })

const answers = (given: ReadonlyArray<Answer>, waits: Effect.Effect<void> = Effect.void) => {
  const questions: Array<Question> = []
  return {
    questions,
    layer: Layer.succeed(Approver, {
      ask: (question) => Effect.as(waits, given[questions.push(question) - 1] ?? { _tag: "No" })
    })
  }
}

interface Setting {
  readonly steps: ReadonlyArray<Step>
  readonly together?: number
  readonly hold?: Effect.Effect<void>
  readonly verdict?: (permission: string, subject: string) => Decision["verdict"]
  readonly answers?: ReadonlyArray<Answer>
  /** Runs while the user reads the question. */
  readonly waits?: Effect.Effect<void>
  readonly maxSteps?: number
  readonly window?: number
  readonly findInstructions?: Turn.Options["findInstructions"]
  readonly prompts?: ReadonlyArray<string>
}

/** Plays turns, and answers with all that can be seen of them. */
const play = (setting: Setting) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    const { ran, toolkit } = yield* makeToolkit(setting.together, setting.hold)
    const approver = answers(setting.answers ?? [], setting.waits)
    const seen: Array<LanguageModel.ProviderOptions> = []
    const all = Layer.mergeAll(
      scripted(setting.steps, seen),
      policy(setting.verdict ?? (() => "allow")),
      approver.layer
    )
    const sessions = yield* Effect.map(Layer.build(SessionStore.layer({ directory })), (context) =>
      SessionStore.SessionStore.pipe(Effect.provide(context)))
    const session = yield* Effect.flatMap(sessions, (service) =>
      service.create("/project"))
    const run = (prompt: string) =>
      Turn.run({
        session,
        input: [Prompt.textPart({ text: prompt })],
        system: "You are a test.",
        toolkit,
        maxSteps: setting.maxSteps ?? 50,
        ...(setting.findInstructions === undefined ? {} : { findInstructions: setting.findInstructions }),
        ...(setting.window === undefined ? {} : { contextWindow: setting.window })
      }).pipe(Stream.provideLayer(all))
    return { session, ran, run, seen, questions: approver.questions, sessions, directory }
  })

/** Plays one turn to its end. */
const turn = (setting: Setting) =>
  Effect.gen(function*() {
    const played = yield* play(setting)
    const events: Array<TurnEvent> = []
    for (const prompt of setting.prompts ?? ["go"]) {
      events.push(...Chunk.toReadonlyArray(yield* Stream.runCollect(played.run(prompt))))
    }
    return { ...played, events, lines: yield* played.session.entries }
  })

const types = (things: ReadonlyArray<{ readonly type: string }>) => things.map(({ type }) => type)

const results = (lines: ReadonlyArray<Line>) =>
  lines.flatMap((line) =>
    line.type === "tool-result"
      ? [[line.id, line.outcome, line.output.content.map((part) => part.type === "text" ? part.text : "").join("")]]
      : []
  )

const textOf = ({ content }: Prompt.AssistantMessage) =>
  content.map((part) => part.type === "text" ? part.text : "").join("")

/** What the model was told of its calls, in the order of the request. */
const told = ({ prompt }: LanguageModel.ProviderOptions) =>
  prompt.content.flatMap((message) =>
    message.role === "tool" ? message.content.map(({ id, isFailure }) => [id, isFailure]) : []
  )

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("a turn", (it) => {
  it.scoped("emits text, usage and the end if there are no tool calls", () =>
    Effect.gen(function*() {
      const { events, lines, seen } = yield* turn({ steps: [{ parts: [...text("Hel", "lo"), finish("stop")] }] })
      assert.deepStrictEqual(events, [
        { type: "text", text: "Hel" },
        { type: "text", text: "lo" },
        { type: "usage", step: { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 }, context: 110 },
        {
          type: "finished",
          reason: "stop",
          spending: {
            requests: 1,
            usage: { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 },
            cost: 0,
            unpriced: 1,
            unreported: 0
          },
          steps: 1,
          metadata: {}
        }
      ])
      assert.deepStrictEqual(types(lines), ["session", "user", "assistant"])
      assert.deepStrictEqual(seen[0]!.prompt.content.map(({ role }) => role), ["system", "user"])
    }))

  it.scoped("logs each call at Debug, unless the program chooses another level", () =>
    Effect.gen(function*() {
      for (const [level, label] of [[undefined, "DEBUG"], [LogLevel.Info, "INFO"]] as const) {
        const lines: Array<string> = []
        const logger = Logger.make<unknown, void>(({ logLevel, message }) =>
          void lines.push(`${logLevel.label} ${[message].flat().join(" ")}`)
        )
        const calls = turn({
          steps: [
            { parts: [call("1", "look", { at: "a" }), finish("tool-calls")] },
            { parts: [...text("Done."), finish("stop")] }
          ]
        })
        yield* (level === undefined ? calls : Effect.provideService(calls, DecisionLevel, level)).pipe(
          Effect.provide(Logger.add(logger)),
          Logger.withMinimumLogLevel(LogLevel.All)
        )
        assert.deepStrictEqual(lines.filter((line) => line.endsWith("look ok")), [`${label} look ok`])
      }
    }))

  it.scoped("saves which model answered if the provider reports it", () =>
    Effect.gen(function*() {
      const metadata = { type: "response-metadata", id: "r1", modelId: "us.some-model" } as const
      const { lines } = yield* turn({ steps: [{ parts: [metadata, ...text("Hello"), finish("stop")] }] })
      const answer = lines.at(-1)
      assert.strictEqual(answer?.type === "assistant" && answer.model, "us.some-model")
    }))

  it.scoped("saves everything before acting on it", () =>
    Effect.gen(function*() {
      const { events, lines, ran, session } = yield* turn({
        steps: [
          {
            parts: [
              ...text("I look."),
              call("1", "look", { at: "a" }),
              call("2", "change", { what: "b" }),
              finish("tool-calls")
            ]
          },
          { parts: [...text("Done."), finish("stop")] }
        ]
      })
      assert.deepStrictEqual(ran, ["look a", "change b"])
      assert.deepStrictEqual(types(lines), [
        "session",
        "user",
        "assistant",
        "tool-start",
        "tool-result",
        "tool-start",
        "tool-result",
        "assistant"
      ])
      assert.deepStrictEqual(types(events), [
        "text",
        "tool-asked",
        "tool-asked",
        "tool-allowed",
        "tool-running",
        "tool-done",
        "tool-allowed",
        "tool-running",
        "tool-done",
        "usage",
        "text",
        "usage",
        "finished"
      ])
      const fs = yield* FileSystem.FileSystem
      const file = (yield* fs.readFileString(session.path)).trimEnd().split("\n").map((line) =>
        JSON.parse(line) as Line
      )
      assert.deepStrictEqual(types(file), types(lines))
      assert.strictEqual((yield* fs.stat(session.path)).mode & 0o777, 0o600)
    }))

  it.scoped("runs read-only calls concurrently and sends their results in order", () =>
    Effect.gen(function*() {
      const { ran, seen } = yield* turn({
        together: 3,
        steps: [
          { parts: [...["a", "b", "c"].map((at) => call(at, "look", { at })), finish("tool-calls")] },
          { parts: [finish("stop")] }
        ]
      })
      assert.sameMembers(ran, ["look a", "look b", "look c"])
      assert.deepStrictEqual(told(seen[1]!), [["a", false], ["b", false], ["c", false]])
    }))

  it.scoped("tells the model which calls failed, were denied, were unknown or had wrong parameters", () =>
    Effect.gen(function*() {
      const { lines, ran, seen } = yield* turn({
        verdict: (_, subject) => subject === "secret" ? "deny" : "allow",
        steps: [
          {
            parts: [
              call("failed", "change", { what: "broken" }),
              call("denied", "look", { at: "secret" }),
              call("wrong", "look", { at: 1 }),
              finish("tool-calls")
            ]
          },
          { parts: [finish("stop")] }
        ]
      })
      const [failed, denied, wrong] = results(lines)
      assert.deepStrictEqual(failed, ["failed", "failed", "It is broken."])
      assert.deepStrictEqual(denied, ["denied", "denied", "This is not allowed: the rule for look"])
      assert.deepStrictEqual(wrong, ["wrong", "failed", "Wrong parameters: at: Expected string, actual 1"])
      assert.deepStrictEqual(ran, ["change broken"])
      assert.deepStrictEqual(told(seen[1]!), [["failed", true], ["denied", true], ["wrong", true]])
    }))

  it.scoped("accepts the answers once, for this session, and no with a message", () =>
    Effect.gen(function*() {
      const { lines, questions, ran } = yield* turn({
        verdict: () => "ask",
        answers: [{ _tag: "Once" }, { _tag: "Session" }, { _tag: "No", message: "use b" }],
        steps: [
          {
            parts: [
              call("1", "change", { what: "a" }),
              call("2", "change", { what: "a" }),
              call("3", "change", { what: "a" }),
              call("4", "change", { what: "c" }),
              finish("tool-calls")
            ]
          },
          { parts: [finish("stop")] }
        ]
      })
      assert.deepStrictEqual(questions.map(({ id }) => id), ["1", "2", "4"])
      assert.deepStrictEqual(ran, ["change a", "change a", "change a"])
      assert.deepStrictEqual(results(lines)[3], ["4", "denied", "The user declined: use b"])
      assert.isTrue(lines.some((line) => line.type === "grant" && line.pattern === "a"))
    }))

  it.scoped("asks one question at a time, and skips questions that the previous answer settled for the session", () =>
    Effect.gen(function*() {
      const { questions, ran } = yield* turn({
        verdict: () => "ask",
        answers: [{ _tag: "Session" }],
        steps: [
          { parts: [call("1", "look", { at: "a" }), call("2", "look", { at: "a" }), finish("tool-calls")] },
          { parts: [finish("stop")] }
        ]
      })
      assert.strictEqual(questions.length, 1)
      assert.deepStrictEqual(ran, ["look a", "look a"])
    }))

  it.scoped("ends at the step limit and can be continued", () =>
    Effect.gen(function*() {
      const step = (id: string): Step => ({ parts: [call(id, "look", { at: "a" }), finish("tool-calls")] })
      const { events, seen } = yield* turn({
        maxSteps: 2,
        steps: [step("1"), step("2"), step("3"), step("4")],
        prompts: ["go", "on"]
      })
      const ends = events.flatMap((event) => event.type === "finished" ? [[event.reason, event.steps]] : [])
      assert.deepStrictEqual(ends, [["steps", 2], ["steps", 2]])
      assert.deepStrictEqual(told(seen[3]!), [["1", false], ["2", false], ["3", false]])
    }))

  it.scoped("retries malformed answers a limited number of times", () =>
    Effect.gen(function*() {
      const wrong: Step = {
        parts: [],
        fails: new AiError.MalformedOutput({ module: "t", method: "t", description: "the tool \"fly\" is not known" })
      }
      const good: Step = { parts: [...text("ok"), finish("stop")] }
      const once = yield* turn({ steps: [wrong, good] })
      assert.deepStrictEqual(types(once.events), ["notice", "text", "usage", "finished"])
      assert.include(JSON.stringify(once.seen[1]!.prompt), "is not known")

      const always = yield* turn({ steps: [wrong, wrong, wrong, good] })
      assert.strictEqual(always.seen.length, 3)
      const last = always.events.at(-1)
      assert.isTrue(last?.type === "failed" && last.error._tag === "MalformedOutput")
    }))

  it.scoped("fails with the model's error and saves the partial answer", () =>
    Effect.gen(function*() {
      const error = new AiError.UnknownError({ module: "t", method: "t", description: "cut off" })
      const { events, lines, run, seen } = yield* turn({
        steps: [{ parts: text("half").slice(0, 2), fails: error }, { parts: [...text("whole"), finish("stop")] }]
      })
      const last = events.at(-1)
      assert.isTrue(last?.type === "failed" && last.error === error)
      const answer = lines.at(-1)
      assert.isTrue(answer?.type === "assistant" && answer.interrupted)
      yield* Stream.runDrain(run("again"))
      assert.include(JSON.stringify(seen[1]!.prompt), "half")
    }))

  it.scoped("is stopped by its consumer: the partial answer is saved and running calls are interrupted", () =>
    Effect.gen(function*() {
      const stopped = yield* Deferred.make<void>()
      const { ran, run, session } = yield* play({
        hold: Effect.onInterrupt(Effect.never, () => Deferred.succeed(stopped, undefined)),
        steps: [
          {
            parts: [
              ...text("I do."),
              call("1", "change", { what: "a" }),
              call("2", "change", { what: "b" }),
              finish("tool-calls")
            ]
          }
        ]
      })
      const running = yield* Deferred.make<void>()
      const fiber = yield* run("go").pipe(
        Stream.runForEach((event) =>
          event.type === "tool-running" ? Deferred.succeed(running, undefined) : Effect.void
        ),
        Effect.fork
      )
      yield* Deferred.await(running)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(yield* Deferred.isDone(stopped))
      assert.deepStrictEqual(ran, ["change a"])
      assert.deepStrictEqual(results(yield* session.entries).map(([id, outcome]) => [id, outcome]), [
        ["1", "interrupted"],
        ["2", "interrupted"]
      ])
    }))

  it.scoped("saves the text of an answer that is stopped", () =>
    Effect.gen(function*() {
      const { run, session } = yield* play({ steps: [{ parts: text("so far").slice(0, 2), hangs: true }] })
      yield* run("go").pipe(Stream.takeUntil((event) => event.type === "text"), Stream.runDrain)
      const answer = (yield* session.entries).at(-1)
      assert.isTrue(answer?.type === "assistant" && answer.interrupted)
      assert.include(JSON.stringify(answer), "so far")
    }))

  it.scoped("compacts older turns when the window is nearly full", () =>
    Effect.gen(function*() {
      const { events, lines, seen } = yield* turn({
        window: 1000,
        prompts: [`first ${"x".repeat(2000)}`, "second"],
        steps: [
          { parts: [...text("one"), finish("stop", { inputTokens: 800, totalTokens: 900 })] },
          { parts: [...text("They spoke of x."), finish("stop")] },
          // Asked again, it is not compacted again.
          { parts: [], fails: new AiError.MalformedOutput({ module: "t", method: "t", description: "odd" }) },
          { parts: [...text("two"), finish("stop")] }
        ]
      })
      assert.strictEqual(lines.filter((line) => line.type === "summary").length, 1)
      assert.isTrue(events.some((event) => event.type === "notice"))
      assert.isTrue(lines.some((line) => line.type === "summary" && line.text === "They spoke of x."))
      const last = JSON.stringify(seen[2]!.prompt)
      assert.include(last, "They spoke of x.")
      assert.include(last, "second")
      assert.notInclude(last, "xxxx")
    }))

  it.scoped("compacts before a request that would not fit with the results", () =>
    Effect.gen(function*() {
      const { events, lines, seen } = yield* turn({
        window: 1000,
        steps: [
          { parts: [call("1", "look", { at: "x".repeat(4000) }), finish("tool-calls")] },
          { parts: [...text("They looked at x."), finish("stop")] },
          { parts: [...text("Done."), finish("stop")] }
        ]
      })
      assert.deepStrictEqual(events.at(-1)?.type, "finished")
      assert.deepStrictEqual(types(lines).slice(2), ["assistant", "tool-start", "tool-result", "summary", "assistant"])
      assert.include(JSON.stringify(seen[2]!.prompt), "They looked at x.")
      assert.notInclude(JSON.stringify(seen[2]!.prompt), "xxxx")
    }))

  it.scoped("sends only valid conversations, with results in the order of their calls", () =>
    Effect.gen(function*() {
      const { seen } = yield* turn({
        steps: [
          {
            parts: [
              call("1", "look", { at: "a" }),
              call("2", "change", { what: "broken" }),
              call("3", "look", { at: "b" }),
              call("4", "look", { at: "c" }),
              finish("tool-calls")
            ]
          },
          { parts: [finish("stop")] },
          { parts: [...text("Hello"), finish("stop")] }
        ],
        prompts: ["go", "are you there?"]
      })
      for (const { prompt } of seen) assert.deepStrictEqual(faults(prompt), [])
      assert.deepStrictEqual(told(seen[1]!), [["1", false], ["2", true], ["3", false], ["4", false]])
    }))

  it.scoped("runs a call that changes something on its own, after the earlier calls", () =>
    Effect.gen(function*() {
      const { lines, ran } = yield* turn({
        // Others have the time to begin.
        hold: Effect.repeatN(Effect.yieldNow(), 100),
        steps: [
          {
            parts: [
              call("1", "change", { what: "a" }),
              call("2", "look", { at: "b" }),
              call("3", "change", { what: "c" }),
              call("4", "look", { at: "d" }),
              finish("tool-calls")
            ]
          },
          { parts: [finish("stop")] }
        ]
      })
      assert.deepStrictEqual(ran, ["change a", "look b", "change c", "look d"])
      const begun = types(lines).filter((type) => type.startsWith("tool-"))
      assert.deepStrictEqual(begun, Array.from({ length: 4 }, () => ["tool-start", "tool-result"]).flat())
    }))

  it.scoped("saves the answer and the start of a call before the call runs", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const onDisk: Array<string> = []
      let path = ""
      const hold = Effect.suspend(() => fs.readFileString(path)).pipe(
        Effect.orDie,
        Effect.map((text) => onDisk.push(...types(text.trimEnd().split("\n").map((line) => JSON.parse(line) as Line))))
      )
      const { run, session } = yield* play({
        hold,
        steps: [
          { parts: [call("1", "change", { what: "a" }), finish("tool-calls")] },
          { parts: [...text("Done."), finish("stop")] }
        ]
      })
      path = session.path
      yield* Stream.runDrain(run("go"))
      assert.deepStrictEqual(onDisk, ["session", "user", "assistant", "tool-start"])
    }))

  it.scoped("lets the model try again after it calls an unknown tool", () =>
    Effect.gen(function*() {
      const { events, lines, ran, seen } = yield* turn({
        steps: [
          { parts: [call("1", "look", { at: "a" }), call("2", "fly", {}), finish("tool-calls")] },
          { parts: [...text("Sorry."), finish("stop")] }
        ]
      })
      assert.deepStrictEqual(ran, [])
      assert.deepStrictEqual(types(lines), ["session", "user", "assistant", "tool-result", "user", "assistant"])
      assert.isTrue(lines.some((line) => line.type === "user" && line.hidden))
      assert.deepStrictEqual(faults(seen[1]!.prompt), [])
      assert.include(JSON.stringify(seen[1]!.prompt), "fly")
      assert.strictEqual(events.at(-1)?.type, "finished")
    }))

  it.scoped("runs the other calls of an answer with an unknown tool", () =>
    Effect.gen(function*() {
      const { events, lines, ran, seen } = yield* turn({
        steps: [
          {
            parts: [
              ...text("I look."),
              call("1", "look", { at: "a" }),
              ...unknownCall("2", "fly", "{\"to\":", "\"the moon\"}"),
              ...unknownCall("3", "swim"),
              call("4", "change", { what: "b" }),
              finish("tool-calls")
            ]
          },
          { parts: [...text("Done."), finish("stop")] }
        ]
      })
      assert.deepStrictEqual(ran, ["look a", "change b"])
      assert.deepStrictEqual(results(lines).map(([id, outcome]) => [id, outcome]), [
        ["1", "ok"],
        ["2", "failed"],
        ["3", "failed"],
        ["4", "ok"]
      ])
      assert.strictEqual(results(lines)[1]![2], "There is no tool \"fly\".")
      assert.deepStrictEqual(faults(seen[1]!.prompt), [])
      assert.deepStrictEqual(told(seen[1]!), [["1", false], ["2", true], ["3", true], ["4", false]])
      assert.include(JSON.stringify(seen[1]!.prompt), "the moon")
      assert.deepStrictEqual(
        events.flatMap((event) =>
          event.type === "tool-asked" || event.type === "tool-done" ? [[event.type, event.id]] : []
        )
          .filter(([, id]) => id === "2"),
        [["tool-asked", "2"], ["tool-done", "2"]]
      )
      assert.isFalse(lines.some((line) => line.type === "user" && line.hidden))
    }))

  it.scoped("drops an unknown call that was cut off", () =>
    Effect.gen(function*() {
      const { events, lines } = yield* turn({
        steps: [{ parts: [...text("I fly."), ...unknownCall("1", "fly", "{\"to\":"), finish("length")] }]
      })
      assert.deepStrictEqual(results(lines), [])
      assert.deepInclude(events.at(-1)!, { type: "finished", reason: "length", cutCall: "fly" })
    }))

  it.scoped("continues an answer that reached its token limit once, with a message of the user", () =>
    Effect.gen(function*() {
      const { events, lines, seen } = yield* turn({
        steps: [
          { parts: [...text("One, two, three, f"), finish("length")] },
          { parts: [...text("three, four, f"), finish("length")] }
        ]
      })
      assert.strictEqual(seen.length, 2)
      assert.strictEqual(seen[1]!.prompt.content.at(-1)?.role, "user")
      assert.include(JSON.stringify(seen[1]!.prompt.content.at(-1)), "One, two, three, f")
      assert.deepStrictEqual(faults(seen[1]!.prompt), [])
      const answer = events.flatMap((event) => event.type === "text" ? [event.text] : []).join("")
      assert.strictEqual(answer, "One, two, three, four, f")
      assert.lengthOf(events.filter((event) => event.type === "answer-cut" && event.isLimit), 1)
      assert.deepInclude(events.at(-1)!, { type: "finished", reason: "length" })
      assert.deepStrictEqual(types(lines).slice(1), ["user", "assistant", "user", "assistant"])
    }))

  it.scoped("does not continue at the limit of steps", () =>
    Effect.gen(function*() {
      const { seen } = yield* turn({ steps: [{ parts: [...text("One"), finish("length")] }], maxSteps: 1 })
      assert.strictEqual(seen.length, 1)
    }))

  it.scoped("ends the turn inside a tool call that reached the token limit, and does not run the call", () =>
    Effect.gen(function*() {
      const { events, ran, seen } = yield* turn({
        steps: [{ parts: [...text("I change."), ...unknownCall("1", "change", "{\"what\":\"a"), finish("length")] }]
      })
      assert.strictEqual(seen.length, 1)
      assert.deepStrictEqual(ran, [])
      assert.deepInclude(events.at(-1)!, { type: "finished", reason: "length", cutCall: "change" })
    }))

  it.scoped("does not run a call whose parameters the token limit cut off before they began", () =>
    Effect.gen(function*() {
      for (const tool of ["change", "fly"]) {
        const { events, lines, ran, seen } = yield* turn({
          steps: [{ parts: [...text("I call."), ...unknownCall("1", tool), finish("length")] }]
        })
        assert.strictEqual(seen.length, 1)
        assert.deepStrictEqual(ran, [])
        assert.deepStrictEqual(results(lines), [])
        assert.deepInclude(events.at(-1)!, { type: "finished", reason: "length", cutCall: tool })
      }
    }))

  it.scoped("retries an empty answer once", () =>
    Effect.gen(function*() {
      const empty: Step = { parts: [finish("stop", { inputTokens: 0, outputTokens: 0, totalTokens: 0 })] }
      const blank: Step = { parts: [...text(" \n"), finish("stop")] }
      const thought: Step = {
        parts: [
          { type: "reasoning-start", id: "r" },
          { type: "reasoning-delta", id: "r", delta: "Hm." },
          { type: "reasoning-end", id: "r" },
          finish("stop")
        ]
      }
      for (const nothing of [empty, blank, thought]) {
        const once = yield* turn({ steps: [nothing, { parts: [...text("Hello."), finish("stop")] }] })
        assert.deepStrictEqual(faults(once.seen[1]!.prompt), [])
        assert.notProperty(once.events.at(-1), "isEmpty")
        assert.lengthOf(once.events.filter(({ type }) => type === "notice"), 1)
        assert.isTrue(once.lines.some((line) => line.type === "notice"))

        const always = yield* turn({ steps: [nothing, nothing] })
        assert.strictEqual(always.seen.length, 2)
        assert.deepInclude(always.events.at(-1)!, { type: "finished", reason: "stop", isEmpty: true })
      }
    }))

  it.scoped("ends the turn at an empty answer after tools, with a notice", () =>
    Effect.gen(function*() {
      const { events, seen } = yield* turn({
        steps: [{ parts: [call("1", "look", { at: "a" }), finish("tool-calls")] }, { parts: [finish("stop")] }]
      })
      assert.strictEqual(seen.length, 2)
      assert.deepStrictEqual(types(events).slice(-2), ["notice", "finished"])
      assert.notProperty(events.at(-1), "isEmpty")
    }))

  it.scoped("ends without an answer or a retry if there is no text and the stop reason is any other", () =>
    Effect.gen(function*() {
      for (const reason of ["length", "content-filter", "error", "unknown", "other"] as const) {
        const { events, seen } = yield* turn({ steps: [{ parts: [finish(reason)] }] })
        assert.strictEqual(seen.length, 1, reason)
        assert.deepInclude(events.at(-1)!, { type: "finished", reason, isEmpty: true })
        const half: Step = { parts: [...text("Half"), finish(reason)] }
        const said = yield* turn({ steps: reason === "length" ? [half, half] : [half] })
        assert.notProperty(said.events.at(-1), "isEmpty", reason)
      }
    }))

  it.scoped("preserves the metadata of reasoning for the next request", () =>
    Effect.gen(function*() {
      const { seen } = yield* turn({
        steps: [
          {
            parts: [
              { type: "reasoning-start", id: "r" },
              { type: "reasoning-delta", id: "r", delta: "Hm." },
              { type: "reasoning-end", id: "r", metadata: { somebody: { signature: "s-1" } } },
              call("1", "look", { at: "a" }),
              finish("tool-calls")
            ]
          },
          { parts: [...text("Done."), finish("stop")] }
        ]
      })
      const answer = seen[1]!.prompt.content.find(({ role }) => role === "assistant") as Prompt.AssistantMessage
      assert.deepStrictEqual(answer.content[0]?.options, { somebody: { signature: "s-1" } })
    }))

  it.scoped("reports the end of every reported call, even if the answer failed", () =>
    Effect.gen(function*() {
      const odd = new AiError.MalformedOutput({ module: "t", method: "t", description: "odd" })
      const broken = new AiError.UnknownError({ module: "t", method: "t", description: "cut off" })
      const { events, ran } = yield* turn({
        steps: [
          { parts: [call("1", "change", { what: "a" })], fails: odd },
          { parts: [call("2", "change", { what: "b" })], fails: broken }
        ]
      })
      assert.deepStrictEqual(types(events), ["tool-asked", "tool-done", "notice", "tool-asked", "tool-done", "failed"])
      const outcomes = events.flatMap((event) => event.type === "tool-done" ? [[event.id, event.outcome]] : [])
      assert.deepStrictEqual(outcomes, [["1", "interrupted"], ["2", "interrupted"]])
      assert.deepStrictEqual(ran, [])
    }))

  it.scoped("counts the usage of empty answers and cache writes", () =>
    Effect.gen(function*() {
      const usage = { inputTokens: 100, cachedInputTokens: 30, outputTokens: 10, totalTokens: 147 }
      const { events, lines } = yield* turn({ steps: [{ parts: [finish("length", usage)] }] })
      const step = { input: 100, output: 10, cacheRead: 30, cacheWrite: 7 }
      assert.deepStrictEqual(events[0], { type: "usage", step, context: 147 })
      assert.deepStrictEqual(Spending.sum(lines).usage, step)
    }))

  it.scoped("is stopped during an answer: complete calls are saved as not run", () =>
    Effect.gen(function*() {
      const { ran, run, session } = yield* play({
        steps: [{ parts: [...text("I look."), call("1", "look", { at: "a" }), ...text("Then?")], hangs: true }]
      })
      const events = yield* run("go").pipe(
        Stream.takeUntil((event) => event.type === "text" && event.text === "Then?"),
        Stream.runCollect
      )
      // The call is not in the file yet.
      assert.deepStrictEqual(types(Chunk.toReadonlyArray(events)), ["text", "text"])
      const lines = yield* session.entries
      assert.deepStrictEqual(types(lines), ["session", "user", "assistant", "tool-result"])
      assert.deepStrictEqual(results(lines).map(([id, outcome]) => [id, outcome]), [["1", "interrupted"]])
      assert.include(JSON.stringify(lines.at(-1)), "was not run")
      assert.deepStrictEqual(ran, [])
      assert.deepStrictEqual(faults(History.toPrompt(lines)), [])
    }))

  it.scoped("is stopped during a question: the call is saved as not run", () =>
    Effect.gen(function*() {
      const asked = yield* Deferred.make<void>()
      const { ran, run, session } = yield* play({
        verdict: () => "ask",
        waits: Effect.zipRight(Deferred.succeed(asked, undefined), Effect.never),
        steps: [{ parts: [call("1", "change", { what: "a" }), finish("tool-calls")] }]
      })
      const fiber = yield* Effect.fork(Stream.runDrain(run("go")))
      yield* Deferred.await(asked)
      yield* Fiber.interrupt(fiber)
      const lines = yield* session.entries
      assert.deepStrictEqual(types(lines), ["session", "user", "assistant", "tool-result"])
      assert.include(JSON.stringify(lines.at(-1)), "was not run")
      assert.deepStrictEqual(ran, [])
    }))

  it.scoped("leaves a valid session wherever it is stopped", () =>
    Effect.gen(function*() {
      const steps: ReadonlyArray<Step> = [
        {
          parts: [
            ...text("I ", "look."),
            call("1", "look", { at: "a" }),
            call("2", "look", { at: "b" }),
            call("3", "change", { what: "c" }),
            finish("tool-calls")
          ]
        },
        { parts: [call("4", "change", { what: "d" }), finish("tool-calls")] },
        { parts: [...text("Done."), finish("stop")] }
      ]
      const { events } = yield* turn({ steps })
      for (let count = 1; count <= events.length; count++) {
        const { ran, run, session } = yield* play({ steps })
        const before = yield* run("go").pipe(Stream.take(count), Stream.runCollect)
        const lines = yield* session.entries
        assert.deepStrictEqual(faults(History.toPrompt(lines)), [], `after ${count} events`)
        const text = Chunk.toReadonlyArray(before).map((event) => event.type === "text" ? event.text : "").join("")
        const kept = lines.map((line) => line.type === "assistant" ? textOf(line.message) : "").join("")
        assert.isTrue(kept.startsWith(text), `after ${count} events`)
        const begun = lines.filter(({ type }) => type === "tool-start").length
        assert.isAtMost(ran.length, begun)
        assert.strictEqual(new Set(results(lines).map(([id]) => id)).size, results(lines).length)
      }
    }))

  it.scoped("reports a call only after it is saved", () =>
    Effect.gen(function*() {
      const { run, session } = yield* play({
        steps: [
          { parts: [call("1", "change", { what: "a" }), call("2", "change", { what: "b" }), finish("tool-calls")] },
          { parts: [...text("Done."), finish("stop")] }
        ]
      })
      const told: Array<string> = []
      yield* Stream.runForEach(run("go"), (event) =>
        Effect.gen(function*() {
          if (event.type !== "tool-asked") return
          told.push(event.id)
          assert.include(yield* Effect.map(session.entries, JSON.stringify), `"id":"${event.id}"`)
        }))
      assert.deepStrictEqual(told, ["1", "2"])
    }))

  it.scoped("gives the model the instructions of directories once per session without changing the system prompt", () =>
    Effect.gen(function*() {
      const asked: Array<Instructions.Touched> = []
      const findInstructions = (touched: Instructions.Touched) =>
        Effect.sync(() => {
          asked.push(touched)
          return {
            instructions: touched.paths.filter((path) => !touched.shown.includes(`${path}/AGENTS.md`))
              .map((path) => ({ path: `${path}/AGENTS.md`, text: "Use tabs." })),
            notices: touched.shown.length === 0 ? ["/b/AGENTS.md is cut"] : []
          }
        })
      const { directory, events, lines, seen, session } = yield* turn({
        findInstructions,
        steps: [
          { parts: [call("1", "look", { at: "/a" }), call("2", "look", { at: "/b" }), finish("tool-calls")] },
          { parts: [call("3", "look", { at: "/a" }), finish("tool-calls")] },
          { parts: [...text("Done."), finish("stop")] }
        ]
      })
      const lengths = "/a /b".split(" ").map((path) =>
        Instructions.toMessage({ path: `${path}/AGENTS.md`, text: "Use tabs." }).length
      )
      assert.deepStrictEqual(asked, [
        { paths: ["/a", "/b"], shown: [], shownSize: 0 },
        { paths: ["/a"], shown: ["/a/AGENTS.md", "/b/AGENTS.md"], shownSize: lengths[0]! + lengths[1]! }
      ])
      assert.deepStrictEqual(seen[1]!.prompt.content.map(({ role }) => role), [
        "system",
        "user",
        "assistant",
        "tool",
        "user"
      ])
      const message = JSON.stringify(seen[1]!.prompt.content.at(-1))
      assert.match(message, /instructions for \/a, from \/a\/AGENTS\.md[^]*Use tabs\.[^]*for \/b/)
      assert.deepStrictEqual(seen[2]!.prompt.content[0], seen[0]!.prompt.content[0])
      assert.deepStrictEqual(events.filter(({ type }) => type === "notice"), [{
        type: "notice",
        text: "/b/AGENTS.md is cut"
      }])
      // The user did not say it, and it is in the file.
      assert.strictEqual(Transcript.toListed("x", lines).turns, 1)
      const stored = yield* Effect.scoped(
        Effect.flatMap(sessionsIn(directory), ({ read }) => read(session.id))
      )
      assert.include(stored.text, "\"instructions\":[\"/a/AGENTS.md\",\"/b/AGENTS.md\"]")
    }))

  it.scoped("propagates defects", () =>
    Effect.gen(function*() {
      const { run } = yield* play({
        verdict: () => "ask",
        waits: Effect.void,
        steps: []
      })
      const exit = yield* Effect.exit(Stream.runDrain(run("go")))
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
    }))
})

layer(Layer.merge(NodeContext.layer, Logger.remove(Logger.defaultLogger)))("a question that is open", (it) => {
  const steps: ReadonlyArray<Step> = [
    { parts: [call("1", "change", { what: "a" }), call("2", "change", { what: "b" }), finish("tool-calls")] },
    { parts: [...text("Done."), finish("stop")] }
  ]
  const asking = Layer.succeed(PermissionPolicy, {
    decide: () => Effect.succeed<Decision>({ verdict: "ask", because: "no rule", patterns: [], isAcceptableEdit: true })
  })
  const ask = (answer: (mode: SubscriptionRef.SubscriptionRef<Mode>) => Effect.Effect<Answer>) =>
    Effect.gen(function*() {
      const { ran, toolkit } = yield* makeToolkit()
      const service = yield* SessionStore.SessionStore
      const session = yield* service.create("/project")
      const policy = yield* PermissionPolicy
      const questions: Array<Question> = []
      yield* Turn.run({ session, input: [Prompt.textPart({ text: "go" })], system: undefined, toolkit, maxSteps: 5 })
        .pipe(
          Stream.runDrain,
          Effect.provideService(Approver, {
            ask: (question) => Effect.zipRight(Effect.sync(() => void questions.push(question)), answer(policy.mode!))
          }),
          Effect.provide(scripted(steps, []))
        )
      return { ran, questions, results: results(yield* session.entries) }
    }).pipe(
      Effect.provide(PermissionPolicies.withModes("ask").pipe(Layer.provide(asking))),
      Effect.provide(
        Layer.unwrapEffect(
          Effect.flatMap(
            FileSystem.FileSystem,
            (fs) => Effect.map(fs.makeTempDirectoryScoped(), (directory) => SessionStore.layer({ directory }))
          )
        )
      )
    )

  it.scoped("allows nothing if the user switches to plan mode before they answer", () =>
    Effect.gen(function*() {
      const { ran, results } = yield* ask((mode) => Effect.as(SubscriptionRef.set(mode, "plan"), { _tag: "Once" }))
      assert.isEmpty(ran)
      assert.match(String(results[0]), /^1,denied,This is not allowed: plan mode is on/)
    }))

  it.scoped("is the only one if the user accepts all edits", () =>
    Effect.gen(function*() {
      const { questions, ran } = yield* ask(() => Effect.succeed({ _tag: "AllEdits" }))
      assert.deepStrictEqual(ran, ["change a", "change b"])
      assert.deepStrictEqual(questions.map(({ id, isAcceptableEdit }) => [id, isAcceptableEdit]), [["1", true]])
    }))
})
