/**
 * Masks secrets in everything that is written or shown.
 *
 * @since 0.1.0
 */
import { mapTexts } from "@altimate-code/system/PlainData"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { findSecrets, replaceMatches, secretForms, unfinishedAt } from "./internal/findSecrets.ts"
import { writtenForms } from "./internal/writtenForms.ts"

/**
 * A register of secrets, and the functions that mask them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Registers a secret. From now on it is masked, also if it is escaped for JSON, percent-encoded, part of a base64 text, or cut off with an
   * ellipsis (`…`). Blank values and values shorter than 6 characters are ignored, since masking them would remove harmless text. It stays registered
   * after the scope of the layer that read it has closed, because errors are logged later. A secret counts once, however often it is registered.
   */
  readonly register: (secret: Redacted.Redacted<string>) => Effect.Effect<void>
  /** Like `register`, for secrets that a program often replaces. Only the last 100 stay registered. */
  readonly registerShortLived: (secret: Redacted.Redacted<string>) => Effect.Effect<void>
  /** Replaces every registered secret in the text with `<redacted>`. Synchronous, because loggers are. */
  readonly mask: (text: string) => string
  /** Masks every text in plain data: in arrays and objects, but not their keys. Class instances and functions stay unchanged. */
  readonly maskAll: <A>(value: A) => A
  /**
   * Masks a text that arrives in pieces, wherever it is cut. `minHeldBack` is how many characters of a possible secret must have arrived
   * before they are held back (default 1). A higher number delays harmless text less often while someone is watching.
   */
  readonly makeMasker: (minHeldBack?: number) => Masker
}

/**
 * Masks a single text that arrives in pieces. The end of a piece is held back while it may be the beginning of a secret.
 *
 * @since 0.1.0
 * @category models
 */
export interface Masker {
  /** Adds a piece and returns the text that can be shown now. */
  readonly next: (piece: string) => string
  /** Ends the text and returns what was still held back. */
  readonly end: () => string
}

/**
 * A register of secrets, and the functions that mask them. Without a layer, all parts of the process share one register, so that a secret is
 * masked everywhere, whichever layer read it.
 *
 * @since 0.1.0
 * @category services
 */
export class Secrets extends Context.Reference<Secrets>()("@altimate-code/log/Secrets", {
  defaultValue: (): Service => make()
}) {}

const maxShortLived = 100

/**
 * Makes an empty register.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (): Service => {
  const forms = new Set<string>()
  const lasting = new Set<string>()
  /** Ordered by their last registration. */
  const shortLived = new Map<string, ReadonlySet<string>>()
  const isStillNeeded = (form: string) =>
    lasting.has(form) || [...shortLived.values()].some((others) => others.has(form))
  const mask = (text: string) => replaceMatches(text, findSecrets(text, forms))
  return {
    register: (secret) =>
      Effect.sync(() =>
        secretForms(Redacted.value(secret)).forEach((form) => {
          lasting.add(form)
          forms.add(form)
        })
      ),
    registerShortLived: (secret) =>
      Effect.sync(() => {
        const value = Redacted.value(secret)
        const own = shortLived.get(value) ?? secretForms(value)
        shortLived.delete(value)
        shortLived.set(value, own)
        own.forEach((form) => forms.add(form))
        if (shortLived.size <= maxShortLived) return
        const [oldest, old] = shortLived.entries().next().value!
        shortLived.delete(oldest)
        old.forEach((form) => isStillNeeded(form) || forms.delete(form))
      }),
    mask,
    maskAll: (value) => mapTexts(value, mask),
    makeMasker: (minHeldBack = 1) => makeMasker(forms, minHeldBack)
  }
}

/**
 * An empty register of the program's own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Secrets> = Layer.sync(Secrets, make)

/**
 * Masks these secrets as `Secrets` masks registered ones.
 *
 * @since 0.1.0
 * @category masking
 */
export const maskSecrets = (secrets: ReadonlyArray<Redacted.Redacted<string>>): (text: string) => string => {
  const forms = new Set(secrets.flatMap((secret) => [...secretForms(Redacted.value(secret))]))
  return (text) => replaceMatches(text, findSecrets(text, forms))
}

/**
 * Whether a text contains the secret in one of the forms that are masked. Short secrets count too.
 *
 * @since 0.1.0
 * @category predicates
 */
export const includesSecret = (secret: Redacted.Redacted<string>): (text: string) => boolean => {
  const forms = [...writtenForms(Redacted.value(secret))]
  return (text) => forms.some((form) => text.includes(form))
}

const makeMasker = (forms: ReadonlySet<string>, minHeldBack: number): Masker => {
  let held = ""
  /** How many characters at the beginning of `held` have been shown. */
  let shown = 0
  return {
    next: (piece) => {
      const text = held + piece
      const matches = findSecrets(text, forms)
      // A secret that overlaps the held-back text is held back with it, so that overlapping secrets are replaced once.
      const at = matches.reduceRight(
        (at, [start, end]) => start < at && at < end ? start : at,
        unfinishedAt(text, forms)
      )
      const isShort = text.length - at < minHeldBack
      const masked = replaceMatches(isShort ? text : text.slice(0, at), matches.filter(([, end]) => end <= at), shown)
      shown = isShort ? text.length - at : Math.max(0, shown - at)
      held = text.slice(at)
      return masked
    },
    end: () => {
      const masked = replaceMatches(held, findSecrets(held, forms), shown)
      held = ""
      shown = 0
      return masked
    }
  }
}
