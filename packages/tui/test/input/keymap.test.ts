import { assert, describe, it } from "@effect/vitest"
import { bindings } from "../../src/internal/input/bindings.ts"
import { hint, type Keybinds, labelOfInterrupt, look, make, type Meaning } from "../../src/internal/input/keymap.ts"
import * as Keys from "../../src/internal/input/keys.ts"
import { help } from "../../src/internal/input/slashCommands.ts"

/** What the keys, as a terminal sends them, mean one after the other. */
const meanings = (keybinds: Keybinds, ...sent: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { keymap } = make(keybinds)
  let isAfterLeader = false
  return sent.map((text) => {
    const { decoder, keys: [decoded] } = Keys.decode(Keys.start, text)
    const key = decoded ?? Keys.flush(decoder).keys[0]
    if (key === undefined) return "no key"
    const meaning: Meaning = look(keymap, key, isAfterLeader)
    isAfterLeader = meaning.type === "leader"
    if (meaning.type === "command") return meaning.command
    if (meaning.type !== "key") return meaning.type
    const { key: bound } = meaning
    return bound.type === "key" ? `${bound.ctrl ? "ctrl-" : ""}${bound.shift ? "shift-" : ""}${bound.name}` : bound.text
  })
}

const problems = (keybinds: Keybinds) => make(keybinds).problems

describe("The keys of the prompt", () => {
  it("are the documented ones without a configuration", () => {
    assert.deepStrictEqual(problems({}), [])
    assert.deepStrictEqual(
      meanings({}, "a", "\r", "\x1b", "\x04", "\x0a", "\x07", "\x0f", "\x18", "n", "\x18", "?", "n", "\x1b[Z"),
      [
        "a",
        "return",
        "escape",
        "exit",
        "ctrl-j",
        "ctrl-g",
        "ctrl-o",
        "leader",
        "/new",
        "leader",
        "nothing",
        "n",
        "shift-tab"
      ]
    )
  })

  it("follow the configuration, with alternatives", () => {
    const keybinds = {
      leader: "ctrl+t",
      session_new: "<leader>N, f2",
      input_submit: "alt+return",
      input_newline: ["return", "ctrl+j"],
      editor_open: "none",
      tool_details: false,
      input_undo: "ctrl+-,super+z",
      history_previous: "alt+up"
    } as const
    assert.deepStrictEqual(problems(keybinds), [])
    assert.deepStrictEqual(
      meanings(
        keybinds,
        "\x14",
        "N",
        "\x14",
        "n",
        "\x1bOQ",
        "\x1b[12~",
        "\x1b\r",
        "\r",
        "\x07",
        "\x0f",
        "\x1f",
        "\x1b[1;3A",
        "\x1b[A"
      ),
      [
        "leader",
        "/new",
        "leader",
        "nothing",
        "/new",
        "/new",
        "return",
        "ctrl-j",
        "nothing",
        "nothing",
        "ctrl-_",
        "up",
        "nothing"
      ]
    )
  })

  it("leave Ctrl-C alone, and Ctrl-D for deleting", () => {
    const keybinds = {
      leader: "ctrl+c",
      app_exit: "ctrl+c,ctrl+d,<leader>q",
      session_new: "ctrl+c",
      input_delete: "ctrl+d,delete"
    }
    assert.deepStrictEqual(meanings(keybinds, "\x03", "\x04", "\x18", "q", "\x1b[3~"), [
      "ctrl-c",
      "exit",
      "leader",
      "exit",
      "delete"
    ])
    assert.deepStrictEqual(problems(keybinds), [
      "keybinds.leader: \"ctrl+c\" can't be used: ctrl+c always stops, clears and quits.",
      "keybinds.session_new: ctrl+c can't be reassigned: it always stops, clears and quits."
    ])
    assert.deepStrictEqual(meanings({ app_exit: "none" }, "\x03", "\x04"), ["ctrl-c", "delete"])
  })

  it("report what can't be used, and why", () => {
    assert.deepStrictEqual(
      problems({
        session_new: "n",
        session_list: "ctl+l",
        session_fork: "ctrl+nope",
        session_compact: "ctrl+",
        status_view: "ctrl+i",
        model_list: "super+m,ctrl+shift+y",
        editor_open: "ctrl+y",
        messages_copy: "alt+c,ctrl+y",
        help_show: "ctrl+x"
      }).toSorted(),
      [
        "keybinds.messages_copy: ctrl-y is already bound to editor_open; this binding is ignored.",
        "keybinds.help_show: ctrl-x is already the leader key.",
        "keybinds.model_list: terminals don't send super+m or ctrl+shift+y.",
        "keybinds.session_compact: \"ctrl+\" can't be used: the key is missing.",
        "keybinds.session_fork: \"ctrl+nope\" can't be used: there is no key \"nope\".",
        "keybinds.session_list: \"ctl+l\" can't be used: \"ctl\" is not a modifier: use ctrl, alt or shift.",
        "keybinds.session_new: \"n\" can't be used: it is typed as text: add ctrl or alt, or put <leader> before it.",
        "keybinds.status_view: \"ctrl+i\" can't be used: a terminal sends the same as for tab."
      ].toSorted()
    )
  })

  it("of another action give way to a configured one", () => {
    const keybinds = { session_new: "ctrl+g" }
    assert.deepStrictEqual(problems(keybinds), [])
    assert.deepStrictEqual(meanings(keybinds, "\x07", "\x18", "e", "\x18", "n"), [
      "/new",
      "leader",
      "ctrl-g",
      "leader",
      "nothing"
    ])
  })

  it("are in the help as they apply", () => {
    const lines = help(
      [],
      make({ leader: "ctrl+t", editor_open: "f4", tool_details: "none", session_list: "none" }).keymap
    ).join("\n")
    assert.match(lines, /^\/new +start a new session \(ctrl-t n\)$/m)
    assert.match(lines, /^\/sessions +resume, rename, copy or delete an earlier session$/m)
    assert.match(lines, /^f4 +edit the prompt/m)
    assert.notInclude(lines, "tool output and the model's reasoning")
    assert.match(lines, /^enter +send/m)
    assert.match(lines, /^ctrl-c +stop/m)
  })

  it("have no conflicts among the defaults", () => {
    const written = Object.fromEntries(bindings.map(({ defaults, setting }) => [setting, defaults]))
    assert.deepStrictEqual(problems(written), [])
    assert.deepStrictEqual([...make(written).keymap.targets], [...make({}).keymap.targets])
  })

  it("names the key of an action, and says which action has lost its only one", () => {
    const { keymap, problems } = make({ session_new: "ctrl+o", session_interrupt: "none", input_undo: "f3" })
    assert.strictEqual(hint(keymap, "tool_details", "show"), "")
    assert.strictEqual(hint(keymap, "input_undo", "undo"), " · f3: undo")
    assert.strictEqual(labelOfInterrupt(keymap), "ctrl-c")
    assert.deepStrictEqual(problems, [
      "keybinds.session_new: ctrl-o was the only key of tool_details. Give it another one, or none."
    ])
    assert.deepStrictEqual(make({ session_new: "ctrl+o", tool_details: "none" }).problems, [])
    assert.deepStrictEqual(make({ leader: "ctrl+o" }).problems, [
      "keybinds.leader: ctrl-o was the only key of tool_details. Give it another one, or none."
    ])
  })
})
