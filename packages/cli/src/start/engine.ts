/** Settings of V8 that make a short command quicker. */
import { setFlagsFromString } from "node:v8"

/**
 * V8's own settings. V8 doubles the young generation, in which it creates objects, from 1 MB up to 16 MB while a program starts. Getting that memory
 * from the system takes longer than collecting garbage more often: without it, `run` takes less time and 10 MiB less memory, however long the answer is.
 */
const standard = "--semi-space-growth-factor=2 --opt"

/** Optimizing a function takes longer than it saves in a command that ends at once. */
const starting = "--semi-space-growth-factor=1 --no-opt"

const running = "--semi-space-growth-factor=1 --opt"

/** When optimizing begins, in milliseconds: commands that only start and print something have ended by then. */
const optimizerDelay = 1000

/** V8 prints an error for a flag that it does not know, so these are the versions of Node on which this was tried. */
const isTried = (version: string): boolean => {
  const major = Number.parseInt(version, 10)
  return major >= 20 && major <= 24
}

/** The user's own options of the same kind stay as they are. */
const isSetByUser = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].some((options) =>
  /--(?:no[-_]?)?(?:jitless|opt|turbofan|\w+[-_]semi[-_]space)/.test(options)
)

const isUsed = isTried(process.versions.node) && !isSetByUser

let active: string | undefined

const set = (flags: string): void => {
  if (!isUsed || flags === active) return
  setFlagsFromString(flags)
  active = flags
}

let current = starting

export const start = (): void => {
  set(current)
  setTimeout(() => {
    current = running
    set(current)
  }, optimizerDelay).unref()
}

const withFlags = (flags: string) => <A>(load: () => A): A => {
  set(flags)
  try {
    return load()
  } finally {
    set(current)
  }
}

/**
 * Loads a module of Node with V8's own settings. Node comes with the compiled code of its modules, which V8 refuses while a flag differs from its
 * default: loading them takes more than twice as long then.
 */
export const withStandard = withFlags(standard)

/** Loads code of the program with the settings of the start: its compiled code was stored with those. */
export const withStart = withFlags(starting)
