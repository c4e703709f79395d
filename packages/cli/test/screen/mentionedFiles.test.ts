import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { ask, says, sent, start } from "./ScreenOnSandbox.ts"

const pdf = Buffer.from("%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n")

layer(NodeContext.layer)("A file that a prompt mentions", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`is attached, and shown as one line, also in the resumed session (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { launch, project, sandbox, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          script: [{ blocks: [says("Seen.")] }, { blocks: [says("Still seen.")] }]
        })
        writeFileSync(join(project, "cart.js"), "const cart = []\nexport default cart\n")
        writeFileSync(join(project, "spec.pdf"), pdf)
        yield* ask(terminal, "Compare @cart.js, @spec.pdf")
        yield* terminal.see(/\[document spec\.pdf, \d+ bytes\][^]*Seen\.[^]*ready/)
        assert.match(terminal.everything(), /^ {2}\[file cart\.js, 2 lines\]$/m)
        const messages = yield* sent(sandbox, 0)
        assert.include(
          messages,
          JSON.stringify("<file name=\"cart.js\">\nconst cart = []\nexport default cart\n\n</file>").slice(1, -1)
        )
        assert.include(messages, pdf.toString("base64"))
        assert.include(messages, "Compare @cart.js, @spec.pdf")

        yield* terminal.write("/exit\r")
        yield* terminal.exited
        const resumed = yield* launch(["--continue"])
        yield* resumed.see(/Seen\.[^]*ready/)
        assert.match(resumed.everything(), /^ {2}\[file cart\.js, 2 lines\]$/m)
        assert.notInclude(resumed.everything(), "export default")
        yield* ask(resumed, "/sessions")
        yield* resumed.see(/── Sessions[^]*› Compare @cart\.js, @/)
      }))
  }

  it.scoped("is reported if it is not found, not text, too large or forbidden; a package's name is not", () =>
    Effect.gen(function*() {
      const { project, sandbox, terminal } = yield* start({
        inProject: true,
        config: { permission: { read: { "secret.txt": "deny" } } },
        script: [{ blocks: [says("Hm.")] }]
      })
      writeFileSync(join(project, "program"), Buffer.from([0, 1, 2, 3, 0]))
      writeFileSync(join(project, "large.txt"), "line\n".repeat(60_000))
      writeFileSync(join(project, "secret.txt"), "top secret")
      yield* ask(terminal, "See @nope.js @program @large.txt @secret.txt @types/node")
      yield* terminal.see(/Hm\.[^]*ready/)
      const shown = terminal.everything().replaceAll(/\n */g, " ")
      assert.include(shown, "@nope.js was not found, so it is not attached.")
      assert.include(shown, "program is not attached: it is not text.")
      assert.include(shown, "large.txt is not attached: it is larger than 256 KiB. The model can read it in parts.")
      assert.include(shown, "secret.txt is not attached: reading it is not allowed")
      assert.notInclude(shown, "types/node was")
      const messages = yield* sent(sandbox, 0)
      assert.notInclude(messages, "top secret")
      assert.notInclude(messages, "<file")
    }))
})
