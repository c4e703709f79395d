import type { Question } from "@altimate-code/agent/Approver"
import type { TurnEvent } from "@altimate-code/agent/TurnEvent"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Keys from "../src/internal/input/keys.ts"
import * as Picker from "../src/internal/input/picker.ts"
import type { Command, Message, State } from "../src/internal/screen/state.ts"
import { initial, update } from "../src/internal/screen/update.ts"
import * as View from "../src/internal/screen/view.ts"
import { dark, plain } from "../src/internal/terminal/theme.ts"
import { widthOf } from "../src/internal/terminal/themedText.ts"
import * as ItemView from "../src/internal/transcript/itemView.ts"

const question: Question = {
  id: "call-1",
  tool: "bash",
  action: {
    judged: [{ permission: "bash", subject: "npm test" }],
    title: "npm test",
    preview: { type: "command", text: "npm test && echo \x1b[8mhidden" }
  },
  patterns: [{ permission: "bash", pattern: "npm test *" }],
  because: "permission.bash \"*\": ask"
}

const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

/** The state once the terminal shows it. */
const drawn = (state: State): State => {
  const { columns, rows } = state
  const { shown } = View.live(state)
  return shown === undefined ? state : update(state, { type: "drawn", shown, columns, rows }).state
}

/** A screen, and what was done to it. Time passes only when it is said. */
const screen = (size: { readonly columns: number; readonly rows: number } = { columns: 80, rows: 24 }) => {
  let state: State = initial({ ...size, theme: plain, version: "1.2.3", yolo: false, history: ["an old prompt"] })
  let at = 10_000
  const commands: Array<Command> = []
  const tell = (...messages: ReadonlyArray<Message>) => {
    for (const message of messages) {
      const step = update(state, message)
      commands.push(...step.commands)
      state = drawn(step.state)
    }
  }
  const wait = (milliseconds: number) => {
    at += milliseconds
    tell({ type: "tick", at })
  }
  return {
    tell,
    wait,
    commands,
    state: () => state,
    /** As a terminal sends them. */
    press: (...keys: ReadonlyArray<string>) => {
      for (const sent of keys) {
        const { decoder, keys } = Keys.decode(Keys.start, sent)
        for (const key of [...keys, ...Keys.flush(decoder).keys]) tell({ type: "key", key, at })
      }
    },
    turn: (...events: ReadonlyArray<TurnEvent>) =>
      tell(...events.map((event) => ({ type: "turn", event, at }) as const)),
    over: (interrupted = false) => tell({ type: "turn-over", at, interrupted }),
    live: () => View.live(state).lines.join("\n"),
    /** The finished part. */
    told: () =>
      state.items.flatMap((item, index) => ItemView.render(item, state.items[index - 1], View.lookOf(state))).join(
        "\n"
      ),
    asked: (type: Command["type"]) => commands.filter((command) => command.type === type)
  }
}

const asked = (id: string, name = "read", title = id): TurnEvent => ({
  type: "tool-asked",
  id,
  name,
  title,
  params: {}
})
const done = (id: string, outcome: "ok" | "failed" | "denied" = "ok", diff?: string): TurnEvent => ({
  type: "tool-done",
  id,
  name: "read",
  title: id,
  outcome,
  summary: "3 lines",
  output: "the output",
  ...(diff === undefined ? {} : { diff })
})
const finished: TurnEvent = { type: "finished", reason: "stop", usage, steps: 1, metadata: {} }

describe("An answer that is none", () => {
  it("says which end it was, for each of them", () => {
    const reasons = ["stop", "length", "content-filter", "error", "unknown", "other"] as const
    const texts = reasons.map((reason) => {
      const { over, press, told, turn } = screen()
      press("hello", "\r")
      turn({ ...finished, reason, isEmpty: true })
      over()
      return told().replace("› hello", "").trim()
    })
    for (const text of texts) assert.isNotEmpty(text)
    assert.include(texts[1], "token limit")
    assert.include(texts[2], "filter")
  })

  it("is not the end of a turn whose tools have run, and whose notice is shown", () => {
    const { over, press, told, turn } = screen()
    press("hello", "\r")
    turn({ type: "notice", text: "The model ended the turn without a closing message." }, finished)
    over()
    assert.include(told(), "without a closing message")
    assert.notInclude(told(), "empty")
  })
})

describe("The input", () => {
  it("sends what is written, and remembers it", () => {
    const { asked, press, state, told } = screen()
    press("hello", "\r")
    assert.deepStrictEqual(asked("turn"), [{ type: "turn", text: "hello" }])
    assert.deepStrictEqual(asked("remember"), [{ type: "remember", text: "hello" }])
    assert.strictEqual(told(), "› hello")
    assert.strictEqual(state().input.text, "")
  })

  it("does not send nothing", () => {
    const { commands, press } = screen()
    press("  ", "\r", "\r")
    assert.deepStrictEqual(commands, [])
  })

  it("queues what is sent while an answer comes, and sends it afterwards, in its order", () => {
    const { asked, live, over, press, turn } = screen()
    press("one", "\r", "two", "\r", "three", "\r")
    assert.lengthOf(asked("turn"), 1)
    assert.include(live(), "queued two\nqueued three")
    turn(finished)
    over()
    assert.deepStrictEqual(asked("turn").at(-1), { type: "turn", text: "two" })
    over()
    assert.deepStrictEqual(asked("turn").at(-1), { type: "turn", text: "three" })
    assert.notInclude(live(), "queued")
  })

  it("gives the last of the queue back on ↑", () => {
    const { press, state } = screen()
    press("one", "\r", "two", "\r", "three", "\r", "\x1b[A")
    assert.strictEqual(state().input.text, "three")
    assert.deepStrictEqual(state().queue, ["two"])
  })

  it("stops the answer on Esc, gives the queue back, and sends none of it", () => {
    const { asked, live, over, press, state } = screen()
    press("one", "\r", "two", "\r", "\x1b", "\x1b")
    assert.lengthOf(asked("stop"), 1)
    assert.include(live(), "stopping")
    over(true)
    assert.lengthOf(asked("turn"), 1)
    assert.strictEqual(state().input.text, "two")
  })

  it("clears on Ctrl-C, says that once more leaves, and leaves only then", () => {
    const { asked, live, press, state, tell } = screen()
    press("text", "\x03")
    assert.strictEqual(state().input.text, "")
    assert.include(live(), "ctrl-c again to quit")
    tell({ type: "calm" })
    press("\x03")
    assert.lengthOf(asked("leave"), 0)
    press("\x03")
    assert.lengthOf(asked("leave"), 1)
  })

  it("leaves on Ctrl-D only when nothing is written", () => {
    const { asked, press } = screen()
    press("a", "\x04")
    assert.lengthOf(asked("leave"), 0)
    press("\x7f", "\x04")
    assert.lengthOf(asked("leave"), 1)
  })

  it("runs a shell command after !", () => {
    const { asked, press } = screen()
    press("!ls -l", "\r")
    assert.deepStrictEqual(asked("shell"), [{ type: "shell", command: "ls -l" }])
    assert.lengthOf(asked("turn"), 0)
  })

  it("completes and runs a command on one Enter", () => {
    const { asked, live, press } = screen()
    press("/stat")
    assert.include(live(), "› /status")
    press("\r")
    assert.lengthOf(asked("status"), 1)
  })

  it("has the selected completion on the screen, however low that is", () => {
    for (let rows = 5; rows <= 24; rows++) {
      const { live, press } = screen({ columns: 40, rows })
      press("/")
      for (let index = 0; index < 8; index++) {
        assert.match(live(), /^› \/ *$[^]*^› \/[a-z]+/m, `${index} in ${rows} rows`)
        press("\x1b[B")
      }
    }
  })

  it("says that there is no such command, and takes a path for a prompt", () => {
    const { asked, press, told } = screen()
    press("/nonsense", "\r")
    assert.include(told(), "There is no command /nonsense.")
    press("/etc/hosts: what is it?", "\r")
    assert.lengthOf(asked("turn"), 1)
  })

  it("asks for the files on @ and completes them on Tab", () => {
    const { asked, live, press, state, tell } = screen()
    press("see @ma")
    assert.lengthOf(asked("list-files"), 1)
    tell({ type: "files", files: ["src/main.ts", "README.md"] })
    assert.include(live(), "› src/main.ts")
    // What comes in meanwhile is no reason to compare all files again.
    const { completion } = state()
    tell({ type: "tick", at: 1 })
    assert.strictEqual(state().completion, completion)
    press("\t")
    assert.strictEqual(state().input.text, "see @src/main.ts ")
  })

  it("shows what was pasted as one piece and sends all of it", () => {
    const { asked, live, press } = screen()
    press("\x1b[200~1\n2\n3\n4\n5\x1b[201~")
    assert.include(live(), "[pasted text #1, 5 lines]")
    press("\r")
    assert.deepStrictEqual(asked("turn"), [{ type: "turn", text: "1\n2\n3\n4\n5" }])
  })
})

describe("A turn on the screen", () => {
  it("keeps only the open end of the answer in the live part", () => {
    const { live, press, told, turn } = screen()
    press("hi", "\r")
    turn({ type: "text", text: "First paragraph.\n\nSecond\n" })
    assert.include(told(), "First paragraph.")
    assert.notInclude(told(), "Second")
    assert.include(live(), "Second")
    turn({ type: "text", text: "one." }, finished)
    assert.include(told(), "First paragraph.\n\nSecond\none.")
    assert.notInclude(live(), "Second")
  })

  it("folds reasoning to one line", () => {
    const { live, press, told, turn, wait } = screen()
    press("hi", "\r")
    turn({ type: "reasoning", text: "secret thoughts\nin lines" })
    assert.include(live(), "∴ thinking")
    wait(5000)
    turn({ type: "text", text: "Answer." }, finished)
    assert.include(told(), "∴ thought for 5s · ctrl-o opens")
    assert.notInclude(told(), "secret thoughts")
  })

  it("shows calls in their order, whichever is done first, each with a sign and a word", () => {
    const { live, press, told, turn } = screen()
    press("hi", "\r")
    turn(
      asked("a"),
      asked("b"),
      { type: "tool-running", id: "a" },
      { type: "tool-running", id: "b" },
      done("b", "denied")
    )
    assert.include(live(), "… read a · running")
    assert.notInclude(told(), "read b")
    turn(done("a"))
    assert.include(told(), "✓ read a · 3 lines\n⊘ read b · not allowed · 3 lines")
  })

  it("shows the first lines of a change", () => {
    const { press, told, turn } = screen()
    const lines = Array.from({ length: 40 }, (_, index) => `+line ${index}`).join("\n")
    press("hi", "\r")
    turn(asked("a"), done("a", "ok", `--- a/x\n+++ b/x\n@@ -0,0 +1,40 @@\n${lines}\n`))
    assert.include(told(), "+ line 0")
    assert.notInclude(told(), "+ line 30")
    assert.match(told(), /… \d+ more lines · ctrl-o opens/)
  })

  it("says that it was interrupted, with the calls that were", () => {
    const { over, press, told, turn } = screen()
    press("hi", "\r")
    turn({ type: "text", text: "Begun" }, asked("a"))
    over(true)
    assert.include(told(), "Begun\n\n■ read a · interrupted\n\n! Interrupted; what came so far is kept.")
  })

  it("tells durations only from two seconds on", () => {
    const { live, press, wait } = screen()
    press("hi", "\r")
    wait(1900)
    assert.include(live(), "thinking · esc: stop")
    wait(200)
    assert.include(live(), "thinking 2s · esc: stop")
  })

  it("adds up the session's tokens and prices them", () => {
    const { live, press, tell, turn } = screen({ columns: 200, rows: 24 })
    tell({
      type: "model",
      model: {
        name: "M",
        wire: "m",
        provider: "P",
        contextWindow: 1000,
        price: { input: 100, output: 100 },
        region: "",
        gateway: "",
        credential: ""
      } as never
    })
    press("hi", "\r")
    const step = { input: 400, output: 100, cacheRead: 0, cacheWrite: 0 }
    turn({ type: "usage", step, context: 500 }, { type: "usage", step, context: 600 })
    assert.include(live(), "context 60% · 1.0k tokens · $0.10")
  })
})

describe("A question about a call", () => {
  const ask = () => {
    const it = screen()
    it.press("hi", "\r")
    it.turn(asked("call-1", "bash", "npm test"))
    it.tell({ type: "asked", question })
    return it
  }
  const answers = (keys: ReadonlyArray<string>) => {
    const it = ask()
    it.wait(1000)
    it.press(...keys)
    return it.asked("answer").map((command) => command.type === "answer" ? command.answer : undefined)
  }

  it("shows exactly what will run, control characters too, why, and what always would allow", () => {
    const shown = ask().live()
    assert.include(shown, "npm test && echo ␛[8mhidden")
    assert.include(shown, "Why you are asked: permission.bash \"*\": ask")
    assert.include(shown, "Always allows: bash npm test *")
  })

  it("is answered by one key, or by choosing", () => {
    assert.deepStrictEqual(answers(["y"]), [{ _tag: "Once" }])
    assert.deepStrictEqual(answers(["s"]), [{ _tag: "Session" }])
    assert.deepStrictEqual(answers(["n"]), [{ _tag: "No" }])
    assert.deepStrictEqual(answers(["\x1b[B", "\x1b[B", "\r"]), [{ _tag: "Session" }])
    assert.deepStrictEqual(answers(["\x1b[A", "\x1b[A", "\r"]), [{ _tag: "No" }])
    assert.deepStrictEqual(answers(["e", "use ", "pnpm", "\r"]), [{ _tag: "No", message: "use pnpm" }])
    assert.deepStrictEqual(answers(["e", "x", "\x1b", "y"]), [{ _tag: "Once" }])
  })

  it("is not answered by Enter alone, nor by a text that is meant for the input", () => {
    assert.deepStrictEqual(answers(["\r"]), [])
    assert.deepStrictEqual(answers(["yes please", "\r"]), [])
  })

  it("writes to the configuration only for always", () => {
    const it = ask()
    it.press("a")
    assert.deepStrictEqual(it.asked("allow"), [{ type: "allow", patterns: question.patterns }])
    const other = ask()
    other.press("s")
    assert.lengthOf(other.asked("allow"), 0)
  })

  it("is not answered by somebody who is in the middle of a word", () => {
    const it = screen()
    it.press("hi", "\r", "wh")
    it.tell({ type: "asked", question })
    it.wait(200)
    it.press("y", "\r")
    assert.lengthOf(it.asked("answer"), 0)
    assert.strictEqual(it.state().input.text, "why")
    it.wait(600)
    it.press("y")
    assert.lengthOf(it.asked("answer"), 1)
  })

  it("is not answered by the key that is still held down from the question before", () => {
    const it = ask()
    it.tell({ type: "asked", question: { ...question, id: "call-2" } })
    it.wait(1000)
    it.press("y", "y", "y")
    assert.lengthOf(it.asked("answer"), 1)
    it.wait(600)
    it.press("n")
    assert.deepStrictEqual(it.asked("answer").at(-1), { type: "answer", id: "call-2", answer: { _tag: "No" } })
  })

  it("goes away with its turn", () => {
    const it = ask()
    it.press("\x1b")
    assert.lengthOf(it.asked("stop"), 1)
    it.over(true)
    assert.notInclude(it.live(), "Allow this command?")
  })

  it("waits until what is open is closed", () => {
    const it = screen()
    it.press("hi", "\r")
    it.tell({ type: "asked", question }, { type: "asked", question: { ...question, id: "call-2", tool: "second" } })
    assert.include(it.live(), "Allow this command?")
    it.press("y")
    assert.include(it.live(), "Allow this tool call?")
  })
})

describe("Another conversation", () => {
  const picker = Picker.make("Conversations", [{ id: "older", label: "older", detail: "" }])
  const conversation = { type: "conversation", items: [], usage, context: 0 } as const

  it("is opened when it is chosen", () => {
    const it = screen()
    it.press("/sessions", "\r")
    it.tell({ type: "sessions", picker }, { type: "ready" })
    it.press("\r")
    assert.deepStrictEqual(it.asked("open-session"), [{ type: "open-session", id: "older" }])
    it.tell(conversation, { type: "ready" })
    assert.strictEqual(it.state().work.type, "none")
  })

  it("waits for the turn of a prompt that was sent before the list was there", () => {
    const it = screen()
    it.press("/sessions", "\r", "hello", "\r")
    it.tell({ type: "sessions", picker }, { type: "ready" })
    assert.strictEqual(it.state().work.type, "turn")
    it.press("\r")
    assert.lengthOf(it.asked("open-session"), 0)
    assert.include(it.live(), "queued /sessions older")
    it.over()
    assert.lengthOf(it.asked("open-session"), 1)
  })

  it("is open only when its opening is over", () => {
    const it = screen()
    it.press("/new", "\r")
    it.tell(conversation)
    it.press("hello", "\r")
    assert.lengthOf(it.asked("turn"), 0)
    it.tell({ type: "ready" })
    assert.lengthOf(it.asked("turn"), 1)
  })
})

describe("A model", () => {
  it("is changed only after the turn that was begun before the list was there", () => {
    const it = screen()
    it.press("/model", "\r", "hello", "\r")
    it.tell({ type: "models", picker: Picker.make("Models", [{ id: "m", label: "m", detail: "" }]) })
    it.press("\r")
    assert.lengthOf(it.asked("select-model"), 0)
    it.over()
    assert.deepStrictEqual(it.asked("select-model"), [{ type: "select-model", id: "m" }])
  })
})

describe("Text from outside", () => {
  const bad = "\x1b]0;title\x07\x1b[2Jtext\x1b[31m"

  it("brings no escape sequence to the terminal", () => {
    const it = screen()
    it.tell(
      { type: "item", item: { type: "welcome", version: "1", directory: bad } },
      { type: "item", item: { type: "shell", command: bad, output: bad, end: bad, ok: true } },
      { type: "item", item: { type: "reasoning", text: bad, seconds: 3 } }
    )
    assert.notInclude(it.told(), "\x1b")
    it.press("\x0f")
    assert.notInclude(it.live(), "\x1b")
    it.press("\r")
    assert.notInclude(it.live(), "\x1b")
  })
})

describe("The pager", () => {
  it("opens what a call gave back", () => {
    const it = screen()
    it.press("hi", "\r")
    it.turn(asked("a"), done("a"), finished)
    it.over()
    it.press("\x0f", "\r")
    assert.include(it.live(), "the output")
    it.press("\x1b", "\x1b")
    assert.isUndefined(it.state().pager)
  })
})

describe("The live part", () => {
  const events: ReadonlyArray<TurnEvent> = [
    { type: "text", text: "# Heading\n\nwords ".repeat(3) },
    { type: "text", text: "```ts\nconst x = 1\n".repeat(4) },
    { type: "text", text: "日本語 👩‍👩‍👧‍👦 ".repeat(20) },
    { type: "reasoning", text: "hm\n".repeat(9) },
    asked("a", "bash", "x ".repeat(200)),
    { type: "tool-running", id: "a" },
    done("a", "failed"),
    { type: "notice", text: "A notice. ".repeat(30) },
    finished
  ]
  const messages = fc.oneof(
    fc.constantFrom(...events).map((event): Message => ({ type: "turn", event, at: 5 })),
    fc.constantFrom(
      "text",
      "/",
      "@",
      "\r",
      "\x1b",
      "\x0f",
      "\x03",
      "\x1b[A",
      "\x1b[B",
      "\t",
      "\x1b[200~1\n2\n3\n4\n5\x1b[201~",
      "\n",
      "y",
      "e"
    ).map(
      (sent): Message => {
        const { decoder, keys } = Keys.decode(Keys.start, sent)
        const [key] = [...keys, ...Keys.flush(decoder).keys]
        return key === undefined ? { type: "calm" } : { type: "key", key, at: 5 }
      }
    ),
    fc.constantFrom<Message>(
      { type: "asked", question },
      { type: "unasked", id: "call-1" },
      { type: "turn-over", at: 9, interrupted: true },
      { type: "files", files: ["a/b.ts", `${"long/".repeat(60)}x.ts`] },
      { type: "calm" }
    ),
    fc.record({ columns: fc.integer({ min: 20, max: 400 }), rows: fc.integer({ min: 1, max: 80 }) }).map(
      (size): Message => ({ type: "resized", ...size })
    )
  )

  it("is lower than the screen and never wider, whatever happens", () => {
    fc.assert(
      fc.property(
        fc.array(messages, { maxLength: 40 }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (all, columns, rows, yolo) => {
          let state = initial({ columns, rows, theme: dark, version: "1", yolo, history: [] })
          for (const message of all) {
            state = drawn(update(state, message).state)
            const { cursor, lines } = View.live(state)
            assert.isBelow(lines.length, state.rows)
            if (yolo && state.rows > 1) assert.include(lines.slice(-2).join("\n"), "YOLO")
            for (const line of lines) assert.isAtMost(widthOf(line), state.columns)
            if (cursor !== undefined) {
              assert.isBelow(cursor.row, lines.length)
              assert.isBelow(cursor.column, state.columns)
            }
          }
          state.items.forEach((item, index) => {
            for (const line of ItemView.render(item, state.items[index - 1], View.lookOf(state))) {
              assert.isAtMost(widthOf(line), state.columns, `${item.type}: ${line}`)
            }
          })
        }
      ),
      { numRuns: 300 }
    )
  })
})
