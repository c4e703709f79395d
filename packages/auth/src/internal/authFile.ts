import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { applyEdits, findNodeAtLocation, type JSONPath, modify, type ParseError, parseTree } from "jsonc-parser"
import { AuthError } from "../AuthError.ts"

/** The contents of `auth.json`, a valid JSON object. It is edited as text, so that the entries of other programs stay unchanged. */
export interface AuthFile {
  readonly path: string
  readonly text: string
  readonly entries: Readonly<Record<string, unknown>>
}

/** Stands for a missing file. */
export const empty = (path: string): AuthFile => ({ path, text: "{}\n", entries: {} })

/** `JSON.parse` decides whether the text is valid. The more lenient parser only locates the error. */
export const parse = (path: string, content: string): Either.Either<AuthFile, AuthError> => {
  const text = content.replace(/^\uFEFF/, "")
  return Either.try(() => JSON.parse(text) as unknown).pipe(
    Either.mapLeft(() => makeCorruptStore(path, text, findFirstError(text), "invalid JSON")),
    Either.filterOrLeft(
      isObject,
      () => makeCorruptStore(path, text, text.search(/\S/), "expected an object with an entry for each provider")
    ),
    Either.map((entries) => ({ path, text, entries }))
  )
}

/** Each entry's provider and type. */
export const list = (file: AuthFile) =>
  Object.entries(file.entries).map(([provider, entry]) => ({
    provider,
    type: isObject(entry) && typeof entry.type === "string" ? entry.type : "unknown"
  }))

/** The key of the provider's entry of type `api`, unless it is blank. */
export const key = (file: AuthFile, provider: string): Option.Option<Redacted.Redacted<string>> =>
  entry(file, provider).pipe(
    Option.filter(({ type }) => type === "api"),
    Option.flatMap(({ key }) => nonBlank(key))
  )

/** Every secret in entries of known types: `api`, `oauth` (access, refresh) and `wellknown` (token). */
export const secrets = (file: AuthFile): ReadonlyArray<Redacted.Redacted<string>> =>
  Object.values(file.entries).filter(isObject).flatMap(({ access, key, refresh, token, type }) =>
    [type === "wellknown" ? undefined : key, access, refresh, token].flatMap((value) => Option.toArray(nonBlank(value)))
  )

const nonBlank = (value: unknown): Option.Option<Redacted.Redacted<string>> =>
  typeof value === "string" && value.trim() !== "" ? Option.some(Redacted.make(value)) : Option.none()

const entry = (file: AuthFile, provider: string): Option.Option<Readonly<Record<string, unknown>>> =>
  has(file, provider) ? Option.liftPredicate(file.entries[provider], isObject) : Option.none()

/** Whether there is an entry of any type. */
export const has = (file: AuthFile, provider: string): boolean => Object.hasOwn(file.entries, provider)

/** Sets the type `api` and the key in the provider's entry. Other fields stay unchanged. */
export const setKey = (file: AuthFile, provider: string, key: string): Either.Either<AuthFile, AuthError> =>
  Option.isNone(entry(file, provider))
    ? edit(file, [provider], { type: "api", key })
    : Either.flatMap(edit(file, [provider, "type"], "api"), (file) => edit(file, [provider, "key"], key))

/** Removes the provider's entry. */
export const removeEntry = (file: AuthFile, provider: string): Either.Either<AuthFile, AuthError> =>
  edit(file, [provider], undefined)

const edit = (file: AuthFile, at: JSONPath, value: unknown): Either.Either<AuthFile, AuthError> => {
  const edited = Either.try({
    // Unlike JSON.parse, this parser is recursive, so a valid file can be nested too deeply for it.
    try: () => {
      const edits = modify(file.text, at, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } })
      return applyEdits(file.text, edits)
    },
    catch: () => makeCorruptStore(file.path, file.text, 0, "this is nested too deeply to edit")
  })
  return Either.flatMap(edited, (text) => parse(file.path, text)).pipe(
    // If a name appears twice, the edit changes the first one, but readers use the last one.
    Either.filterOrLeft(
      ({ entries }) => JSON.stringify(valueAt(entries, at)) === JSON.stringify(value),
      () =>
        makeCorruptStore(file.path, file.text, offsetOf(file.text, at), `${at[0]} or one of its fields appears twice`)
    )
  )
}

const isObject: (value: unknown) => value is Readonly<Record<string, unknown>> = Predicate.isReadonlyRecord

const valueAt = (root: unknown, at: JSONPath): unknown =>
  at.reduce<unknown>((value, name) => isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined, root)

const offsetOf = (text: string, at: JSONPath): number => {
  const root = parseTree(text)
  return (root && findNodeAtLocation(root, at)?.offset) ?? 0
}

const findFirstError = (text: string): number => {
  const errors: Array<ParseError> = []
  // Deep nesting exceeds the parser's recursion limit.
  Either.try(() => parseTree(text, errors, { disallowComments: true }))
  return errors[0]?.offset ?? 0
}

/** Reports the position but not the text, which contains secrets. */
export const makeCorruptStore = (path: string, text: string, offset: number, problem: string): AuthError => {
  const before = text.slice(0, Math.max(offset, 0)).split(/\r\n|\r|\n/)
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  return new AuthError({
    reason: "CorruptStore",
    message: `${path}:${line}:${column}: ${problem}. The file was not changed.`,
    path,
    line,
    column
  })
}
