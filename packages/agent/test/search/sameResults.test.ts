import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { findIgnoreFilesAbove, makeWalk } from "../../src/internal/search/walk.ts"
import { makeTools } from "../workspace.ts"
import { hasRipgrep } from "./ripgrep.ts"

type Entry =
  | { readonly type: "file"; readonly path: string; readonly content: Uint8Array }
  | { readonly type: "link" | "pipe"; readonly path: string }

const names = [
  "a",
  "b.ts",
  "B.TS",
  "c.log",
  "x y.md",
  "é.txt",
  "dist",
  "(app)",
  "[id]",
  ".hidden",
  "-e",
  "node_modules",
  "--"
]

const path = FastCheck.array(FastCheck.constantFrom(...names), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("/"))

const lines = FastCheck.array(
  FastCheck.tuple(
    FastCheck.constantFrom(
      "needle",
      "a needle b",
      "NEEDLE",
      "",
      "größe needle",
      "\tx = 1",
      "日本",
      "needle".repeat(200)
    ),
    FastCheck.constantFrom("\n", "\n", "\r\n", "")
  ),
  { maxLength: 6 }
).map((lines) => lines.flat().join(""))

const encodings: ReadonlyArray<(text: string) => Uint8Array> = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\uFEFF${text}`),
  (text) => Buffer.from(`\uFEFF${text}`, "utf16le"),
  (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
  (text) => Buffer.from(text, "latin1"),
  (text) => Buffer.from(`\0${text}`),
  (text) => Buffer.from(`${text}${"x".repeat(9000)}\n\0needle\n`)
]

const ignoreRules = [
  "*.log",
  "/a",
  "dist/",
  "!c.log",
  "!/dist/b.ts",
  "**/b.ts",
  "a/**",
  "# no",
  "\\!x",
  "[ab]*",
  "!*.ts"
]
  .concat([
    "x\\ y.md",
    "é.txt",
    "*",
    "!*/",
    "/*/b.ts",
    "?",
    "a/b.ts ",
    "dist/*",
    "node_modules",
    "**/dist/**/a",
    "[!a-c]*"
  ])

const ignoreFile = FastCheck.array(
  FastCheck.constantFrom(...ignoreRules),
  { minLength: 1, maxLength: 4 }
).map((rules) => rules.join("\n"))

const directory = FastCheck.constantFrom("", "a/", "dist/", "a/dist/", "(app)/")

const entry: FastCheck.Arbitrary<Entry> = FastCheck.oneof(
  {
    weight: 10,
    arbitrary: FastCheck.record({
      type: FastCheck.constant("file" as const),
      path,
      content: FastCheck.tuple(FastCheck.constantFrom(...encodings), lines).map(([encode, text]) => encode(text))
    })
  },
  {
    weight: 3,
    arbitrary: FastCheck.record({
      type: FastCheck.constant("file" as const),
      path: FastCheck.tuple(directory, FastCheck.constantFrom(".gitignore", ".gitignore", ".ignore", ".rgignore"))
        .map((parts) => parts.join("")),
      content: ignoreFile.map((text) => Buffer.from(text))
    })
  },
  {
    weight: 1,
    arbitrary: FastCheck.record({
      type: FastCheck.constant("file" as const),
      path: directory.map((directory) => `${directory}.git/HEAD`),
      content: FastCheck.constant(Buffer.from("needle\n"))
    })
  },
  { weight: 1, arbitrary: FastCheck.record({ type: FastCheck.constantFrom("link" as const, "pipe" as const), path }) }
)

const tree = FastCheck.array(entry, { minLength: 1, maxLength: 14 })

/** What is in the way of something that is there already is left out. */
const plant = (root: string, entries: ReadonlyArray<Entry>) => {
  for (const entry of entries) {
    const path = join(root, entry.path)
    try {
      mkdirSync(dirname(path), { recursive: true })
      if (existsSync(path)) continue
      if (entry.type === "file") writeFileSync(path, entry.content)
      else if (entry.type === "link") symlinkSync("a", path)
      else execFileSync("mkfifo", [path])
    } catch {
      continue
    }
  }
}

const query = FastCheck.record({
  pattern: FastCheck.constantFrom(
    "needle",
    "^needle$",
    "needle|NEEDLE",
    "^$",
    "\\w+ needle",
    "größe",
    "=\\s*\\d",
    "n.e",
    "日"
  ),
  ignoreCase: FastCheck.boolean(),
  context: FastCheck.constantFrom(0, 0, 1, 2),
  path: FastCheck.constantFrom(".", ".", ".", "a", "dist", "(app)", "node_modules", "b.ts")
}, { requiredKeys: ["pattern", "path"] }).chain((query) =>
  FastCheck.option(
    FastCheck.constantFrom("*.ts", "!*.ts", "a/**", "**/b.ts", "(app)/*", "[id]", "{a,dist}/**", "*.{ts,log}"),
    {
      nil: undefined
    }
  ).map((glob) => glob === undefined ? query : { ...query, glob })
)

describe.skipIf(!hasRipgrep)("for any files", () => {
  layer(NodeContext.layer, { excludeTestServices: true })((it) => {
    it.scoped("a search has the same results with and without ripgrep", () =>
      Effect.gen(function*() {
        const runtime = yield* Effect.runtime<never>()
        const search = (entries: ReadonlyArray<Entry>, params: object) =>
          Effect.gen(function*() {
            const byItself = yield* makeTools(undefined, undefined, { programs: "/nowhere" })
            const withRipgrep = yield* makeTools()
            for (const { root } of [byItself, withRipgrep]) plant(root, entries)
            assert.deepStrictEqual(yield* withRipgrep.use("grep", params), yield* byItself.use("grep", params))
          }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))
        yield* Effect.promise(() =>
          FastCheck.assert(
            FastCheck.asyncProperty(
              tree,
              query,
              (entries, params) => Effect.runPromise(Effect.provide(search(entries, params), runtime))
            ),
            { numRuns: 20 }
          )
        )
      }))

    it.scoped("the list of files equals that of `rg --files`", () =>
      Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(tree, directory, async (entries, below) => {
            const root = mkdtempSync(join(tmpdir(), "altimate-code-search-"))
            try {
              // What is above the directory for temporary files does not count.
              mkdirSync(join(root, ".git"))
              // `rg` has no option against these.
              plant(root, entries.filter(({ path }) => !path.endsWith(".rgignore")))
              const start = join(root, below)
              if (!existsSync(start)) return
              const ignoring = findIgnoreFilesAbove(start.replace(/\/$/, ""))
              if (ignoring === undefined) return
              const { run, walked } = makeWalk({ directory: start.replace(/\/$/, ""), ignoring })
              await Effect.runPromise(run)
              assert.deepStrictEqual([...walked().files].toSorted(), ripgrepFiles(start))
            } finally {
              rmSync(root, { recursive: true })
            }
          }),
          { numRuns: 60 }
        )
      ))
  })
})

const ripgrepFiles = (directory: string): ReadonlyArray<string> => {
  const options = [
    "--no-config",
    "--files",
    "--null",
    "--hidden",
    "--no-require-git",
    "--glob=!.git",
    "--glob=!node_modules/"
  ]
  try {
    const listed = execFileSync(
      "rg",
      [...options, "--no-ignore-dot", "--no-ignore-global", "--no-ignore-exclude", "./"],
      { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }
    )
    return listed.split("\0").filter((file) => file !== "").map((file) => file.replace(/^\.\//, "")).toSorted()
  } catch {
    // No files: it fails.
    return []
  }
}
