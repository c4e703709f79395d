import { assert, describe, it } from "@effect/vitest"
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as OutputLog from "../../src/internal/shell/run/outputLog.ts"
import { toPrograms } from "../workspace.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

const withFile = (use: (file: string) => void) => {
  const directory = mkdtempSync(join(tmpdir(), "output-log-"))
  try {
    use(join(directory, "log.txt"))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

describe("The output of a background command", () => {
  it("keeps its newest lines in a file that stays small, and says how much is missing", () =>
    withFile((file) => {
      const log = OutputLog.make(file, toPrograms.makeMasker, { maxFileSize: 1000, keptSize: 100 })
      log.add(bytes("first\n"))
      assert.strictEqual(log.readNew(), "first\n")
      for (let line = 1000; line < 2000; line++) {
        log.add(bytes(`line ${line}\n`))
        assert.isAtMost(statSync(file).size, 1000)
      }
      const text = log.readNew()
      const [, missing] = /^… (\d+) bytes left out/.exec(text) ?? []
      const rest = text.slice(text.indexOf("line "))
      assert.strictEqual(Number(missing) + rest.length, 1000 * "line 1000\n".length)
      assert.match(rest, /^line \d{4}\n[^]*line 1999\n$/)
      assert.strictEqual(log.readNew(), "")
      log.close()
      assert.isTrue(existsSync(file))
    }))

  it("reports its last line also if it has been read before", () =>
    withFile((file) => {
      const log = OutputLog.make(file, toPrograms.makeMasker)
      log.add(bytes("one\ntwo"))
      assert.include(log.readNew(), "two")
      assert.strictEqual(log.takeLastLine(), "two")
      assert.isUndefined(log.takeLastLine())
      log.add(bytes(" and three\n"))
      log.readTail()
      assert.strictEqual(log.takeLastLine(), "two and three")
      log.close()
    }))

  it("is removed at the end if no result has named the file", () =>
    withFile((file) => {
      const log = OutputLog.make(file, toPrograms.makeMasker)
      log.add(bytes("all of it"))
      log.end()
      assert.strictEqual(log.readNew(), "all of it")
      log.close()
      assert.isFalse(existsSync(file))
    }))
})
