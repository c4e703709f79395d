import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

describe("the tarballs", () => {
  const dist = fileURLToPath(new URL("../../../../dist", import.meta.url))

  it("list dependencies in order, because a release that was interrupted needs the same ones again", () => {
    for (const name of readdirSync(dist).filter((name) => name.endsWith(".tgz"))) {
      const manifest = execFileSync("tar", ["-xzOf", `${dist}/${name}`, "package/package.json"], { encoding: "utf8" })
      const { dependencies = {} } = JSON.parse(manifest) as { readonly dependencies?: object }
      assert.deepStrictEqual(Object.keys(dependencies), Object.keys(dependencies).toSorted(), name)
    }
  })
})
