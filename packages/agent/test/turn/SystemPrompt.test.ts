import { assert, describe, it } from "@effect/vitest"
import * as SystemPrompt from "../../src/turn/SystemPrompt.ts"

const options: SystemPrompt.Options = {
  name: "assistant-name",
  directory: "/work/shop/api",
  root: "/work/shop",
  platform: "linux",
  date: "2026-01-31",
  isRepository: true,
  instructions: [{ path: "/work/shop/AGENTS.md", text: "\nUse tabs.\n" }, {
    path: "/work/shop/api/AGENTS.md",
    text: "Use spaces."
  }]
}

describe("the system prompt", () => {
  it("contains the working directory and the instructions in order", () => {
    const text = SystemPrompt.make(options)
    assert.include(
      text,
      "Working directory: /work/shop/api\nProject: /work/shop (a Git repository)\nPlatform: linux\nDate: 2026-01-31"
    )
    assert.isTrue(
      text.endsWith(
        "Instructions from /work/shop/AGENTS.md:\nUse tabs.\n\nInstructions from /work/shop/api/AGENTS.md:\nUse spaces."
      )
    )
  })

  it("does not mention instructions if there are none", () => {
    const text = SystemPrompt.make({ ...options, instructions: [], isRepository: false })
    assert.include(text, "(not a Git repository)")
    assert.isTrue(text.endsWith("Date: 2026-01-31"))
  })

  it("introduces the assistant by its name", () => {
    assert.isTrue(SystemPrompt.make(options).startsWith("You are assistant-name, a coding assistant that works"))
  })

  it("starts with the base text if one is given", () => {
    const text = SystemPrompt.make({ ...options, base: "You are a pirate." })
    assert.isTrue(text.startsWith("You are a pirate.\n\nWorking directory: "))
    assert.notInclude(text, "coding assistant")
  })
})
