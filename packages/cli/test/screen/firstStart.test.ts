/** The tests of the first start: what is wrong is shown at the question that has to be answered again. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"

layer(NodeContext.layer)("The first start", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`tests the URL and the token before it asks for the model, in ${columns} × ${rows}`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({
          prefix: "/v1",
          auth: { bearer: [Redacted.make("right-token")] },
          lists: { gateway: ["claude-prod"] }
        })
        const home = yield* makeHome
        const terminal = yield* open([], { home: home.home, columns, rows })
        const enter = terminal.write(keys.enter)
        yield* terminal.see(/Gateway URL/)
        // A port where nothing listens, and without a scheme.
        yield* terminal.write("127.0.0.1:1/v1")
        yield* enter
        yield* terminal.see(/so http:\/\/ was\s+added/)
        yield* terminal.see("› http://127.0.0.1:1/v1")
        yield* enter
        yield* terminal.see("The AWS region")
        yield* enter
        yield* terminal.see("How do you sign in")
        yield* enter
        yield* terminal.see("never displayed")
        yield* terminal.write("wrong-token")
        yield* enter

        const unreachable = yield* terminal.see("› http://127.0.0.1:1/v1")
        assert.match(unreachable, /refused|listening/)
        assert.notInclude(unreachable, "✓")
        // A path that the gateway does not have. No model was chosen yet, so none is named.
        yield* terminal.write(keys.ctrl("u"))
        yield* terminal.write(sandbox.url.replace("/v1", "/v2"))
        yield* enter
        const missing = yield* terminal.see(/The\s+path\s+\/v2\s+in\s+baseURL[^]*› http:\S+\/v2/)
        assert.notMatch(missing.replace(/\s+/g, " "), /was sent/)
        yield* terminal.write(keys.ctrl("u"))
        yield* terminal.write(sandbox.url)
        yield* enter

        const refused = yield* terminal.see("› ••••••••")
        assert.match(refused.replace(/\s+/g, " "), /The token that you entered was refused/)
        assert.notInclude(refused, "✓")
        yield* terminal.write("right-token")
        yield* enter
        yield* terminal.see("claude-prod")
        assert.notInclude(terminal.everything(), "✓")
        yield* enter
        yield* terminal.see(/tokens · ready/)
        assert.include(terminal.everything(), "· It works")
        const config = readFileSync(join(home.home, ".config/altimate-code/altimate-code.json"), "utf8")
        assert.include(config, sandbox.url)
        assert.include(readFileSync(home.authFile, "utf8"), "right-token")
        assert.notInclude(terminal.raw(), "right-token")
        assert.notInclude(terminal.raw(), "wrong-token")
      }))
  }
})
