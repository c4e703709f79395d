import * as LanguageModel from "@effect/ai/LanguageModel"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as History from "../../src/session/History.ts"
import type { Entry } from "../../src/session/Session.ts"
import * as Spending from "../../src/session/Spending.ts"
import * as Compaction from "../../src/turn/Compaction.ts"
import { unknown } from "../../src/turn/ModelProvider.ts"
import { faults } from "../conversation.ts"
import { finish, scripted, text } from "../model.ts"
import { assistant, makeSessions, result, started, user } from "../sessions.ts"

/** About so many tokens. */
const long = (word: string, tokens: number) => `${word} ${"x".repeat(tokens * 4)}`

/** Sums up a session of these lines; each of `summaries` is what the model answers. */
const compacted = (window: number, lines: ReadonlyArray<Entry>, ...summaries: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { sessions } = yield* makeSessions
    const session = yield* sessions.create("/project")
    yield* Effect.forEach(lines, session.append)
    const seen: Array<LanguageModel.ProviderOptions> = []
    const model = scripted(summaries.map((summary) => ({ parts: [...text(summary), finish("stop")] })), seen)
    const compact = Effect.provide(Compaction.compact(session, { window }), model)
    return { session, compact, seen }
  })

const asked = (options: LanguageModel.ProviderOptions | undefined) => JSON.stringify(options?.prompt)

layer(NodeContext.layer)("Compaction", (it) => {
  it("is needed above 85 % of the window", () => {
    assert.isFalse(Compaction.isNeeded(850, 1000))
    assert.isTrue(Compaction.isNeeded(851, 1000))
  })

  it.scoped("summarizes the older part and keeps the end verbatim", () =>
    Effect.gen(function*() {
      const { compact, seen, session } = yield* compacted(
        2000,
        [
          user(long("first", 1000)),
          assistant("I run.", "a"),
          started("a"),
          result("a", long("found", 500)),
          assistant("It is there."),
          user("second"),
          assistant("Yes.")
        ],
        "They looked for it."
      )
      yield* compact
      const { requests, usage } = Spending.sum((yield* session.entries).slice(-1))
      assert.deepStrictEqual({ requests, usage }, {
        requests: 1,
        usage: { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 }
      })
      assert.deepStrictEqual(seen[0]?.tools, [])
      for (const word of ["first", "found", "echo a"]) assert.include(asked(seen[0]), word)
      assert.notInclude(asked(seen[0]), "second")

      const lines = yield* session.entries
      const next = History.toPrompt(lines)
      assert.deepStrictEqual(faults(next), [])
      const told = JSON.stringify(next)
      for (const word of ["They looked for it.", "It is there.", "second", "Yes."]) assert.include(told, word)
      for (const word of ["first", "found"]) assert.notInclude(told, word)
      assert.deepStrictEqual(lines.slice(-2).map(({ type }) => type), ["assistant", "summary"])
    }))

  /** Sums up with a small model that gives this answer; the model itself would answer "By the model." */
  const withSmallModel = (answer: string, maxCost?: number) =>
    Effect.gen(function*() {
      const { sessions } = yield* makeSessions
      const session = yield* sessions.create("/project")
      yield* Effect.forEach([user(long("first", 1000)), assistant("Yes."), user("second")], session.append)
      const seen: Array<LanguageModel.ProviderOptions> = []
      const step = (summary: string) => ({ parts: [...text(summary), finish("stop")] })
      const small = {
        name: "Small",
        languageModel: yield* Effect.provide(LanguageModel.LanguageModel, scripted([step(answer)]))
      }
      const provider = { ...unknown, small, maxCost }
      const exit = yield* Compaction.compact(session, { window: 1000, provider }).pipe(
        Effect.provide(scripted([step("By the model.")], seen)),
        Effect.either
      )
      const summaries = (yield* session.entries).flatMap((line) => line.type === "summary" ? [line.text] : [])
      return { exit, seen, summaries }
    })

  it.scoped("uses the small model, or the model itself if that one fails", () =>
    Effect.gen(function*() {
      const used = yield* withSmallModel("By the small one.")
      assert.deepStrictEqual(used.summaries, ["By the small one."])
      assert.lengthOf(used.seen, 0)
      const failed = yield* withSmallModel("")
      assert.deepStrictEqual(failed.summaries, ["By the model."])
      assert.lengthOf(failed.seen, 1)
      const limited = yield* withSmallModel("By the small one.", 0)
      assert.strictEqual(limited.exit._tag === "Left" && limited.exit.left._tag, "SessionError")
      assert.lengthOf(limited.seen, 0)
    }))

  it.scoped("never separates a call from its result", () =>
    Effect.gen(function*() {
      const lines = [
        user("go"),
        ...["a", "b", "c", "d"].flatMap((id) => [assistant("I run.", id), started(id), result(id, long("found", 50))]),
        assistant("Done.")
      ]
      for (let window = 100; window <= 4000; window += 100) {
        const { compact, seen, session } = yield* compacted(
          window,
          lines,
          ...Array.from({ length: 9 }, () => "So far.")
        )
        yield* compact
        assert.deepStrictEqual(faults(History.toPrompt(yield* session.entries)), [], `with ${window}`)
        assert.notInclude(asked(seen[0]) ?? "", "no result", `with ${window}`)
      }
    }))

  it.scoped("cuts long results if the conversation does not fit into the summary request", () =>
    Effect.gen(function*() {
      const { compact, seen, session } = yield* compacted(
        4000,
        [user("go"), assistant("I run.", "a"), result("a", `begin ${long("found", 9000)} end`)],
        "They looked for it."
      )
      yield* compact
      assert.isBelow(asked(seen[0])!.length, 4000)
      for (const word of ["go", "begin", " end", "characters left out"]) assert.include(asked(seen[0]), word)
      assert.isAbove(JSON.stringify(yield* session.entries).length, 36_000)
    }))

  it.scoped("keeps the unanswered prompt, however long it is", () =>
    Effect.gen(function*() {
      const { compact, seen, session } = yield* compacted(
        1000,
        [user("first"), assistant("Yes."), user(long("second", 900))],
        "They said hello."
      )
      yield* compact
      assert.notInclude(asked(seen[0]), "second")
      const told = JSON.stringify(History.toPrompt(yield* session.entries))
      for (const word of ["They said hello.", "second"]) assert.include(told, word)
    }))

  it.scoped("includes the previous summary but not the messages that it replaces", () =>
    Effect.gen(function*() {
      const said = new Set<boolean>()
      // The shorter the third prompt, the further before the line of the first summary begins what is kept.
      for (let tokens = 0; tokens <= 800; tokens += 50) {
        const { compact, seen, session } = yield* compacted(
          4000,
          [
            user(long("first", 2000)),
            ...["1", "2", "3", "4"].flatMap((word) => [assistant(word), user(`more ${word}`)])
          ],
          "The first summary.",
          "The second summary."
        )
        yield* compact
        yield* Effect.forEach([assistant("5"), user(long("third", tokens)), assistant("three")], session.append)
        yield* compact
        const lines = yield* session.entries
        const told = JSON.stringify(History.toPrompt(lines))
        assert.deepStrictEqual(faults(History.toPrompt(lines)), [], `with ${tokens}`)
        assert.notInclude(told, "first xxx")
        assert.include(told, "three")
        said.add(seen.length === 2)
        if (seen.length < 2) continue
        assert.include(asked(seen[1]), "The first summary.", `with ${tokens}`)
        assert.notInclude(asked(seen[1]), "first xxx")
        assert.include(told, "The second summary.")
        assert.notInclude(told, "The first summary.")
      }
      assert.isTrue(said.has(true))
    }))

  it.scoped("compacts more than one prompt but not a single short one", () =>
    Effect.gen(function*() {
      const used = (line: Entry, input: number) =>
        ({ ...line, usage: { input, output: 0, cacheRead: 0, cacheWrite: 0 } }) as Entry
      const one = [user("hello"), used(assistant("yes"), 30_000)]
      const single = yield* compacted(200_000, one)
      assert.deepInclude(yield* single.compact, {
        isCompacted: false,
        notice: "Nothing to compact yet: 30k of 200k tokens used."
      })
      for (const second of [30_100, 100, 199_000]) {
        const { compact, session } = yield* compacted(
          200_000,
          [...one, user("more"), used(assistant("no"), second)],
          "Hello."
        )
        assert.isTrue((yield* compact).isCompacted)
        const told = JSON.stringify(History.toPrompt(yield* session.entries))
        assert.include(told, "Hello.")
        assert.notInclude(told, "hello")
      }
    }))

  it.scoped("makes no request if there is nothing to compact, and reports that", () =>
    Effect.gen(function*() {
      for (const lines of [[], [user("hello")], [user("hello"), assistant("yes")]]) {
        const { compact, seen, session } = yield* compacted(100_000, lines)
        assert.include((yield* compact).notice, "Nothing to compact yet")
        assert.strictEqual(seen.length, 0)
        assert.isFalse((yield* session.entries).some(({ type }) => type === "summary"))
      }
    }))

  it.scoped("fails if the summary is empty", () =>
    Effect.gen(function*() {
      const { compact, session } = yield* compacted(100, [user(long("first", 100)), assistant("yes")], " ")
      const error = yield* Effect.flip(compact)
      assert.strictEqual(error._tag, "MalformedOutput")
      assert.isFalse((yield* session.entries).some(({ type }) => type === "summary"))
    }))
})
