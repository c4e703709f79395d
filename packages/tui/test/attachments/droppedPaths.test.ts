import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { interpret } from "../../src/internal/attachments/droppedPaths.ts"

const paths = (text: string, isWsl = false) => interpret(text, isWsl)[0]

describe("The paths of dropped files", () => {
  it("are pasted as they are, by line", () => {
    assert.deepStrictEqual(paths("/tmp/a b.png "), ["/tmp/a b.png"])
    assert.deepStrictEqual(paths("/tmp/a b.png\n~/c.png\n./d.png\n"), ["/tmp/a b.png", "~/c.png", "./d.png"])
  })

  it("are pasted as a shell would read them", () => {
    const words = (text: string) => interpret(text, false).at(-1)
    assert.deepStrictEqual(words("'/tmp/it'\\''s a.png' /tmp/b\\ c.png"), ["/tmp/it's a.png", "/tmp/b c.png"])
    assert.deepStrictEqual(words("\"/tmp/a \\\"b\\\".png\" '/tmp/ü.png'"), ["/tmp/a \"b\".png", "/tmp/ü.png"])
    assert.deepStrictEqual(words("/tmp/a\\(1\\).png"), ["/tmp/a(1).png"])
  })

  it("are pasted as URLs", () => {
    assert.deepStrictEqual(paths("file:///tmp/a%20b.png\r\nfile://localhost/c%C3%BC.png"), ["/tmp/a b.png", "/cü.png"])
    assert.deepStrictEqual(interpret("'file:///tmp/a%2Bb.png'", false).at(-1), ["/tmp/a+b.png"])
  })

  it("can be those of Windows under WSL", () => {
    assert.deepStrictEqual(interpret("C:\\My pictures\\a.png", true)[0], ["/mnt/c/My pictures/a.png"])
    assert.deepStrictEqual(interpret("\"C:\\My pictures\\a.png\" D:\\b.png", true).at(-1), [
      "/mnt/c/My pictures/a.png",
      "/mnt/d/b.png"
    ])
    assert.deepStrictEqual(interpret("C:\\a.png", false), [])
  })

  it("are absolute, or begin with a dot: everything else is text", () => {
    for (const text of ["", "logo.png", "docs/logo.png", "see /tmp/a.png", "https://example.com/a.png", "file:a.png"]) {
      assert.deepStrictEqual(interpret(text, false), [], text)
    }
  })

  it.prop("never fail to be read", [Schema.String], ([text]) => {
    interpret(text, true)
    interpret(`/${text}`, true)
  })
})
