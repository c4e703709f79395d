import { assert, it } from "@effect/vitest"
import * as Wait from "../../src/turn/Wait.ts"

it("describes a wait by its reason, the remaining time and the number of the next attempt", () => {
  const described = (seconds: number, attempt: number) =>
    Wait.describe({ why: "Rate limited", message: "m", attempt, until: 1000 + seconds * 1000 }, 1000)
  assert.strictEqual(described(8, 3), "Rate limited. Retrying in 8 s (attempt 3)")
  assert.strictEqual(
    Wait.describe({ why: "No connection", message: "", attempt: 3, lastAttempt: 4, until: 2000 }, 0),
    "No connection. Retrying in 2 s (attempt 3 of 4)"
  )
  assert.strictEqual(described(7.2, 2), "Rate limited. Retrying in 8 s (attempt 2)")
  assert.strictEqual(described(60, 4), "Rate limited. Retrying in 1 min (attempt 4)")
  assert.strictEqual(described(185, 11), "Rate limited. Retrying in 3 min 5 s (attempt 11)")
  assert.strictEqual(described(-1, 21), "Rate limited. Retrying in 0 s (attempt 21)")
  assert.strictEqual(described(1, 112), "Rate limited. Retrying in 1 s (attempt 112)")
})
