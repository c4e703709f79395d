import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { judge } from "../src/internal/shell/judge.ts"
import * as PermissionPolicy from "../src/PermissionPolicy.ts"

/** Everything that the table's lines begin with, but neither `rm` nor what changes the shell itself. */
const names =
  `[ : alias awk bash builtin bun cargo cat cd chroot chrt command compgen coproc curl declare docker echo enable entr env eval
exec export f faketime fd find firejail flock foo gcc getopts git go gosu grep hash hyperfine ionice jobs kubectl less let linux32 ls
ltrace make man mapfile nice nohup node npm npx nsenter numactl openssl parallel perf pkexec prlimit printf pushd python read rg rsync
runuser script sed set setarch setpriv sg sh shopt sort source split ssh strace su sudo systemd-run tar taskset test timeout tini trap true
unset unshare valgrind vim wait watch xargs zip`.split(/\s+/)

const ruleSets = [
  { "git status*": "allow", "npm test*": "allow", "rm *": "deny", "*": "ask" },
  { "*": "allow", "rm *": "deny" },
  { ...Object.fromEntries(names.map((name) => [`${name} *`, "allow" as const])), "*": "ask" }
] as const

const environment = new Set(["HOME", "PATH", "PWD", "TERM", "PAGER", "GIT_PAGER"])

const rows = readFileSync(new URL("commandLines.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((row) => row !== "" && !row.startsWith("# "))
  .map((row) => {
    const [, first, second, third, line] = /^(\w+) +\| (\w+) +\| (\w+) +\| (.*)$/.exec(row)!
    return { line: line!, verdicts: [first!, second!, third!] }
  })

describe("the table of command lines", () => {
  it("has at least 150", () => {
    assert.isAtLeast(rows.length, 150)
  })

  for (const { line, verdicts } of rows) {
    it(`${verdicts.join(", ")}: ${line}`, () => {
      const action = { judged: judge(line, environment), title: line }
      assert.deepStrictEqual(
        ruleSets.map((bash) => PermissionPolicy.decide({ bash }, action, []).verdict as string),
        verdicts
      )
    })
  }
})
