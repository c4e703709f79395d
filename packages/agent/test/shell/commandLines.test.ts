import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { decide } from "../../src/internal/permission/decide.ts"
import { splitCommandLine } from "../../src/internal/shell/splitCommandLine.ts"

/** Everything that the table's lines begin with, but neither `rm` nor what changes the shell itself. */
const names =
  `./foo /bin/foo b/../foo [ : alias awk bash builtin bun cargo cat cd chroot chrt command compgen coproc cross-env curl declare deno direnv docker echo enable entr env envdir eval
exec export f faketime fd find firejail flock foo gcc getopts gh git go gosu grep hash hyperfine install ionice jobs kubectl ldd less let linux32 ls lua
ltrace make man mapfile nice nohup node npm npx nsenter numactl openssl parallel perf pkexec prlimit printf proot pushd python read rg rsync
runuser script sed set setarch setpriv sg sh shopt sort source split ssh ssh-agent sshpass strace su sudo systemd-run tar taskset test timeout tini toybox trap true
unset unshare valgrind vim wait watch xargs xvfb-run zip`.split(/\s+/)

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
  it("has at least 150 entries", () => {
    assert.isAtLeast(rows.length, 150)
  })

  for (const { line, verdicts } of rows) {
    it(`${verdicts.join(", ")}: ${line}`, () => {
      const action = { parts: splitCommandLine(line, environment), title: line }
      assert.deepStrictEqual(
        ruleSets.map((bash) => decide({ bash }, action, []).verdict as string),
        verdicts
      )
    })
  }
})
