import { type Binding, bindings as all, type PromptTarget, type SessionKey } from "./bindings.ts"
import { nameOf } from "./editing.ts"
import type { Key } from "./keys.ts"

/** What the keys do in the prompt, with the user's `keybinds`. Keys are named as by `nameOf`; `leader n` is the leader key, then `n`. */
export interface Keymap {
  /** Absent if it is turned off. */
  readonly leader: string | undefined
  readonly targets: ReadonlyMap<string, PromptTarget>
  /** What keys do with the selected session, in the list. */
  readonly sessions: ReadonlyMap<string, SessionKey>
  /** Keys that have lost what they do by default. */
  readonly unbound: ReadonlySet<string>
  /** The keys of each action, as they are shown. */
  readonly shown: ReadonlyMap<string, ReadonlyArray<string>>
}

/** A key, comma-separated alternatives, or a list of them; `none` and `false` are no key. */
export type Keybinds = Readonly<Record<string, string | false | ReadonlyArray<string>>>

const modifiers: Readonly<Record<string, "ctrl" | "meta" | "shift" | "unreachable">> = {
  ctrl: "ctrl",
  control: "ctrl",
  alt: "meta",
  meta: "meta",
  option: "meta",
  shift: "shift",
  super: "unreachable",
  hyper: "unreachable",
  cmd: "unreachable",
  command: "unreachable"
}

const names: Readonly<Record<string, string>> = {
  enter: "return",
  esc: "escape",
  del: "delete",
  pageup: "page-up",
  pgup: "page-up",
  pagedown: "page-down",
  pgdown: "page-down"
}

/** Keys for which terminals send a control character. */
const sameAs: Readonly<Record<string, string>> = { i: "tab", m: "return", h: "backspace", "[": "escape" }

const isNamed = (name: string): boolean =>
  /^(?:return|escape|tab|space|backspace|delete|up|down|left|right|home|end|page-up|page-down|f(?:[1-9]|1[0-2]))$/.test(
    name
  )

/** `unreachable`: no terminal sends it. */
type Parsed =
  | { readonly type: "key"; readonly name: string }
  | { readonly type: "unreachable" }
  | { readonly type: "problem"; readonly why: string }

const problem = (why: string): Parsed => ({ type: "problem", why })

/** Parses a key such as `ctrl+x`, `alt+return`, `f2`, `<leader>n`. */
const parseKey = (text: string): Parsed => {
  const hasLeader = /^<leader>/i.test(text)
  const parts = text.replace(/^<leader>\s*/i, "").split("+")
  // The plus sign itself is written as `ctrl++`.
  if (parts.length > 1 && parts.at(-1) === "" && parts.at(-2) === "") parts.splice(-2, 2, "+")
  const last = (parts.pop() ?? "").trim()
  const held = parts.map((part) => modifiers[part.trim().toLowerCase()])
  if (held.includes(undefined)) return problem(`"${parts.join("+")}" is not a modifier: use ctrl, alt or shift`)
  const lower = last.toLowerCase()
  const name = names[lower] ?? lower
  const isCharacter = Array.from(last).length === 1
  if (!isCharacter && !isNamed(name)) return problem(last === "" ? "the key is missing" : `there is no key "${last}"`)
  const has = (modifier: "ctrl" | "meta" | "shift") => held.includes(modifier)
  const same = has("ctrl") && !has("meta") ? sameAs[name] : undefined
  if (same !== undefined) return problem(`a terminal sends the same as for ${same}`)
  // Control characters exist only for letters, a space and the underscore, with and without shift.
  const isControl = !isCharacter || (/^[a-z_/-]$/.test(name) && !has("shift"))
  if (held.includes("unreachable") || (has("ctrl") && !isControl)) return { type: "unreachable" }
  const prefix = hasLeader ? "leader " : ""
  if (isCharacter && !has("ctrl") && !has("meta")) {
    return hasLeader
      ? { type: "key", name: prefix + (has("shift") ? last.toUpperCase() : last) }
      : problem("it is typed as text: add ctrl or alt, or put <leader> before it")
  }
  const key = has("ctrl") && (last === "-" || last === "/") ? "_" : name
  return {
    type: "key",
    name: `${prefix}${has("ctrl") ? "ctrl-" : ""}${has("meta") ? "meta-" : ""}${has("shift") ? "shift-" : ""}${key}`
  }
}

const alternativesOf = (value: Keybinds[string]): ReadonlyArray<string> =>
  (typeof value === "string" ? value.split(/,(?!$)/) : value || [])
    .map((text) => text.trim())
    .filter((text) => text !== "" && text.toLowerCase() !== "none")

const defaultLeader = "ctrl-x"

/** In the list of sessions, other keys have these actions. */
const bindings = all.flatMap(({ target, ...binding }): ReadonlyArray<Binding<PromptTarget>> =>
  target.type === "session" ? [] : [{ ...binding, target }]
)

/** Keys without which no list could be used. */
const listKeys = ["return", "escape", "up", "down", "page-up", "page-down", "backspace"]

/** `session_fork` has a key in the prompt only if the user gives it one. In the list it has this one, too. */
const defaultFork = "ctrl+f"

/** Ctrl-C must work whatever the configuration says. */
const fixed = "ctrl-c"

/** The name as it is shown to the user, e.g. `ctrl-x n`. */
const show = (name: string, leader: string | undefined): string =>
  name.replace(/^leader /, `${leader} `).replace("meta-", "alt-").replace("return", "enter").replace("escape", "esc")

/** Applies the user's `keybinds` to the default keys. Problems are sentences for the user. Settings of other actions are left out. */
export const make = (keybinds: Keybinds): { readonly keymap: Keymap; readonly problems: ReadonlyArray<string> } => {
  const problems: Array<string> = []

  const readKeys = (setting: string, value: Keybinds[string], isAllowed: (name: string) => boolean) => {
    const texts = alternativesOf(value)
    const keys: Array<string> = []
    for (const text of texts) {
      const parsed = parseKey(text)
      if (parsed.type === "problem") problems.push(`keybinds.${setting}: "${text}" can't be used: ${parsed.why}.`)
      if (parsed.type !== "key") continue
      if (isAllowed(parsed.name)) keys.push(parsed.name)
    }
    const isUnreachable = texts.length > 0 && texts.every((text) => parseKey(text).type === "unreachable")
    if (isUnreachable) problems.push(`keybinds.${setting}: terminals don't send ${texts.join(" or ")}.`)
    return keys
  }

  const readLeader = (value: Keybinds[string]): string | undefined => {
    const isAllowed = (name: string): boolean => {
      if (name !== fixed && !name.startsWith("leader ")) return true
      problems.push(`keybinds.leader: "${value}" can't be used: ctrl+c always stops, clears and quits.`)
      return false
    }
    const [key] = readKeys("leader", value, isAllowed)
    return key ?? (alternativesOf(value).length === 0 ? undefined : defaultLeader)
  }
  const leader = keybinds["leader"] === undefined ? defaultLeader : readLeader(keybinds["leader"])

  const targets = new Map<string, PromptTarget>()
  const owners = new Map<string, Binding<PromptTarget>>()
  const own = bindings.filter(({ setting }) => keybinds[setting] !== undefined)
  const keysOf = new Map<string, Array<string>>()
  const bind = (binding: Binding<PromptTarget>, name: string): void => {
    targets.set(name, binding.target)
    owners.set(name, binding)
    keysOf.set(binding.setting, [...keysOf.get(binding.setting) ?? [], name])
  }
  for (const binding of own) {
    const { setting, target } = binding
    const names = readKeys(setting, keybinds[setting] ?? false, (name) => {
      if (name !== fixed) return true
      if (setting !== "app_exit" && setting !== "input_clear") {
        problems.push(`keybinds.${setting}: ctrl+c can't be reassigned: it always stops, clears and quits.`)
      }
      return false
    })
    for (const name of names) {
      const owner = owners.get(name)
      if (name === leader) {
        problems.push(`keybinds.${setting}: ${show(name, leader)} is already the leader key.`)
      } else if (owner === undefined) bind(binding, name)
      // One key for two names of one action is no conflict, and Ctrl-D deletes unless the prompt is empty.
      else if (JSON.stringify(owner.target) !== JSON.stringify(target) && !(name === "ctrl-d" && isExit(owner))) {
        problems.push(
          `keybinds.${setting}: ${show(name, leader)} is already bound to ${owner.setting}; this binding is ignored.`
        )
      }
    }
  }
  const isFree = (name: string): boolean => !targets.has(name) && name !== leader
  const unbound = new Set<string>()
  for (const binding of bindings) {
    for (const text of alternativesOf(binding.defaults)) {
      const parsed = parseKey(text)
      if (parsed.type !== "key" || (leader === undefined && parsed.name.startsWith("leader "))) continue
      if (own.includes(binding)) unbound.add(parsed.name)
      else if (isFree(parsed.name)) bind(binding, parsed.name)
    }
  }
  for (const name of targets.keys()) unbound.delete(name)
  for (const { defaults, setting } of bindings) {
    if (keybinds[setting] !== undefined || keysOf.has(setting)) continue
    const [name] = alternativesOf(defaults).flatMap((text) => {
      const parsed = parseKey(text)
      return parsed.type === "key" && !isFree(parsed.name) ? [parsed.name] : []
    })
    if (name === undefined) continue
    const taker = name === leader ? "leader" : owners.get(name)?.setting
    problems.push(
      `keybinds.${taker}: ${show(name, leader)} was the only key of ${setting}. Give it another one, or none.`
    )
  }
  const sessions = new Map<string, SessionKey>()
  const inList = all.flatMap(({ defaults, setting, target }) => {
    const does = setting === "session_fork" ? "fork" as const : target.type === "session" ? target.does : undefined
    return does === undefined ? [] : [{ defaults: does === "fork" ? defaultFork : defaults, does, setting }]
  })
  const takers = new Map<string, string>()
  const bindInList = (setting: string, does: SessionKey, names: ReadonlyArray<string>): void => {
    for (const name of names) {
      const taken = sessions.get(name)
      if (taken === undefined) {
        sessions.set(name, does)
        takers.set(name, setting)
      } else if (taken !== does) {
        problems.push(
          keybinds[setting] === undefined
            ? `keybinds.${takers.get(name)}: in the list of sessions, ${
              show(name, leader)
            } was the only key of ${setting}. Give it another one, or none.`
            : `keybinds.${setting}: in the list of sessions, ${
              show(name, leader)
            } is already bound to session_${taken}.`
        )
      }
    }
  }
  for (const { does, setting } of inList) {
    const value = keybinds[setting]
    if (value === undefined) continue
    const names = does === "fork"
      // Its keys in the prompt, which may begin with the leader key, have been read above.
      ? alternativesOf(value).flatMap((text) => {
        const parsed = parseKey(text)
        return parsed.type === "key" && !parsed.name.startsWith("leader ") && !listKeys.includes(parsed.name)
          ? [parsed.name]
          : []
      })
      : readKeys(setting, value, (name) => {
        const isUsable = name !== fixed && !listKeys.includes(name) && !name.startsWith("leader ")
        if (!isUsable) {
          problems.push(
            `keybinds.${setting}: ${show(name, leader)} can't be used: it is a key of the list of sessions.`
          )
        }
        return isUsable
      })
    bindInList(setting, does, names)
  }
  for (const { defaults, does, setting } of inList) {
    if (keybinds[setting] === undefined) bindInList(setting, does, readKeys(setting, defaults, () => true))
  }
  const shown = new Map(
    [...keysOf].map(([setting, keys]) => [
      setting,
      keys.filter((key) => leader !== undefined || !key.startsWith("leader ")).map((key) => show(key, leader))
    ])
  )
  return { keymap: { leader, targets, sessions, unbound, shown }, problems }
}

/** The keys without `keybinds`. */
export const defaults: Keymap = make({}).keymap

/** The key of an action as it is shown, e.g. `ctrl-o`. Undefined if it has none. */
export const labelOf = ({ shown }: Keymap, ...settings: ReadonlyArray<string>): string | undefined =>
  settings.map((setting) => shown.get(setting)?.[0]).find((key) => key !== undefined)

/** The key that stops what is running. Ctrl-C always does. */
export const labelOfInterrupt = (keymap: Keymap): string => labelOf(keymap, "session_interrupt") ?? fixed

/** The keys for the selected session, as they are shown. */
export const describeSessionKeys = ({ leader, sessions }: Keymap): ReadonlyArray<string> =>
  (["rename", "delete", "fork"] as const).flatMap((does) => {
    const [name] = [...sessions].find(([, value]) => value === does) ?? []
    return name === undefined ? [] : [`${show(name, leader)}: ${does === "fork" ? "copy" : does}`]
  })

/** The key that changes the mode. */
export const labelOfMode = (keymap: Keymap): string | undefined => labelOf(keymap, "agent_cycle_reverse", "agent_cycle")

/** Ends a line with the key of an action, e.g. ` · ctrl-o: show`. Empty if it has none. */
export const hint = (keymap: Keymap, setting: string, does: string): string => {
  const key = labelOf(keymap, setting)
  return key === undefined ? "" : ` · ${key}: ${does}`
}

/** Actions that also have a key in questions, menus and the pager, where all other keys are fixed. */
const everywhere = ["shift-tab", "ctrl-o"]

/** What a key does in a question, a menu or the pager. */
export const lookInOverlay = (keymap: Keymap, key: Key): Key => {
  if (key.type !== "key") return key
  const meaning = look(keymap, key, false)
  const name = meaning.type === "key" ? nameOf(meaning.key) ?? "" : ""
  if (meaning.type === "key" && everywhere.includes(name)) return meaning.key
  // The key has another meaning in the prompt.
  return everywhere.includes(nameOf(key) ?? "") ? { ...key, name: "unbound" } : key
}

const isExit = ({ target }: Binding<PromptTarget>): boolean => target.type === "exit"

/** What a key does. `key` is what the prompt handles, which is the key itself unless it is bound to something else. */
export type Meaning =
  | { readonly type: "key"; readonly key: Key }
  | { readonly type: "command"; readonly command: string }
  | { readonly type: "exit" }
  | { readonly type: "clear" }
  | { readonly type: "leader" }
  | { readonly type: "nothing" }

export const look = (keymap: Keymap, key: Key, isAfterLeader: boolean): Meaning => {
  const name = key.type === "text" ? key.text : nameOf(key)
  if (name === undefined || name === fixed) return { type: "key", key }
  if (isAfterLeader) return keymap.targets.get(`leader ${name}`) ?? { type: "nothing" }
  if (key.type === "text") return { type: "key", key }
  if (name === keymap.leader) return { type: "leader" }
  return keymap.targets.get(name) ?? (keymap.unbound.has(name) ? { type: "nothing" } : { type: "key", key })
}
