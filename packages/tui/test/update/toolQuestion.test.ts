import { assert, describe, it } from "@effect/vitest"
import { makeScreen, question, toolAsked } from "./simulatedScreen.ts"

describe("A question about a tool call", () => {
  const ask = () => {
    const it = makeScreen()
    it.press("hi", "\r")
    it.turn(toolAsked("call-1", "bash", "npm test"))
    it.send({ type: "question-asked", question })
    return it
  }
  const answers = (keys: ReadonlyArray<string>) => {
    const it = ask()
    it.wait(1000)
    it.press(...keys)
    return it.actionsOf("answer").map((command) => command.type === "answer" ? command.answer : undefined)
  }

  it("shows the exact command, the reason and the patterns", () => {
    const shown = ask().view()
    assert.include(shown, "npm test && echo ␛[8mhidden")
    assert.include(shown, "Asking because permission.bash \"*\": ask")
    assert.include(shown, "\"Always\" would allow: bash npm test *")
  })

  it("is answered by a key or by a selection", () => {
    assert.deepStrictEqual(answers(["y"]), [{ _tag: "Once" }])
    assert.deepStrictEqual(answers(["s"]), [{ _tag: "Session" }])
    assert.deepStrictEqual(answers(["n"]), [{ _tag: "No" }])
    assert.deepStrictEqual(answers(["\x1b[B", "\x1b[B", "\r"]), [{ _tag: "Session" }])
    assert.deepStrictEqual(answers(["\x1b[A", "\x1b[A", "\r"]), [{ _tag: "No" }])
    assert.deepStrictEqual(answers(["e", "use ", "pnpm", "\r"]), [{ _tag: "No", message: "use pnpm" }])
    assert.deepStrictEqual(answers(["e", "x", "\x1b", "y"]), [{ _tag: "Once" }])
  })

  it("is not answered by Enter alone or by text for the prompt", () => {
    assert.deepStrictEqual(answers(["\r"]), [])
    assert.deepStrictEqual(answers(["yes please", "\r"]), [])
  })

  it("is answered by a number, or by a whole word, none of which reaches the prompt", () => {
    assert.deepStrictEqual(answers(["1", "\r"]), [{ _tag: "Once" }])
    assert.deepStrictEqual(answers(["4"]), [{ _tag: "No" }])
    assert.deepStrictEqual(answers(["7", "0"]), [])
    assert.deepStrictEqual(answers(["yes"]), [{ _tag: "Once" }])
    for (
      const [keys, answer] of [
        [["y", "e", "s"], "Once"],
        [["y", "es"], "Once"],
        [["n", "o"], "No"],
        [["a", "lw", "ays"], "Once"]
      ] as const
    ) {
      const it = ask()
      it.press(...keys, "\r")
      assert.deepStrictEqual(it.actionsOf("answer").map((action) => action.type === "answer" && action.answer._tag), [
        answer
      ])
      assert.strictEqual(it.state().input.text, "")
      it.press("e")
      assert.strictEqual(it.state().input.text, "e")
    }
  })

  it("does not send a draft with the Return after a whole word", () => {
    const it = makeScreen()
    it.press("hi", "\r", "draft")
    it.wait(1000)
    it.send({ type: "question-asked", question })
    it.press("y", "e", "s", "\r")
    assert.lengthOf(it.actionsOf("answer"), 1)
    assert.deepStrictEqual([it.state().input.text, it.state().queue], ["draft", []])
    it.press("\r")
    assert.deepStrictEqual(it.state().queue, ["draft"])
  })

  it("ignores other keys, says which count, and leaves the prompt alone", () => {
    const it = ask()
    it.press("x", "hello", " ", "\x1b[200~pasted\x1b[201~")
    assert.strictEqual(it.state().input.text, "")
    assert.include(it.view(), "press y s a n e, or esc to stop")
    it.send({ type: "hint-expired" })
    assert.include(it.view(), "waiting for you · esc: stop")
    const cramped = makeScreen({ columns: 40, rows: 8 })
    cramped.press("hi", "\r")
    cramped.send({ type: "question-asked", question })
    cramped.press("x")
    assert.include(cramped.view(), "press y s a n e, or esc to stop")
    // Numbers count only where they are shown.
    cramped.press("1")
    assert.lengthOf(cramped.actionsOf("answer"), 0)
  })

  it("is saved in the configuration only for \"always\"", () => {
    const it = ask()
    it.press("a")
    assert.deepStrictEqual(it.actionsOf("always-allow"), [{ type: "always-allow", patterns: question.patterns }])
    const other = ask()
    other.press("s")
    assert.lengthOf(other.actionsOf("always-allow"), 0)
  })

  it("is not answered by keys in the middle of a word", () => {
    const it = makeScreen()
    it.press("hi", "\r", "wh")
    it.send({ type: "question-asked", question })
    it.wait(200)
    it.press("y", "\r")
    assert.lengthOf(it.actionsOf("answer"), 0)
    assert.strictEqual(it.state().input.text, "why")
    it.wait(600)
    it.press("y")
    assert.lengthOf(it.actionsOf("answer"), 1)
  })

  it("is not answered by a key held down since the previous question", () => {
    const it = ask()
    it.send({ type: "question-asked", question: { ...question, id: "call-2" } })
    it.wait(1000)
    it.press("y", "y", "y")
    assert.lengthOf(it.actionsOf("answer"), 1)
    assert.strictEqual(it.state().input.text, "")
    it.wait(600)
    it.press("n")
    assert.deepStrictEqual(it.actionsOf("answer").at(-1), { type: "answer", id: "call-2", answer: { _tag: "No" } })
  })

  it("closes with its turn", () => {
    const it = ask()
    it.press("\x1b")
    assert.lengthOf(it.actionsOf("stop"), 1)
    it.endTurn(true)
    assert.notInclude(it.view(), "Allow this command?")
  })

  it("waits until the previous question is answered", () => {
    const it = makeScreen()
    it.press("hi", "\r")
    it.send({ type: "question-asked", question }, {
      type: "question-asked",
      question: { ...question, id: "call-2", tool: "second" }
    })
    assert.include(it.view(), "Allow this command?")
    it.press("y")
    assert.include(it.view(), "Allow this tool call?")
  })
})
