import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, relative, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** Which packages of ours a package may import; docs/architecture.md explains the floors. */
const floors: Record<string, ReadonlyArray<string>> = {
  sandbox: [],
  system: [],
  "model-id": ["system"],
  log: ["system"],
  config: ["system", "log"],
  network: ["system", "config", "log"],
  auth: ["system", "config", "network", "log"],
  provider: ["system", "config", "network", "auth", "model-id", "log"],
  agent: ["system"],
  tui: ["system", "agent"],
  cli: ["system", "model-id", "log", "config", "network", "auth", "provider", "agent", "tui", "sandbox"]
}

const packages = fileURLToPath(new URL("../..", import.meta.url))

const sources = (name: string) =>
  readdirSync(`${packages}${name}/src`, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => resolve(packages, name, "src", file))

const imports = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!)

describe("floors", () => {
  it("every package has a floor", () => {
    assert.sameMembers(readdirSync(packages), Object.keys(floors))
  })

  for (const [name, allowed] of Object.entries(floors)) {
    it(`${name} imports only what is below it`, () => {
      const files = sources(name)
      assert.isNotEmpty(files)
      for (const file of files) {
        for (const specifier of imports(file)) {
          const where = `${relative(packages, file)} imports ${specifier}`
          if (specifier.startsWith(".")) {
            assert.isTrue(resolve(dirname(file), specifier).startsWith(`${packages}${name}${sep}src${sep}`), where)
          } else if (specifier.startsWith("@altimate-code/")) {
            assert.include(allowed, specifier.split("/")[1], where)
          } else {
            assert.notEqual(specifier, "altimate-code", where)
          }
        }
      }
    })

    it(`${name} declares no more than it may import`, () => {
      const { dependencies = {}, peerDependencies = {} } = JSON.parse(
        readFileSync(`${packages}${name}/package.json`, "utf8")
      ) as { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> }
      const declared = Object.keys({ ...dependencies, ...peerDependencies })
        .filter((dependency) => dependency.startsWith("@altimate-code/"))
        .map((dependency) => dependency.split("/")[1]!)
      for (const dependency of declared) assert.include(allowed, dependency)
    })
  }
})
