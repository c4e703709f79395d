/** The size of the terminal changes while an answer streams. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ask, says, start } from "./ScreenOnSandbox.ts"

/** The emulator of these tests is that of VS Code. */
const env = { TERM_PROGRAM: "vscode" }

const mark = (kind: string, index: number) => `${kind}${String(index).padStart(3, "0")}`
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A paragraph of many rows, a long code block, a long list, short paragraphs: each word with a number is there once. */
const words = [
  ...range(60).map((index) => `${mark("w", index)} `),
  "\n\n",
  "```ts\n",
  ...range(40).map((index) => `const ${mark("c", index)} = "a line of code"\n`),
  "```\n\n",
  ...range(40).map((index) => `- ${mark("i", index)} is an item of a list\n`),
  "\n",
  ...range(20).map((index) => `A paragraph about ${mark("p", index)}.\n\n`),
  "The end."
]

/** Few large pieces: a frame that is on its way while the size changes is drawn for the wrong size. */
const answer = range(Math.ceil(words.length / 8)).map((index) => words.slice(8 * index, 8 * index + 8).join(""))

const marks = [
  ...range(60).map((index) => mark("w", index)),
  ...range(40).map((index) => mark("c", index)),
  ...range(40).map((index) => mark("i", index)),
  ...range(20).map((index) => mark("p", index))
]

/** How often each word with a number is in the scrollback and on the screen; a word may be wrapped. */
const count = (everything: string) => {
  const text = everything.replaceAll(/\s/g, "")
  return marks.map((mark) => `${mark}: ${text.split(mark).length - 1}`)
}

const sequences = {
  narrower: [[60, 30], [40, 30]],
  wider: [[120, 30], [160, 30]],
  shorter: [[100, 20], [100, 12]],
  taller: [[100, 40], [100, 50]],
  "all ways": [[60, 24], [40, 12], [100, 30], [80, 12], [50, 40], [100, 14]]
} as const

layer(NodeContext.layer)("A resize in mid-stream", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    for (const [name, sizes] of Object.entries(sequences)) {
      it.scoped(`leaves every line of the answer once: ${columns} × ${rows}, ${name}`, () =>
        Effect.gen(function*() {
          const { terminal } = yield* start({
            columns,
            rows,
            env,
            script: [{ blocks: [says(...answer)], delays: { betweenEvents: 250 } }]
          })
          yield* ask(terminal, "Speak")
          for (const [index, stop] of ["c020", "c030", "i004", "i015", "i025", "i035", "p005"].entries()) {
            // Faster than one line after the other on a busy machine.
            yield* terminal.see(new RegExp(marks.slice(marks.indexOf(stop)).join("|")))
            const [columns, rows] = sizes[index % sizes.length]!
            yield* terminal.resize(columns, rows)
            yield* terminal.see(new RegExp(`^─{${columns}}$`, "m"))
          }
          yield* terminal.see(/The end\.[^]*ready/)
          const found = count(terminal.everything())
          assert.deepStrictEqual(found, marks.map((mark) => `${mark}: 1`), terminal.everything())
        }))
    }
  }
})
