/** The pictures of the documentation, from what the emulator really shows; `vitest -u` draws them anew. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Script } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { guideConfig, makeHome } from "../BuiltCli.ts"
import { keys, open } from "../Terminal.ts"
import { svg } from "./Picture.ts"

/** The status bar shows it. Below the ports that a system gives away by itself. */
const port = 18_730

const call = (id: string, name: string, input: Record<string, unknown>) =>
  ({ type: "toolUse", toolUseId: id, name, input }) as const

const usage = (inputTokens: number, cacheReadInputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  cacheReadInputTokens
})

const script: Script = [
  {
    blocks: [
      { type: "reasoning", text: "The price has to come from the cart.", signature: "s" },
      { type: "text", text: "I look at the code first." },
      call("1", "grep", { pattern: "total" }),
      call("2", "read", { path: "src/cart.js" })
    ],
    usage: usage(3_120, 0, 140)
  },
  {
    blocks: [call("3", "edit", {
      path: "src/cart.js",
      oldText: "items.reduce((sum, item) => sum + item.price, 0)",
      newText: "items.reduce((sum, item) => sum + item.price * item.count, 0)"
    })],
    usage: usage(410, 3_120, 90)
  },
  {
    blocks: [{
      type: "text",
      text:
        "The total left out how many of each item there are.\n\n| cart | before | now |\n|---|---|---|\n| 2 × 10 € | 10 € | **20 €** |\n| empty | 0 € | 0 € |\n\n```js\ntotal([{ price: 10, count: 2 }]) // 20\n```\n"
    }],
    usage: usage(280, 3_530, 120)
  }
]

/** How long the turn took differs from run to run. */
const withFixedDuration = (picture: string): string =>
  picture.replace(
    /textLength="[\d.]+"( [^>]*>)─ (?:[\dm]+s · )?([\d.]+k tokens[^<]*)/,
    (_, style: string, rest: string) => {
      const text = `─ 12s · ${rest}`
      return `textLength="${(text.length * 8.4).toFixed(1)}"${style}${text}`
    }
  )

layer(NodeContext.layer)("the pictures of the documentation", (it) => {
  it.scoped("show the current screen", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sandbox = yield* Sandbox.make({ port, prefix: "/bedrock/v1", script })
      const home = yield* makeHome
      const shop = join(home.home, "shop")
      yield* fs.makeDirectory(join(shop, "src"), { recursive: true })
      yield* fs.writeFileString(
        join(shop, "src/cart.js"),
        "export const total = (items) =>\n  items.reduce((sum, item) => sum + item.price, 0)\n"
      )
      yield* home.writeGlobalConfig(guideConfig(sandbox.url))
      const terminal = yield* open([], {
        home: home.home,
        cwd: shop,
        env: { AWS_BEARER_TOKEN_BEDROCK: "picture-token" },
        columns: 100,
        rows: 28
      })
      const picture = (name: string, title: string) =>
        Effect.promise(() =>
          expect(withFixedDuration(svg(terminal.emulator, title))).toMatchFileSnapshot(
            `../../../../docs/pictures/${name}.svg`
          )
        )

      yield* terminal.see(/Amazon Bedrock[^]*ready/)
      yield* terminal.write("The cart's total is wrong. Find out why, and repair it.")
      yield* terminal.see("repair it.")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/No, and tell the model why[^]*waiting for you/)
      yield* picture("question", "The screen asks before a file is changed")
      yield* terminal.write("y")
      yield* terminal.see(/\/\/ 20[^]*ready/)
      yield* picture("answer", "The screen with an answer")
      yield* terminal.write("/")
      yield* terminal.see("/sessions")
      yield* picture("commands", "The commands of the screen")
    }))
})
