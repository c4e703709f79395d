/** Commands that run another command, which follows their options. */
import { type CallAnalysis, type CallAnalyzer, uncertain } from "../callAnalysis.ts"
import { type Options, options, readOptions } from "../options.ts"
import { isHarmlessExport, isHarmlessName } from "../variables.ts"
import type { ShellWord } from "../words.ts"

interface Wrapper {
  readonly options: Options
  /** Options that change which command runs or what it does. */
  readonly doubtful: Options
  /** Patterns for the words before the command. */
  readonly operands: ReadonlyArray<RegExp>
  /** Whether it needs a command; without one it starts a shell or does something unknown. */
  readonly needsCommand: boolean
  /** Whether the command is a file in another root directory. */
  readonly isElsewhere: boolean
}

const wrapper = (
  list: string,
  { doubtful = "", isElsewhere = false, needsCommand = true, operands = [] }: {
    readonly doubtful?: string
    readonly operands?: ReadonlyArray<RegExp>
    readonly needsCommand?: boolean
    readonly isElsewhere?: boolean
  } = {}
): Wrapper => ({
  options: options(`${list} ${doubtful}`),
  doubtful: options(doubtful),
  operands,
  needsCommand,
  isElsewhere
})

const any = /^/
const duration = /^\d+(?:\.\d+)?[smhd]?$/
const number = /^\d+$/
const processors = /^(?:0x)?[\da-fA-F][\da-fA-F,:-]*$/
const architecture = wrapper("-BFILRSTXZv3 --addr-no-randomize --32bit --3gb")
const userFirst = wrapper("", { operands: [any] })
const plain = wrapper("")
/** The command runs in an unknown environment, directory or session. */
const elsewhere = wrapper("", { isElsewhere: true, needsCommand: false })
const elsewhereAfterOne = wrapper("", { isElsewhere: true, needsCommand: false, operands: [any] })

const wrappers: ReadonlyMap<string, Wrapper> = new Map(Object.entries({
  abduco: elsewhere,
  "annotate-output": plain,
  "aws-vault exec": elsewhere,
  builtin: wrapper("", { needsCommand: false }),
  busybox: wrapper("", { needsCommand: false }),
  bwrap: wrapper("--unshare-all --unshare-net --unshare-pid --die-with-parent --new-session", { isElsewhere: true }),
  caffeinate: wrapper("-dimsu -t: -w:"),
  catchsegv: plain,
  choom: wrapper("-n:"),
  chpst: wrapper("-vP012 -u:"),
  chronic: wrapper("-ve"),
  chroot: wrapper("--userspec: --groups: --skip-chdir", { operands: [any], isElsewhere: true }),
  chrt: wrapper("-abfiorRv -T: -P: -D:", { operands: [number] }),
  command: wrapper("-p", { needsCommand: false }),
  cpulimit: wrapper("-zif -l: -c:"),
  capsh: elsewhere,
  concurrently: elsewhere,
  "cross-env": elsewhere,
  daemonize: elsewhere,
  "dbus-launch": plain,
  "dbus-run-session": plain,
  "direnv exec": elsewhereAfterOne,
  doas: wrapper("-nL -u:"),
  dtach: elsewhere,
  "dumb-init": wrapper("-cv"),
  eatmydata: plain,
  env: wrapper("-0v -u: --unset: --null --debug", {
    doubtful: "-i -C: --ignore-environment --chdir:",
    needsCommand: false
  }),
  envdir: elsewhereAfterOne,
  exec: wrapper("-cl", { doubtful: "-a:", needsCommand: false }),
  fakechroot: elsewhere,
  fakeroot: plain,
  faketime: wrapper("-m", { operands: [any] }),
  firejail: wrapper("--noprofile --private --quiet"),
  gosu: userFirst,
  heaptrack: plain,
  i386: architecture,
  ifne: wrapper("-n"),
  ionice: wrapper("-t -c: -n: --class: --classdata: --ignore"),
  lckdo: userFirst,
  linux32: architecture,
  linux64: architecture,
  ltrace: wrapper("-fcSCtr -s: -e:"),
  mispipe: elsewhere,
  nice: wrapper("-0123456789 -n: --adjustment:", { needsCommand: false }),
  nocache: plain,
  nohup: plain,
  nsenter: wrapper("-muinpUCTaF -t: -S: -G: --target: --all --mount?: --uts?: --ipc?: --net?: --pid?: --user?:", {
    isElsewhere: true
  }),
  numactl: wrapper("-l -N: -m: -i: -C: -p: --cpunodebind: --membind: --physcpubind: --interleave: --localalloc"),
  pee: elsewhere,
  "perf script": elsewhere,
  "perf trace": elsewhere,
  "perf record": wrapper("-agv -e: -F:", { doubtful: "-o:" }),
  "perf stat": wrapper("-adv -e: -r:", { doubtful: "-o:" }),
  pkexec: wrapper("--user:"),
  prlimit: wrapper(
    "--as?: --core?: --cpu?: --data?: --fsize?: --memlock?: --nofile?: --nproc?: --rss?: --stack?: -c?: -d?: -n?: -t?: -u?: -v?:"
  ),
  proot: elsewhere,
  proxychains: wrapper("-q"),
  proxychains4: wrapper("-q"),
  rlwrap: wrapper("-acinr"),
  "rr record": plain,
  "s6-setuidgid": userFirst,
  schroot: elsewhere,
  setarch: architecture,
  setlock: wrapper("-nNxX", { operands: [any] }),
  setpriv: wrapper(
    "--reuid: --regid: --groups: --inh-caps: --ambient-caps: --bounding-set: --clear-groups --keep-groups --init-groups --no-new-privs"
  ),
  setsid: wrapper("-cfw --ctty --fork --wait"),
  setuidgid: userFirst,
  softlimit: wrapper("-a: -c: -d: -f: -l: -m: -o: -p: -r: -s: -t:"),
  "ssh-agent": plain,
  sshpass: wrapper("-e -p: -f: -d: -P:"),
  stdbuf: wrapper("-i: -o: -e: --input: --output: --error:"),
  strace: wrapper("-fcCiqrtTvxyzZ -e: -s: -a: -S: -P:", { doubtful: "-o: -E: -u:" }),
  "su-exec": userFirst,
  sudo: wrapper(
    "-ABbEHiKknPSs -C: -g: -p: -T: -u: --user: --group: --prompt: --background --preserve-env?: --set-home --login --non-interactive \
--shell --stdin",
    { doubtful: "-D: -R: -h: -r: -t: --chdir: --chroot: --host:" }
  ),
  "systemd-inhibit": wrapper("--what: --who: --why: --mode:"),
  "systemd-run": wrapper("-tPqG -u: --user --scope --wait --collect --pty --pipe --quiet --unit:", {
    doubtful: "-p: -E: --property: --setenv: --working-directory:"
  }),
  taskset: wrapper("-ac --all-tasks --cpu-list", { operands: [processors] }),
  time: wrapper("-apqv -f:", { doubtful: "-o:", needsCommand: false }),
  timeout: wrapper("-fpv -k: -s: --kill-after: --signal: --foreground --preserve-status --verbose", {
    operands: [duration]
  }),
  tini: wrapper("-svg"),
  torify: wrapper("-q"),
  toybox: wrapper("", { needsCommand: false }),
  trickle: wrapper("-s -d: -u: -w: -t: -l:"),
  torsocks: wrapper("-q"),
  uftrace: elsewhere,
  uname26: architecture,
  unbuffer: wrapper("-p"),
  unshare: wrapper(
    "-muinpUCTfrc --mount?: --uts?: --ipc?: --net?: --pid?: --user?: --cgroup?: --time?: --fork --map-root-user --map-current-user \
--mount-proc?:",
    { doubtful: "-R: -w: --root: --wd:" }
  ),
  valgrind: wrapper("-qv --leak-check?: --error-exitcode?: --track-origins?: --show-leak-kinds?: --tool?:", {
    doubtful: "--log-file?:"
  }),
  x86_64: architecture,
  "xvfb-run": wrapper("-a --auto-servernum")
}))

const assignment = /^[A-Za-z_]\w*\+?=/

const takesVariables = (name: string): boolean => name === "env" || name === "sudo" || name === "doas"

const architectureName = /^(?:i[3-6]86|x86_64|linux(?:32|64)|uname26|arm\w*|aarch64|ppc\w*|s390x?|mips\w*|sparc\w*)$/

const read = (name: string, wrapper: Wrapper, words: ReadonlyArray<ShellWord>): CallAnalysis => {
  const own = readOptions(wrapper.options, words, true)
  if (own === undefined) return uncertain
  const { attached, flags, values } = wrapper.doubtful
  let isCertain = !wrapper.isElsewhere &&
    !own.given.some(({ name }) => flags.has(name) || values.has(name) || attached.has(name))
  let rest = own.operands
  while (takesVariables(name) && assignment.test(rest[0]?.start ?? "")) {
    isCertain &&= isHarmlessExport(rest[0]!)
    rest = rest.slice(1)
  }
  for (const operand of wrapper.operands) {
    isCertain &&= rest[0]?.isSingle === true && operand.test(rest[0].literal ?? "")
    rest = rest.slice(1)
  }
  // `env -u HOME` affects commands that read the variable.
  if (name === "env") {
    isCertain &&= own.given.every(({ name, value }) => !/^-(?:u|-unset)$/.test(name) || isHarmlessName(value ?? ""))
  }
  const [command] = rest
  if (command === undefined) return { isCertain: isCertain && !wrapper.needsCommand }
  return { isCertain: isCertain && !command.mayBeOption, commands: [{ words: rest }] }
}

/** Finds the analyzer for a wrapper; `undefined` for other commands. */
export const findWrapperAnalyzer = (name: string, subcommand: string | undefined): CallAnalyzer | undefined => {
  const two = wrappers.get(`${name} ${subcommand}`)
  if (two !== undefined) return (words) => read(name, two, words.slice(1))
  const wrapper = wrappers.get(name)
  if (wrapper === undefined) return undefined
  const isNamed = name === "setarch" && architectureName.test(subcommand ?? "")
  return (words) => read(name, wrapper, isNamed ? words.slice(1) : words)
}
