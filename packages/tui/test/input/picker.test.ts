import { assert, it } from "@effect/vitest"
import * as Picker from "../../src/internal/input/picker.ts"
import { plain } from "../../src/internal/terminal/theme.ts"

it("A list has aligned columns, and shows the second one on a narrow terminal too", () => {
  const choices = [
    { id: "a", label: "short", detail: "2 h ago" },
    { id: "b", label: "a title that is much longer than half of the terminal", detail: "1 day ago" }
  ]
  const [, first, second] = Picker.render(Picker.make("Sessions", choices), { width: 40, theme: plain }, 10)
  assert.strictEqual(first, "› short                 2 h ago")
  assert.strictEqual(second, "  a title that is muc…  1 day ago")
})

it("A filtered list keeps choices that read the same", () => {
  const choices = ["original", "copy", "other"].map((id) => ({ id, label: id === "other" ? id : "Fix it", detail: "" }))
  const picker = Picker.withFilter(Picker.make("Sessions", choices), "fix")
  assert.deepStrictEqual(Picker.filterChoices(picker).map(({ id }) => id), ["original", "copy"])
})
