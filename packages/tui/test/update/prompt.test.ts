import { assert, describe, it } from "@effect/vitest"
import * as Keymap from "../../src/internal/input/keymap.ts"
import { slashCommands } from "../../src/internal/input/slashCommands.ts"
import { finished, makeScreen } from "./simulatedScreen.ts"

describe("The prompt", () => {
  it("is sent and remembered", () => {
    const { actionsOf, press, state, transcript } = makeScreen()
    press("hello", "\r")
    assert.deepStrictEqual(actionsOf("turn"), [{ type: "turn", text: "hello" }])
    assert.deepStrictEqual(actionsOf("remember"), [{ type: "remember", text: "hello" }])
    assert.strictEqual(transcript(), "› hello")
    assert.strictEqual(state().input.text, "")
  })

  it("shows the description of a project's command without its control characters", () => {
    const { press, send, view } = makeScreen()
    send({ type: "commands", commands: [{ name: "/mine", description: "copies\x1b]52;c;eA==\x07 this" }] })
    press("/mine")
    assert.include(view(), "/mine  copies this")
  })

  it("looks for images in pasted text, but not in a command", () => {
    const { actionsOf, press } = makeScreen()
    for (const typed of ["!wc ", "/export "]) press(typed, "\x1b[200~/tmp/a.png\x1b[201~", "\x03")
    assert.deepStrictEqual(actionsOf("attach-pasted"), [])
    for (const typed of ["", "see ", "in "]) press(typed, "\x1b[200~/tmp/a.png\x1b[201~", "\x03")
    press("/tmp/a.png")
    assert.deepStrictEqual(
      actionsOf("attach-pasted"),
      Array.from({ length: 4 }, () => ({ type: "attach-pasted", text: "/tmp/a.png" }))
    )
    press("\x1b[200~\x1b[201~")
    assert.lengthOf(actionsOf("attach-clipboard"), 1)
  })

  it("gets a new line from Return while completions are open, if Return is bound to that", () => {
    const { keymap } = Keymap.make({ input_newline: "return", input_submit: "alt+return" })
    const { actionsOf, press, send, state } = makeScreen({ columns: 80, rows: 24 }, keymap)
    send({ type: "files", files: ["src/main.ts"] })
    press("@src/ma", "\r")
    assert.strictEqual(state().input.text, "@src/main.ts ")
    press("\x7f")
    assert.isDefined(state().completion)
    press("\r", "\x15\x7f\x15", "/hel", "\r")
    assert.strictEqual(state().input.text, "/help ")
    assert.deepStrictEqual(actionsOf("turn"), [])
    assert.deepStrictEqual(actionsOf("remember"), [])
  })

  it("waits for the picture that is being attached", () => {
    const picture = { text: "@/tmp/clip.png", image: { name: "clip.png", details: "" } }
    const { actionsOf, press, send, state, transcript, view } = makeScreen()
    press("see ", "\x16", "\x16", "\r")
    assert.lengthOf(actionsOf("attach-clipboard"), 1)
    assert.deepStrictEqual(actionsOf("turn"), [])
    assert.include(view(), "sending once the image is attached")
    send({ type: "images-attached", images: [picture] })
    send({ type: "attachment-read", source: "clipboard", isOk: true })
    assert.deepStrictEqual(actionsOf("turn"), [{ type: "turn", text: "see @/tmp/clip.png" }])
    assert.strictEqual(state().input.text, "")
    // Its line below the prompt has the details.
    assert.include(transcript(), "› see @clip.png")
  })

  it("is not sent without the picture that could not be attached, or after Esc", () => {
    const { actionsOf, press, send, state, view } = makeScreen()
    press("see", "\x16")
    assert.include(view(), "reading the clipboard")
    press("\r")
    send({ type: "attachment-read", source: "clipboard", isOk: false })
    assert.deepStrictEqual(actionsOf("turn"), [])
    press("\x16", "\r", "\x1b")
    assert.lengthOf(actionsOf("stop-attaching"), 1)
    assert.notInclude(view(), "clipboard")
    send({ type: "attachment-read", source: "clipboard", isOk: true })
    assert.deepStrictEqual(actionsOf("turn"), [])
    assert.strictEqual(state().input.text, "see")
    press("\r")
    assert.lengthOf(actionsOf("turn"), 1)
  })

  it("is not sent if it is empty", () => {
    const { actions, press } = makeScreen()
    press("  ", "\r", "\r")
    assert.deepStrictEqual(actions, [])
  })

  it("is queued during a turn, and sent afterwards in order", () => {
    const { actionsOf, view, endTurn, press, turn } = makeScreen()
    press("one", "\r", "two", "\r", "three", "\r")
    assert.lengthOf(actionsOf("turn"), 1)
    assert.include(view(), "queued: two\nqueued: three")
    turn(finished)
    endTurn()
    assert.deepStrictEqual(actionsOf("turn").at(-1), { type: "turn", text: "two" })
    endTurn()
    assert.deepStrictEqual(actionsOf("turn").at(-1), { type: "turn", text: "three" })
    assert.notInclude(view(), "queued")
  })

  it("takes back the last queued prompt on ↑", () => {
    const { press, state } = makeScreen()
    press("one", "\r", "two", "\r", "three", "\r", "\x1b[A")
    assert.strictEqual(state().input.text, "three")
    assert.deepStrictEqual(state().queue, ["two"])
  })

  it("takes back all queued prompts when Esc stops the turn", () => {
    const { actionsOf, view, endTurn, press, state } = makeScreen()
    press("one", "\r", "two", "\r", "\x1b", "\x1b")
    assert.lengthOf(actionsOf("stop"), 1)
    assert.include(view(), "stopping")
    endTurn(true)
    assert.lengthOf(actionsOf("turn"), 1)
    assert.strictEqual(state().input.text, "two")
  })

  it("is cleared on Ctrl-C; only if it is empty, Ctrl-C quits when it is pressed twice", () => {
    const { actionsOf, view, press, state, send } = makeScreen()
    press("text", "\x03")
    assert.strictEqual(state().input.text, "")
    assert.include(view(), "ctrl-_: undo")
    press("\x1f")
    assert.strictEqual(state().input.text, "text")
    press("\x03", "\x03")
    assert.include(view(), "ctrl-c again to quit")
    send({ type: "hint-expired" })
    press("\x03")
    assert.lengthOf(actionsOf("quit"), 0)
    press("\x03")
    assert.lengthOf(actionsOf("quit"), 1)
  })

  it("leaves the status bar to what follows, and another key between two Ctrl-C does not quit", () => {
    const { actionsOf, press, view } = makeScreen()
    press("text", "\x03", "!sleep 9", "\r")
    assert.include(view(), "running a command")
    assert.notInclude(view(), "cleared")
    const other = makeScreen()
    other.press("\x03", "\x1b[A", "\x1b[B", "\x03")
    assert.include(other.view(), "again to quit")
    assert.lengthOf(other.actionsOf("quit"), 0)
    assert.lengthOf(actionsOf("quit"), 0)
  })

  it("stays on Ctrl-C while a turn is running, which is stopped first", () => {
    const { actionsOf, endTurn, press, state } = makeScreen()
    press("one", "\r", "two", "\x03")
    assert.lengthOf(actionsOf("stop"), 1)
    assert.strictEqual(state().input.text, "two")
    // A turn that does not stop must not keep the user from quitting.
    press("\x03", "\x03", "\x03")
    assert.lengthOf(actionsOf("stop"), 1)
    assert.lengthOf(actionsOf("quit"), 1)
    endTurn(true)
  })

  it("suggests the command that a misspelled one is close to", () => {
    const { press, send, state } = makeScreen()
    send({ type: "commands", commands: [{ name: "/git:review", description: "" }] })
    for (const text of ["/modle", "/xyzzy", "/git:reveiw", "/usage", "/login now"]) {
      press(text, "\r")
      send({ type: "command-found", text, isPath: false })
    }
    assert.deepStrictEqual(state().items.map((item) => item.type === "notice" ? item.hint : ""), [
      "Did you mean /model? /help lists all commands.",
      "/help lists all commands.",
      "Did you mean /git:review? /help lists all commands.",
      "Use /cost. /help lists all commands.",
      "Use altimate-code auth login in another terminal. No restart is needed. /help lists all commands."
    ])
  })

  it("takes an earlier prompt on Ctrl-R, which is shown in full", () => {
    const { actionsOf, press, send, state, view } = makeScreen({ columns: 40, rows: 12 })
    press("dra", "\x12")
    assert.lengthOf(actionsOf("list-prompts"), 1)
    const long = `fix the cart\nand ${"its tests ".repeat(30)}`
    send({ type: "prompts", prompts: ["fix the cart", "other", long, "fix the cart"] })
    assert.include(view(), "› fix the cart")
    press("cart", "\x12")
    assert.match(view(), /› fix the cart and its[^]*─ \d+ lines[^]*  fix the cart\n  and its tests/)
    assert.isBelow(view().split("\n").length, 12)
    press("\r")
    assert.strictEqual(state().input.text, long)
    assert.lengthOf(actionsOf("turn"), 0)
    press("\x1f", "\x12")
    send({ type: "prompts", prompts: ["x"] })
    press("\x1b")
    assert.strictEqual(state().input.text, "dra")
  })

  it("quits on Ctrl-D only if it is empty", () => {
    const { actionsOf, press } = makeScreen()
    press("a", "\x04")
    assert.lengthOf(actionsOf("quit"), 0)
    press("\x7f", "\x04")
    assert.lengthOf(actionsOf("quit"), 1)
  })

  it("runs a shell command after !", () => {
    const { actionsOf, press } = makeScreen()
    press("!ls -l", "\r")
    assert.deepStrictEqual(actionsOf("shell"), [{ type: "shell", command: "ls -l" }])
    assert.lengthOf(actionsOf("turn"), 0)
  })

  it("completes and runs a command with a single Enter", () => {
    const { actionsOf, view, press } = makeScreen()
    press("/stat")
    assert.include(view(), "› /status")
    press("\r")
    assert.lengthOf(actionsOf("status"), 1)
  })

  it("keeps the selected completion visible in a terminal of any height", () => {
    for (let rows = 5; rows <= 24; rows++) {
      const { view, press } = makeScreen({ columns: 40, rows })
      press("/")
      for (let index = 0; index < 8; index++) {
        assert.match(view(), /^› \/ *$[^]*^› \/[a-z]+/m, `${index} in ${rows} rows`)
        press("\x1b[B")
      }
    }
  })

  it("reports an unknown command, but sends a path as a prompt", () => {
    const { actionsOf, press, send, transcript } = makeScreen()
    const text = "/nonsense with an argument"
    press(...text, "\r")
    assert.deepStrictEqual(actionsOf("find-command"), [{ type: "find-command", text }])
    // What follows waits until it is known.
    press("next", "\r")
    assert.lengthOf(actionsOf("turn"), 0)
    send({ type: "command-found", text, isPath: false })
    assert.match(transcript(), /Unknown command: \/nonsense\n/)
    assert.deepStrictEqual(actionsOf("turn"), [{ type: "turn", text: "next" }])

    const paths = makeScreen()
    paths.press("/etc/hosts: what is it?", "\r")
    paths.send({ type: "attachment-read", source: "pasted", isOk: true })
    assert.lengthOf(paths.actionsOf("turn"), 1)
    const directory = makeScreen()
    directory.press("/tmp is full", "\r")
    directory.send({ type: "command-found", text: "/tmp is full", isPath: true })
    assert.deepStrictEqual(directory.actionsOf("turn"), [{ type: "turn", text: "/tmp is full" }])
  })

  it("lists files on @ and completes them on Tab", () => {
    const { actionsOf, view, press, state, send } = makeScreen()
    press("see @ma")
    assert.lengthOf(actionsOf("list-files"), 1)
    send({ type: "files", files: ["src/main.ts", "README.md"] })
    assert.include(view(), "› src/main.ts")
    // Other messages do not rank all files again.
    const { completion } = state()
    send({ type: "tick", at: 1 })
    assert.strictEqual(state().completion, completion)
    press("\t")
    assert.strictEqual(state().input.text, "see @src/main.ts ")
  })

  it("shows a placeholder for a long paste and sends all of it", () => {
    const { actionsOf, view, press } = makeScreen()
    press("\x1b[200~1\n2\n3\n4\n5\x1b[201~")
    assert.include(view(), "[pasted text #1, 5 lines]")
    press("\r")
    assert.deepStrictEqual(actionsOf("turn"), [{ type: "turn", text: "1\n2\n3\n4\n5" }])
  })
})

describe("A prompt with many lines", () => {
  const text = Array.from({ length: 50 }, (_, index) => `line ${index + 1}`).join("\n")

  it("stays folded in the transcript, and is shown in full by ctrl-o", () => {
    const { press, transcript, view } = makeScreen({ columns: 80, rows: 60 })
    press(`look: \x1b[200~${text}\x1b[201~`, "\r")
    assert.include(transcript(), "line 4\n  … 46 more lines · ctrl-o: show")
    assert.notInclude(transcript(), "line 5\n")
    press("\x0f", "\r")
    assert.include(view(), "line 50")
  })

  it("is shown in full if it is short", () => {
    const { press, transcript } = makeScreen()
    press("one\x0atwo", "\r")
    assert.include(transcript(), "› one\n  two")
  })
})

describe("The list of commands", () => {
  it("has aligned columns", () => {
    const { press, view } = makeScreen({ columns: 80, rows: 40 })
    press("/")
    // Each command is selected once, which scrolls the list.
    const columns = new Set(
      slashCommands.map(({ description, name }) => {
        const line = view().split("\n").find((line) => line.startsWith(`› ${name} `))
        press("\x1b[B")
        return line?.indexOf(description)
      })
    )
    assert.strictEqual(columns.size, 1)
    assert.notInclude([...columns], undefined)
  })
})
