import { assert, describe, it } from "@effect/vitest"
import { describe as describeOrigin, type Origin } from "../src/Origin.ts"

const file = { _tag: "File", path: "/home/x/a.json", line: 5, column: 9, key: "model" } as const

describe("The description of an origin", () => {
  const cases: ReadonlyArray<readonly [Origin, string]> = [
    [{ ...file, scope: "global" }, "/home/x/a.json:5:9 (global config)"],
    [{ ...file, scope: "project" }, "/home/x/a.json:5:9 (project config)"],
    [{ ...file, scope: "ALTIMATE_CLI_CONFIG" }, "/home/x/a.json:5:9 (ALTIMATE_CLI_CONFIG)"],
    [{ ...file, scope: "ALTIMATE_CLI_CONFIG_DIR" }, "/home/x/a.json:5:9 (ALTIMATE_CLI_CONFIG_DIR)"],
    [
      { ...file, path: "/x/\u001b[2J\u202e 📁.json", scope: "project" },
      "/x/\\u{1b}[2J\\u{202e} 📁.json:5:9 (project config)"
    ],
    [
      { _tag: "Inline", variable: "ALTIMATE_CLI_CONFIG_CONTENT", line: 1, column: 2, key: "model" },
      "ALTIMATE_CLI_CONFIG_CONTENT:1:2"
    ],
    [{ _tag: "Environment", variable: "AWS_REGION" }, "AWS_REGION"],
    [{ _tag: "Flag", flag: "--model" }, "--model"],
    [{ _tag: "Default" }, "default"]
  ]
  for (const [origin, words] of cases) {
    it(words, () => assert.strictEqual(describeOrigin(origin), words))
  }
})
