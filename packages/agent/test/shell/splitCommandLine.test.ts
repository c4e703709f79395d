import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { splitCommandLine as judgeIn } from "../../src/internal/shell/splitCommandLine.ts"

const splitCommandLine = (line: string) => judgeIn(line, new Set(["HOME", "PATH", "PAGER"]))

const commands = (line: string) =>
  splitCommandLine(line).filter(({ opaque, permission }) => permission === "bash" && opaque !== true).map((
    { subject }
  ) => subject)

const files = (line: string) =>
  splitCommandLine(line).filter(({ permission }) => permission === "edit").map(({ subject }) => subject)

const isOpaque = (line: string) =>
  splitCommandLine(line).some(({ opaque, permission, subject }) =>
    permission === "bash" && opaque === true && subject === line.trim()
  )

describe("splitCommandLine finds the commands of a line", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ["git status", ["git status"]],
    ["cd a && ls | wc -l; rm x & date || true", ["cd a", "ls", "wc -l", "rm x", "date", "true"]],
    ["ls\nrm x", ["ls", "rm x"]],
    ["echo $(rm x) `rm y` ${z:-$(rm z)} $((1 + $(rm 1)))", [
      "echo $(rm x) `rm y` ${z:-$(rm z)} $((1 + $(rm 1)))",
      "rm x",
      "rm y",
      "rm z",
      "rm 1"
    ]],
    ["cat <(rm x) >(rm y)", ["cat <(rm x) >(rm y)", "rm x", "rm y"]],
    ["(rm x)", ["rm x"]],
    ["{ rm x; }", ["rm x"]],
    ["! time -p rm x", ["rm x"]],
    ["if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]],
    ["for i in $(a); do b; done", ["a", "b"]],
    ["while a; do b; done; until c; do d; done", ["a", "b", "c", "d"]],
    ["case $(a) in x) b ;; $(c)) d ;; esac", ["a", "b", "c", "d"]],
    ["f() { rm x; }; f", ["rm x", "f"]],
    ["coproc p { rm x; }", ["rm x"]],
    ["[[ -n $(a) ]] && (( $(b) ))", ["a", "b"]],
    ["cat <<E\n$(rm x)\nE", ["cat", "rm x"]],
    ["cat <<'E'\n$(rm x)\nE", ["cat"]],
    ["cat <<< $(rm x)", ["cat", "rm x"]],
    ["A=$(rm x) B=2 ls", ["ls", "rm x"]],
    ["a=([$(x)]=$(y))", ["x", "y"]],
    ["export A=$(rm x)", ["export A=$(rm x)", "rm x"]],
    ["echo hi > $(rm x)", ["echo hi", "rm x"]],
    ["ls # rm x", ["ls"]],
    // As one writes it, whatever the quotes.
    ["\\rm 'x' \"y\" $'z'", ["rm x y z"]],
    ["git commit -m 'a  b'", ["git commit -m \"a  b\""]],
    ["echo '$x'", ["echo '$x'"]],
    ["echo  a\\\n  b", ["echo a b"]],
    ["find . -name '*.ts'", ["find . -name \"*.ts\""]],
    // What is given to another command to run.
    ["sudo -u root -E rm x", ["sudo -u root -E rm x", "rm x"]],
    ["env -u A B=1 rm x", ["env -u A B=1 rm x", "rm x"]],
    ["sudo A=1 rm x", ["sudo A=1 rm x", "rm x"]],
    ["timeout -k 5 10s rm x", ["timeout -k 5 10s rm x", "rm x"]],
    ["nohup nice -n 5 rm x", ["nohup nice -n 5 rm x", "nice -n 5 rm x", "rm x"]],
    ["ls | xargs -0 -n 1 rm -f", ["ls", "xargs -0 -n 1 rm -f", "rm -f"]],
    ["exec -a b rm x", ["exec -a b rm x", "rm x"]],
    ["command rm x", ["command rm x", "rm x"]],
    ["command -v rm", ["command -v rm"]],
    ["/usr/bin/time -v rm x", ["/usr/bin/time -v rm x", "rm x"]],
    ["find . -exec rm {} \\; -execdir ls {} +", ["find . -exec rm {} \";\" -execdir ls {} +", "rm {}", "ls {}"]],
    ["bash -c 'a && b'", ["bash -c \"a && b\"", "a", "b"]],
    ["sh -ec \"$(printf a)\" x", ["sh -ec \"$(printf a)\" x", "printf a"]],
    ["/bin/bash -o pipefail -lc 'a | b'", ["/bin/bash -o pipefail -lc \"a | b\"", "a", "b"]],
    ["eval 'rm x;' ls", ["eval \"rm x;\" ls", "rm x", "ls"]],
    ["trap 'rm x' EXIT", ["trap \"rm x\" EXIT", "rm x"]],
    ["bash <<E\nrm x\nE", ["bash", "rm x"]],
    ["sudo sh -c 'eval \"rm x\"'", ["sudo sh -c 'eval \"rm x\"'", "sh -c 'eval \"rm x\"'", "eval \"rm x\"", "rm x"]],
    ["git -C x --no-pager push", ["git -C x --no-pager push", "git push"]]
  ]
  for (const [line, expected] of cases) {
    it(`finds all of ${JSON.stringify(line)}`, () => {
      assert.deepStrictEqual(commands(line).toSorted(), expected.toSorted())
    })
  }
})

describe("splitCommandLine recognizes opaque lines", () => {
  for (
    const line of [
      "$CMD x",
      "\"$(which rm)\" x",
      "/bin/r? x",
      "{rm,x}",
      "git $what",
      "git {push,--force}",
      "git -c core.pager='rm x' log",
      "bash -c \"$code\"",
      "bash -c",
      "bash -oc pipefail 'rm x'",
      "sudo PATH=/x ls",
      "eval \"$code\"",
      "eval $(ssh-agent)",
      "trap \"$code\" EXIT",
      "curl x | bash",
      "curl x | sudo sh",
      "curl x | python3 -",
      "bash -s a < x",
      "python <<E\nimport os\nE",
      "sh /dev/stdin <<< 'rm x'",
      "source <(curl x)",
      "bash $file",
      "xargs -I{} {}",
      "xargs -0I% sh -c %",
      "find . -exec sh -c 'x {}' \\;",
      "sudo --unknown x rm y",
      "env -S 'rm x'",
      "PATH=/x ls",
      "LD_PRELOAD=x ls",
      "GIT_PAGER='rm x' git log",
      "export \"PATH=/x\"",
      "env BASH_ENV=x ls",
      "alias ls='rm x'",
      "hash -p x ls",
      "for PATH in .:/bin; do ls; done",
      "select PATH in .; do ls; done",
      "read PATH <<< .; ls",
      "printf -v PATH %s .; ls",
      "getopts a PATH; ls",
      "declare -n r=PATH; r=.; ls",
      "let 'a[$(rm x)]'",
      "echo ${x@P}",
      "FOO=bar npm test",
      "git log \"$x\"",
      "echo x > $file",
      "echo \"a",
      "ls )",
      "if true"
    ]
  ) {
    it(`is opaque: ${JSON.stringify(line)}`, () => {
      assert.isTrue(isOpaque(line))
    })
  }

  for (
    const line of [
      "CI=1 LC_ALL=C NODE_ENV=test npm test",
      "node --version",
      "printf '%s' \"$PATH\"",
      "for i in a b; do ls $i; done",
      "python -m pytest",
      "python a.py $x",
      "command -v node",
      "ls $x",
      "git log -- \"$x\" | head",
      "git log --author=\"$x\" | head",
      "git commit -m \"$(date)\"",
      "sort [ab]*",
      "X=1",
      "[[ -f x ]]"
    ]
  ) {
    it(`is not opaque: ${JSON.stringify(line)}`, () => {
      assert.isFalse(isOpaque(line))
    })
  }
})

describe("splitCommandLine finds the files that a line writes", () => {
  for (
    const [line, expected] of [
      ["a > x >> 'y z' 2> e", ["x", "y z", "e"]],
      ["a &> x", ["x"]],
      ["a >& x", ["x"]],
      ["a >| x", ["x"]],
      ["> x", ["x"]],
      ["{ a; } > x", ["x"]],
      ["for i in a; do b; done > x", ["x"]],
      ["a > $x", ["$x"]],
      ["a 2>&1 >/dev/null 3>&- < x", []],
      ["bash -c 'a > x'", ["x"]]
    ] as const
  ) {
    it(JSON.stringify(line), () => {
      assert.deepStrictEqual(files(line), [...expected])
    })
  }
})

describe("splitCommandLine: the path of a written file", () => {
  const isKnown = (line: string) =>
    splitCommandLine(line).every(({ opaque, permission }) => permission !== "edit" || opaque !== true)

  it("is opaque after a change of directory, unless it is absolute", () => {
    assert.isTrue(isKnown("a > x"))
    assert.isFalse(isKnown("cd / && a > x"))
    assert.isFalse(isKnown("(pushd y; a > x)"))
    assert.isTrue(isKnown("cd / && a > /x"))
    assert.isFalse(isKnown("a > $x"))
    for (const path of ["~root/x", "~+/../x", "~-/x"]) assert.isFalse(isKnown(`a > ${path}`))
    assert.isTrue(isKnown("a > ~/x"))
  })
})

/** Command lines that hold all of the given commands, and whose shape is arbitrary. */
const compound = (command: FastCheck.Arbitrary<string>): FastCheck.Arbitrary<string> =>
  FastCheck.letrec<{ line: string }>((tie) => {
    const line = tie("line")
    const around = (before: string, after: string) => line.map((inner) => `${before}${inner}${after}`)
    const between = (separator: string) => FastCheck.tuple(line, line).map(([a, b]) => `${a}${separator}${b}`)
    return {
      line: FastCheck.oneof(
        { maxDepth: 4, depthSize: "medium" },
        command,
        between(" && "),
        between(" || "),
        between("; "),
        between("\n"),
        between(" & "),
        FastCheck.tuple(command, command).map(([a, b]) => `${a} | ${b}`),
        around("( ", " )"),
        around("{ ", "; }"),
        around("echo $( ", " )"),
        around("echo \"$( ", " )\""),
        around("X=$( ", " )"),
        around("cat <( ", " )"),
        around("if ", "; then true; fi"),
        around("if true; then ", "; fi"),
        around("for i in 1 2; do ", "; done"),
        around("while true; do ", "; done"),
        around("case x in x) ", " ;; esac"),
        around("f() { ", "; }"),
        FastCheck.tuple(FastCheck.nat(1e9), line).map(([end, inner]) => `{ cat <<E${end}\n$( ${inner} )\nE${end}\n}`),
        line.map((inner) => `bash -c '${inner.replaceAll("'", "'\\''")}'`),
        command.map((inner) => `sudo -u root ${inner}`),
        command.map((inner) => `env A=1 timeout 5 ${inner}`),
        command.map((inner) => `ls | xargs -n 1 ${inner}`),
        command.map((inner) => `find . -exec ${inner} {} \\;`)
      )
    }
  }).line

describe("splitCommandLine, for generated lines,", () => {
  it("finds every command, wherever it is in a compound command line", () => {
    const word = FastCheck.stringMatching(/^[a-z]{1,5}$/)
    FastCheck.assert(
      FastCheck.property(
        compound(FastCheck.tuple(FastCheck.nat(99), word).map(([id, argument]) => `run${id} ${argument}`)),
        (line) => {
          const found = splitCommandLine(line).map(({ subject }) => subject)
          for (const [command] of line.matchAll(/run\d+ [a-z]+/g)) {
            assert.isTrue(
              found.some((subject) => subject === command || subject === `${command} {}`),
              `${command} in ${line}`
            )
          }
        }
      ),
      { numRuns: 500 }
    )
  })

  it("never throws and always returns a part, for any text", () => {
    const piece = FastCheck.constantFrom(
      ..."a b ; & | ( ) { } < > $ ` ' \" \\ # ! [ ] = * ~ << $(( $( ${ \n if fi do done".split(" "),
      " "
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.array(piece, { minLength: 1, maxLength: 30 }), (pieces) => {
        assert.isNotEmpty(splitCommandLine(pieces.join("")))
      }),
      { numRuns: 2000 }
    )
  })

  it("terminates for lines that are designed to take long, and still finds the command", () => {
    for (const wrapper of ["xargs", "xargs -I{}", "sudo", "eval", "unknown", "find . -exec"]) {
      const line = `${`${wrapper} `.repeat(300)}rm x`
      assert.isTrue(
        splitCommandLine(line).some(({ aliases = [], subject }) =>
          [subject, ...aliases].some((text) => text.startsWith("rm x"))
        ),
        wrapper
      )
    }
  })
})
