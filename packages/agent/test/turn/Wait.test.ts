import { assert, it } from "@effect/vitest"
import * as Wait from "../../src/turn/Wait.ts"

it("describes a wait by its reason, the remaining time and the number of the next attempt", () => {
  const described = (seconds: number, attempt: number) =>
    Wait.describe({ why: "Rate limited", message: "m", attempt, until: 1000 + seconds * 1000 }, 1000)
  assert.strictEqual(described(8, 3), "Rate limited. Next try in 8 s (3rd)")
  assert.strictEqual(described(7.2, 2), "Rate limited. Next try in 8 s (2nd)")
  assert.strictEqual(described(60, 4), "Rate limited. Next try in 1 min (4th)")
  assert.strictEqual(described(185, 11), "Rate limited. Next try in 3 min 5 s (11th)")
  assert.strictEqual(described(-1, 21), "Rate limited. Next try in 0 s (21st)")
  assert.strictEqual(described(1, 112), "Rate limited. Next try in 1 s (112th)")
})
