import { assert, it } from "@effect/vitest"
import { relativeTime } from "../../src/internal/input/relativeTime.ts"

it("says how long ago something happened", () => {
  const now = Date.parse("2026-03-31T12:00:00Z")
  const times = {
    "2026-03-31T12:00:30Z": "just now",
    "2026-03-31T11:59:01Z": "just now",
    "2026-03-31T11:59:00Z": "1 min ago",
    "2026-03-31T11:00:01Z": "59 min ago",
    "2026-03-31T11:00:00Z": "1 h ago",
    "2026-03-30T12:00:01Z": "23 h ago",
    "2026-03-30T12:00:00Z": "1 day ago",
    "2026-03-29T12:00:00Z": "2 days ago",
    "2026-03-01T12:00:00Z": "30 days ago",
    "2026-02-28T12:00:00Z": "2026-02-28"
  }
  for (const [time, text] of Object.entries(times)) assert.strictEqual(relativeTime(Date.parse(time), now), text)
})
