/**
 * Which values must never be written.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { writtenForms } from "./internal/writtenForms.ts"

/**
 * The values that must never be written, and a way to blot them out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * From now on `mask` replaces this value, also where it is escaped for JSON, percent-encoded, part of something in base64,
   * or cut off with an ellipsis (`…`). A value that is blank or shorter than 6 characters is ignored: it would blot out innocent text.
   */
  readonly register: (secret: Redacted.Redacted<string>) => Effect.Effect<void>
  /** The text with every registered value replaced by `<redacted>`; synchronous because loggers are. */
  readonly mask: (text: string) => string
  /**
   * The same for one text that comes in pieces, wherever it is cut. For a text that somebody watches, `heldFrom` says how long a
   * beginning of a secret is before it is held back (default 1): a shorter one is most often innocent, and is shown at once.
   */
  readonly makeMasker: (heldFrom?: number) => Masker
}

/**
 * Masks one text that comes in pieces: an end that may be the beginning of a secret is held back until more is known.
 *
 * @since 0.1.0
 * @category models
 */
export interface Masker {
  /** What can be shown by now: the end of what was held back, and the beginning of this piece. */
  readonly next: (piece: string) => string
  /** What is still held back; the text is over. */
  readonly end: () => string
}

/**
 * The values that must never be written.
 *
 * @since 0.1.0
 * @category services
 */
export class Secrets extends Context.Tag("@altimate-code/log/Secrets")<Secrets, Service>() {}

/** Less would blot out innocent text. */
const shortest = 6

/**
 * An empty register, which lasts as long as the layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Secrets> = Layer.sync(Secrets, () => {
  const forms = new Set<string>()
  return {
    register: (secret) =>
      Effect.sync(() => {
        const value = Redacted.value(secret).trim()
        if (value.length >= shortest) writtenForms(value).forEach((form) => forms.add(form))
      }),
    mask: (text) => blotOut(text, matchesIn(text, forms)),
    makeMasker: (heldFrom = 1) => {
      let held = ""
      /** How many characters at the beginning of `held` have been shown. */
      let shown = 0
      return {
        next: (piece) => {
          const text = held + piece
          const matches = matchesIn(text, forms)
          // A secret that reaches into what is held back is held back with it: what overlaps is replaced once.
          const at = matches.reduceRight(
            (at, [start, end]) => start < at && at < end ? start : at,
            unfinishedAt(text, forms)
          )
          const isShort = text.length - at < heldFrom
          const masked = blotOut(isShort ? text : text.slice(0, at), matches.filter(([, end]) => end <= at), shown)
          shown = isShort ? text.length - at : Math.max(0, shown - at)
          held = text.slice(at)
          return masked
        },
        end: () => {
          const masked = blotOut(held, matchesIn(held, forms), shown)
          held = ""
          shown = 0
          return masked
        }
      }
    }
  }
})

/**
 * Whether a text has the secret in it, in one of the forms that `mask` replaces.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isHeldBy = (secret: Redacted.Redacted<string>): (text: string) => boolean => {
  const forms = [...writtenForms(Redacted.value(secret))]
  return (text) => forms.some((form) => text.includes(form))
}

type Match = readonly [start: number, end: number]

/** By where they begin. */
const matchesIn = (text: string, forms: ReadonlySet<string>): ReadonlyArray<Match> => {
  const matches: Array<Match> = []
  for (const form of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) matches.push([at, at + form.length])
    for (let at = text.indexOf("…"); at !== -1; at = text.indexOf("…", at + 1)) {
      const length = beginningBefore(text.slice(Math.max(0, at - form.length), at), form)
      if (length >= shortest) matches.push([at - length, at])
    }
  }
  return matches.toSorted(([a], [b]) => a - b)
}

/** How long a beginning of the form, short of the whole, the text ends with. */
const beginningBefore = (text: string, form: string): number => {
  const last = text.at(-1)
  for (let length = Math.min(form.length - 1, text.length); length > 0; length--) {
    if (form[length - 1] === last && text.endsWith(form.slice(0, length))) return length
  }
  return 0
}

/** Where the longest end of the text begins with which a secret may begin; the text's length, when there is none. */
const unfinishedAt = (text: string, forms: ReadonlySet<string>): number =>
  text.length - Math.max(0, ...Array.from(forms, (form) => beginningBefore(text, form)))

/**
 * The text from `from` on, without the matches. Where they overlap, what they cover together is replaced once: neither secret's rest
 * stays behind.
 */
const blotOut = (text: string, matches: ReadonlyArray<Match>, from = 0): string => {
  if (matches.length === 0) return text.slice(from)
  let masked = ""
  let done = 0
  for (const [start, end] of matches) {
    if (start >= done) masked += `${text.slice(Math.max(done, from), start)}<redacted>`
    done = Math.max(done, end)
  }
  return masked + text.slice(Math.max(done, from))
}
