import type { Listed, Session } from "@altimate-code/agent/session/Session"
import type { SessionError } from "@altimate-code/agent/session/SessionError"
import { SessionStore } from "@altimate-code/agent/session/SessionStore"
import * as Transcript from "@altimate-code/agent/session/Transcript"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as Paths from "@altimate-code/system/Paths"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Picker from "../input/picker.ts"
import { relativeTime } from "../input/relativeTime.ts"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"

/** `/new`, `/sessions` and its keys, `/fork`, `/rename` and `/export`. A session that is `keptOpen` must not be opened a second time. */
export const make = (keptOpen: Session | undefined) =>
  Effect.gen(function*() {
    const sessions = yield* SessionStore
    const current = yield* CurrentSession
    const { send, showFailure, showNotice } = yield* Display
    const workspace = yield* Workspace
    const home = yield* Effect.orElseSucceed(Config.string("HOME"), () => "~")
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path

    /** With the columns aligned: when it was used last, its prompts, and its directory if it is another one. */
    const toChoices = (
      listed: ReadonlyArray<Listed>,
      currentId: string,
      now: number
    ): ReadonlyArray<Picker.Choice> => {
      const ages = listed.map(({ id, time }) => id === currentId ? "current" : relativeTime(Date.parse(time), now))
      const counts = listed.map(({ turns }) => `${turns} ${turns === 1 ? "prompt " : "prompts"}`)
      const widths = [ages, counts].map((texts) => Math.max(...texts.map(({ length }) => length)))
      return listed.map(({ directory, id, isTitleGiven, title }, index) => ({
        id,
        ...(isTitleGiven ? { title } : {}),
        label: title === "" ? id : title,
        detail: [
          ages[index]!.padEnd(widths[0]!),
          counts[index]!.padStart(widths[1]!),
          ...(directory === workspace.directory ? [] : [directory])
        ].join("  ").trimEnd()
      }))
    }

    const readChoices = Effect.gen(function*() {
      const all = yield* sessions.list
      const here = all.filter(({ directory }) => directory === workspace.directory)
      const elsewhere = all.filter(({ directory }) => directory !== workspace.directory)
      const { id } = yield* current.get
      return toChoices([...here, ...elsewhere], id, yield* Clock.currentTimeMillis)
    })

    const list = Effect.gen(function*() {
      const choices = yield* readChoices
      if (choices.length === 0) return yield* showNotice("There are no earlier sessions.")
      const { id } = yield* current.get
      yield* send({ type: "sessions", picker: Picker.make("Sessions", choices), currentId: id })
    }).pipe(Effect.catchAll(showFailure), Effect.ensuring(send({ type: "task-ended" })))

    const open = (id: string) =>
      Effect.gen(function*() {
        const here = yield* current.get
        const reportOpen = showNotice(`Session ${here.id} is already open.`)
        if (id === here.id) return yield* reportOpen
        yield* current.switchTo(id === keptOpen?.id ? Effect.succeed(keptOpen) : sessions.open(id)).pipe(
          // The beginning of an ID names its session, too.
          Effect.catchIf(({ path, reason }) => reason === "InUse" && path === here.path, () => reportOpen)
        )
      }).pipe(Effect.catchAll(showFailure), Effect.ensuring(send({ type: "task-ended" })))

    const create = current.switchTo(sessions.create(workspace.directory)).pipe(
      Effect.catchAll(showFailure),
      Effect.ensuring(send({ type: "task-ended" }))
    )

    const fork = Effect.gen(function*() {
      const { entries, id, isStored } = yield* current.get
      if (!isStored || (yield* entries).length === 0) return yield* showNotice("Nothing to copy yet.")
      const copy = yield* sessions.fork(id)
      yield* current.switchTo(sessions.open(copy.id), `Copied session ${id}. You are now in the copy, ${copy.id}.`)
    }).pipe(Effect.catchAll(showFailure), Effect.ensuring(send({ type: "task-ended" })))

    const setTitle = ({ append }: Pick<Session, "append">, title: string) =>
      Effect.gen(function*() {
        yield* append({ type: "title", title, time: DateTime.formatIso(yield* DateTime.now) })
        yield* showNotice(`Session renamed: ${title}`)
      })

    const rename = (title: string) =>
      Effect.flatMap(current.get, (session) => setTitle(session, title)).pipe(Effect.catchAll(showFailure))

    /** Does something with a session of the list, and reads the list again. */
    const change = (effect: Effect.Effect<void, SessionError>) =>
      effect.pipe(
        Effect.catchAll(showFailure),
        Effect.zipRight(Effect.flatMap(readChoices, (choices) => send({ type: "sessions-listed", choices }))),
        Effect.catchAll(showFailure)
      )

    const retitle = (id: string, title: string) =>
      change(
        Effect.gen(function*() {
          const here = yield* current.get
          if (id === here.id) return yield* setTitle(here, title)
          if (id === keptOpen?.id) return yield* setTitle(keptOpen, title)
          yield* Effect.scoped(Effect.flatMap(sessions.open(id), (session) => setTitle(session, title)))
        }).pipe(Effect.tapError(() => send({ type: "title-refused", id, title })))
      )

    const copy = (id: string) =>
      change(
        Effect.flatMap(sessions.fork(id), (copy) => showNotice(`Copied session ${copy.of}. The copy is ${copy.id}.`))
      )

    const remove = (id: string) =>
      change(Effect.flatMap(sessions.remove(id), (id) => showNotice(`Deleted session ${id}.`)))

    /** A file that the user names is not replaced: it may be something else. */
    const exportMarkdown = (given: string | undefined) =>
      Effect.gen(function*() {
        const { entries, id } = yield* current.get
        const file = path.resolve(workspace.directory, Paths.expandHome(given ?? `session-${id}.md`, home))
        if (given !== undefined && (yield* fs.exists(file))) {
          return yield* showFailure({ message: `${file} already exists.`, hint: "Choose another name." })
        }
        const directory = path.dirname(file)
        if (!(yield* fs.exists(directory))) {
          return yield* showFailure({
            message: `${directory} does not exist.`,
            hint: "Create it first, or choose another place."
          })
        }
        yield* replaceFile(file, Transcript.toMarkdown(yield* entries), { mode: 0o600, forcesMode: true })
        yield* showNotice(`Session exported to ${file}.`)
      }).pipe(
        Effect.provideService(FileSystem.FileSystem, fs),
        Effect.catchAll(({ message }) =>
          showFailure({ message: `The session could not be exported: ${message}`, hint: "" })
        )
      )

    return { list, open, create, fork, rename, retitle, copy, remove, exportMarkdown }
  })
