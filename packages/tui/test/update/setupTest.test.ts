import { assert, describe, it } from "@effect/vitest"
import * as Setup from "../../src/internal/setup/setup.ts"
import { makeScreen } from "./simulatedScreen.ts"

describe("The setup", () => {
  it("ignores the failure of a test that was stopped", () => {
    const it = makeScreen()
    const setup = Setup.make({ region: "us-east-1", model: "m" }, [])
    const failed = { type: "setup-failed", problem: { message: "No.", hint: "" }, wrong: "unknown" } as const
    it.send({ type: "setup", setup }, failed)
    assert.notInclude(it.view(), "No.")
    it.send({ type: "setup", setup: { ...setup, step: "checking" } }, failed)
    assert.include(it.view(), "No.")
  })
})
