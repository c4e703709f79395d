import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Command, parse } from "unbash"
import { decide } from "../../src/internal/permission/decide.ts"
import { splitCommandLine } from "../../src/internal/shell/splitCommandLine.ts"
import { shellWord } from "../../src/internal/shell/words.ts"

const hasBash = spawnSync("bash", ["-c", "true"]).status === 0

/** Values that create HIT when bash evaluates them as arithmetic, as an index, as an array, as an option or as code. */
const prelude = [
  "x='$(touch HIT)'",
  "y='a[$(touch${IFS}HIT)]'",
  "z='($(touch${IFS}HIT))'",
  "p='-va[$(touch${IFS}HIT)]'",
  "q='-v a[$(touch${IFS}HIT)]'",
  "r=y"
].join("; ")

/** Everything that bash itself can do with a value; `V` is a variable's name. */
const pieces = [
  ..."echo $((V))|echo $[V]|((V))|for ((i=V;i<1;i++)); do echo; done|let V|let \"$V\"|let 1+1|echo $((2*3))".split("|"),
  ..."[[ V -eq 0 ]]|[[ $V -lt 1 ]]|[[ -v $V ]]|[[ $V == a* ]]|[[ -n $V ]]|[[ $V =~ $V ]]|[ $V ]|[ \"$V\" ]|[ -v \"$V\" ]"
    .split("|"),
  ..."[ \"$V\" = \"$V\" ]|[ \"$V\" -eq 1 ]|[ -n \"$V\" ]|[ \"$V\" \"$V\" ]|[ ! \"$V\" \"$V\" ]|test $V|test -n $V"
    .split("|"),
  ..."echo ${a[V]}|echo ${a[$V]}|echo ${a[0]}|a[V]=1|a[$V]=1|a=([$V]=1)|a=($V)|a+=($V)|a=(\"$V\")|echo ${#a[@]}".split(
    "|"
  ),
  ..."echo ${!V}|echo ${!V@}|echo ${w:V}|echo ${w:0:V}|echo ${w:0:2}|echo ${@:V}|echo ${V@P}|echo ${V@Q}|echo ${V@A}"
    .split("|"),
  ..."echo ${V%x}|echo ${V/a/$V}|echo ${V^^}|echo ${#V}|echo ${V:-$V}|echo ${n:=$V}|echo \"$V\" $V".split("|"),
  ..."declare -i n=V|declare n=$V|declare n=\"$V\"|declare a=$V|declare a=\"$V\"|declare -a a=$V|declare -a a|declare -A a"
    .split("|"),
  ..."declare -n n=$V; echo $n|declare \"$V\"|declare $V|declare a=\"($V)\"|declare -a a=($V)|typeset -i n; n=V".split(
    "|"
  ),
  ..."readonly a=$V|readonly -a a=$V|export \"$V\"|export n=$V|f() { local n=$V; }; f|f() { local -a a; local a=\"$V\"; }; f"
    .split("|"),
  ..."f() { echo \"$1\"; }; f \"$V\"|printf -v \"$V\" 1|printf \"$V\" 1|printf %s \"$V\"|printf %d \"$V\"|printf -v n %s 1"
    .split("|"),
  ..."read \"$V\" <<< 1|read $V <<< 1|read -a \"$V\" <<< 1|read n <<< \"$V\"|IFS= read -r n <<< \"$V\"|mapfile -t a <<< \"$V\""
    .split("|"),
  ..."mapfile -C \"$V\" -c 1 a <<< 1|mapfile \"$V\" <<< 1|unset \"$V\"|unset n|wait -n -p \"$V\"|wait $V|wait $!".split(
    "|"
  ),
  ..."getopts a \"$V\" -a|getopts a n -a|eval \"$V\"|eval echo \"$V\"|. /dev/stdin <<< \"touch HIT\"|trap \"touch HIT\" EXIT"
    .split("|"),
  ..."compgen -W \"$V\"|compgen -W '$(touch HIT)'|jobs -x touch HIT|RANDOM=$V|SECONDS=$V|OPTIND=$V|HISTCMD=$V|PS4=$V; set -x; echo"
    .split("|"),
  ..."BASH_ENV=$V|set -- \"$V\"; echo \"$1\"|set $V|shopt -s globstar|case $V in $V) echo ;; esac|for i in $V; do echo $i; done"
    .split("|"),
  ..."n=$V|n=$n$V|n=V; echo $n|cat <<< \"$V\"|cat <<E\n$V\nE|echo > /dev/null|exec {n}>/dev/null|echo {1..$V}|echo $'\\x41'$V"
    .split("|"),
  ..."coproc n { echo; }|select i in $V; do break; done <<< 1|exit $V|shift $V|umask $V|cd $V|type $V|kill -0 $V|bash -c \"echo $V\""
    .split("|"),
  ..."bash -c 'echo $0' \"$V\"|sh -c \"$V\"|echo $(echo $V)|echo `echo $V`|echo ${V?}|enable -n \"$V\"|alias n=$V|hash -p $V n"
    .split("|"),
  ..."command printf \"$V\" 1|builtin declare a=\"$V\"|\\declare n=$V|\\export n=$V|command declare a=\"$V\"".split("|")
]

/** The same with text that is quoted, `W`. */
const quotedPieces = [
  "echo W|echo >&W|echo 2>&W|cat <&W|echo >W|echo &>W|cat <W|cat <<<W|exec {n}>W|case W in W) echo ;; esac|for i in W; do echo $i; done",
  "n=W|a=(W)|a=([0]=W)|a[0]=W|[ -f W ]|[ W = W ]|[ W -eq 1 ]|[ -v W ]|[[ W == W ]]|[[ W -eq 1 ]]|[[ W =~ W ]]|printf W|printf %s W",
  "printf -v n W|printf -v W 1|read -p W n <<< 1|read -a W <<< 1|read W <<< 1|declare n=W|declare -a a=W|declare -a a; declare a=W",
  "declare W|declare W=1|readonly n=W|export CI=W|export W|f() { local n=W; }; f|cd W|type W|unset W|let W|mapfile W <<< 1|wait W",
  "mapfile -d W a <<< 1|getopts W n -a|getopts a W -a|shift W|exit W|umask W|kill -0 W|echo ${n:-W}|echo ${n:=W}|echo ${n/W/W}",
  "echo \"${n#W}\"|echo ${n:0:1}W|echo {W,a}|trap W EXIT|eval W|bash -c W|alias n=W|hash -p W n|set -- W|compgen -W W|test -n W",
  "f() { echo \"$1\"; }; f W|coproc n { echo W; }|select i in W; do break; done <<< 1|n+=W|CI=W echo|LANG=W echo|IFS=W read n <<< 1"
].flatMap((pieces) => pieces.split("|"))

const quoted = FastCheck.constantFrom("'$(touch HIT)'", "'a[$(touch${IFS}HIT)]'", "'`touch HIT`'", "'($(touch HIT))'")

const piece = FastCheck.oneof(
  FastCheck.tuple(FastCheck.constantFrom(...pieces), FastCheck.constantFrom(..."xyzpqr"))
    .map(([piece, name]) => piece.replaceAll("V", name)),
  FastCheck.tuple(FastCheck.constantFrom(...quotedPieces), quoted).map(([piece, text]) =>
    piece.replaceAll("W", () => text)
  )
)

const line = FastCheck.array(piece, { minLength: 1, maxLength: 4 }).map((chosen) => [prelude, ...chosen].join("\n"))

const environment = new Set(Object.keys(process.env))

const names =
  "echo [ test let declare typeset readonly export local f printf read mapfile unset wait getopts eval . trap compgen jobs set shopt cat exec \
exit shift umask cd type kill bash sh enable alias hash command builtin break true"

/** All of them are allowed, `touch` is not. */
const rules = {
  edit: "allow" as const,
  bash: { ...Object.fromEntries(names.split(" ").map((name) => [`${name} *`, "allow"])), "*": "ask" } as const
}

const isAllowed = (command: string) =>
  decide(rules, { parts: splitCommandLine(command, environment), title: "" }, []).verdict === "allow"

describe.skipIf(!hasBash)("compared with the bash of this machine", () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "altimate-bash-"))
    return () => rmSync(directory, { recursive: true })
  })

  const hits = (command: string) => {
    spawnSync("bash", ["-c", command], { cwd: directory, stdio: "ignore", timeout: 10_000, killSignal: "SIGKILL" })
    const isHit = existsSync(join(directory, "HIT"))
    for (const file of readdirSync(directory)) rmSync(join(directory, file), { recursive: true })
    return isHit
  }

  it("no allowed line runs a command that is hidden in a value", () => {
    let allowed = 0
    FastCheck.assert(
      FastCheck.property(line, (command) => {
        if (!isAllowed(command)) return
        allowed += 1
        assert.isFalse(hits(command), command)
      }),
      { numRuns: 250 }
    )
    assert.isAbove(allowed, 20)
  })

  it("each line that is not allowed does run it", () => {
    for (
      const command of ["echo $((y))", "echo ${a[r]}", "declare -a a=$z", "printf \"$p\" 1", "[ $q ]", "echo ${x@P}"]
    ) {
      assert.isTrue(hits(`${prelude}\n${command}`), command)
      assert.isFalse(isAllowed(`${prelude}\n${command}`), command)
    }
  })

  it("allows no line that bash would split into different words than the parser does", () => {
    for (
      const command of [
        "echo $\\\n[y]",
        "echo $\\\n{a[y]}",
        "cat <<E\n$\\\n{a[y]}\nE",
        "cat <<E\n${n:-'$(touch HIT)'}\nE",
        "cat <<E\n${n:-a'b}$(touch HIT)'}\nE",
        "cat <<E\n\"${n:-'`touch HIT`'}\"\nE",
        "echo \"${n:-$'$(touch HIT)'}\"",
        "cat <<-'\tE'\n\tE\ntouch HIT\n\tE",
        "a=(@(${n/#$(cat <<\\E\n$(touch HIT)\nE\n)}))"
      ]
    ) {
      assert.isTrue(hits(`${prelude}\n${command}`), command)
      assert.isFalse(isAllowed(`${prelude}\n${command}`), command)
    }
    for (
      const command of [
        "echo a \\\n  b",
        "cat <<'E'\n${n:-'$(touch HIT)'}\nE",
        "cat <<E\n${n:-$x} it's\nE",
        "echo \"${n:-'it'}\"",
        "cat <<-EOF_1\n\ta\n\tEOF_1"
      ]
    ) {
      assert.isFalse(hits(`${prelude}\n${command}`), command)
      assert.isTrue(isAllowed(`${prelude}\n${command}`), command)
    }
  })

  it("the value of every literal word is the same as in bash", () => {
    const piece = FastCheck.constantFrom(
      "a",
      "rm",
      "\\r",
      "\\\\",
      "'b c'",
      "\"d e\"",
      "$'\\x72\\155\\u0041'",
      "\"\\$f\"",
      "'\\'",
      "\\\n",
      "=",
      "-",
      "/",
      "é",
      "\"a\\\nb\"",
      "$'\\cA\\e'"
    )
    const words = FastCheck.sample(
      FastCheck.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("")),
      500
    ).filter((word) => word.replaceAll("\\\n", "") !== "")
    const result = spawnSync("bash", ["-c", words.map((word) => `printf '%s\\0' x${word}`).join("\n")])
    const expected = result.stdout.toString().split("\0").slice(0, -1)
    const literals = words.map((word) => {
      const command = parse(`printf '%s\\0' x${word}`).commands[0]!.command as Command
      return shellWord(command.args.at(-1)!).literal
    })
    assert.deepStrictEqual(literals, expected)
  })
})
