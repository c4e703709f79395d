import { assert, it } from "@effect/vitest"
import type { ActiveModel } from "../../src/Host.ts"
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

it("A list of models marks one as current, also by another ID or if it is not listed", () => {
  const models = ["team", "eu.sonnet", "sonnet", "haiku"].map((id) => ({ id, name: id.toUpperCase(), family: "F" }))
  const marked = (current: Pick<ActiveModel, "configured" | "wire" | "isSameAs">) => {
    const choices = Picker.modelChoices(models, { name: "N", ...current } as ActiveModel)
    const [choice, ...more] = choices.filter(({ detail }) => detail.startsWith("current"))
    assert.isEmpty(more)
    return [choices.indexOf(choice!), choice!.id, choice!.label, choices.length]
  }
  const isSameAs = (id: string) => id.endsWith("sonnet")
  assert.deepStrictEqual(marked({ configured: "sonnet", wire: "us.sonnet", isSameAs }), [2, "sonnet", "SONNET", 4])
  assert.deepStrictEqual(marked({ configured: "sonnet-v1", wire: "sonnet", isSameAs }), [2, "sonnet-v1", "SONNET", 4])
  assert.deepStrictEqual(marked({ configured: "us.sonnet", wire: "us.sonnet", isSameAs }), [
    1,
    "us.sonnet",
    "EU.SONNET",
    4
  ])
  assert.deepStrictEqual(marked({ configured: "own", wire: "own" }), [0, "own", "N", 5])
  assert.isFalse(Picker.modelChoices(models).some(({ detail }) => detail.startsWith("current")))
})
