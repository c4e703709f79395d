/** The actions of `altimate-code session`. */
import * as SessionStore from "@altimate-code/agent/session/SessionStore"
import * as Spending from "@altimate-code/agent/session/Spending"
import * as Transcript from "@altimate-code/agent/session/Transcript"
import { printable } from "@altimate-code/log/Printable"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import { CliError } from "../../command-line/failure/CliError.ts"
import { makeJsonVisible, makeVisible, Stdio, writeJson } from "../../command-line/Stdio.ts"
import * as Table from "../../command-line/table.ts"
import * as LocalFiles from "../../workspace/localFiles.ts"

/** `cost` is in US dollars and absent if it is unknown. `costIsMinimum`: the cost of some requests is unknown. */
const toJson = (spending: Spending.Spending) => ({
  usage: spending.usage,
  requests: spending.requests,
  ...(Spending.isKnown(spending) ? { cost: spending.cost } : {}),
  ...(Spending.isComplete(spending) ? {} : { costIsMinimum: true })
})

/** Lists all sessions, the most recently used first. */
export const list = Effect.fn("SessionCommands.list")(function*(format: "text" | "json") {
  const { write } = yield* Stdio
  const all = yield* (yield* SessionStore.SessionStore).list
  if (format === "json") {
    return yield* writeJson(
      all.map(({ spending, ...session }) => ({ ...Struct.omit(session, "isTitleGiven"), ...toJson(spending) })),
      2
    )
  }
  if (all.length === 0) return yield* write("There are no sessions yet.\n")
  yield* write(Table.render([
    ["ID", "LAST USED", "TURNS", "DIRECTORY", "TITLE"],
    ...all.map(({ directory, id, time, title, turns }) => [
      id,
      time.slice(0, 16).replace("T", " "),
      String(turns),
      directory,
      title
    ])
  ]))
}, Effect.provide(LocalFiles.sessions))

/** Prints a session as Markdown, or all lines of its file as a JSON array. */
export const print = Effect.fn("SessionCommands.print")(function*(id: string, format: "markdown" | "json") {
  const { isTerminal, write, writeError } = yield* Stdio
  const { lines, notices, text } = yield* (yield* SessionStore.SessionStore).read(id)
  for (const notice of notices) yield* writeError(`note: ${printable(notice)}\n`)
  const [whole, forTerminal] = format === "markdown"
    ? [Transcript.toMarkdown(lines), makeVisible]
    : [`[\n${text.trimEnd().split("\n").join(",\n")}\n]\n`, makeJsonVisible]
  yield* write(isTerminal ? forTerminal(whole) : whole)
}, Effect.provide(LocalFiles.sessions))

/** Copies a session, and prints only the ID of the copy on stdout, for scripts. */
export const fork = Effect.fn("SessionCommands.fork")(function*(id: string) {
  const { write, writeError } = yield* Stdio
  const copy = yield* (yield* SessionStore.SessionStore).fork(id)
  yield* writeError(`Copied session ${copy.of}. The ID of the copy:\n`)
  yield* write(`${copy.id}\n`)
}, Effect.provide(LocalFiles.sessions))

/** Changes the title of a session. */
export const rename = Effect.fn("SessionCommands.rename")(
  function*(given: string, title: string) {
    if (title.trim() === "") {
      return yield* new CliError({
        reason: "Usage",
        message: "The title is empty.",
        hint: "Give it at least one word."
      })
    }
    const { write, writeError } = yield* Stdio
    const { append, id, notices } = yield* (yield* SessionStore.SessionStore).open(given)
    for (const notice of notices) yield* writeError(`note: ${printable(notice)}\n`)
    yield* append({ type: "title", title, time: DateTime.formatIso(yield* DateTime.now) })
    yield* write(`Renamed session ${id}.\n`)
  },
  Effect.scoped,
  Effect.provide(LocalFiles.sessions)
)

/** Describes a session in a question: its ID, title and size. None if `given` is not the beginning of exactly one ID. */
const describeSession = Effect.fn("SessionCommands.describeSession")(function*(given: string) {
  const all = yield* (yield* SessionStore.SessionStore).list
  const [found, ...others] = all.filter(({ id }) => id.startsWith(given))
  if (found === undefined || others.length > 0) return Option.none()
  const { directory, id, time, title, turns } = found
  const size = `${turns} ${turns === 1 ? "turn" : "turns"}, last used ${time.slice(0, 16).replace("T", " ")}`
  return Option.some(printable(`${id} ${JSON.stringify(title)} (${size}, ${directory})`))
})

/** Deletes a session permanently. Asks the user first, unless `yes` is set. */
export const remove = Effect.fn("SessionCommands.remove")(function*(id: string, yes: boolean) {
  const { readLine, write, writeError } = yield* Stdio
  const { remove } = yield* SessionStore.SessionStore
  // What matches no session, or several, fails with the store's error.
  const session = yes ? Option.none() : yield* describeSession(id)
  if (Option.isSome(session)) {
    if (Option.isNone(readLine)) {
      return yield* new CliError({
        reason: "Usage",
        message: "session delete asks first, and there is no terminal to ask in.",
        hint: `Nothing was deleted. To delete without a question: altimate-code session delete ${id} --yes`
      })
    }
    const answer = yield* readLine.value(`Delete session ${session.value}? It can't be restored. [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) return yield* writeError("Nothing was deleted.\n")
  }
  const whole = yield* remove(id)
  yield* write(`Deleted session ${whole}.\n`)
}, Effect.provide(LocalFiles.sessions))
