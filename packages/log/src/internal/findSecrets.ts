/** Finds secrets in texts, in all the forms that they are commonly written in. */
import { writtenForms } from "./writtenForms.ts"

/** Masking shorter secrets would remove harmless text. */
const minLength = 6

/** The forms of a secret to look for; none if it is too short. */
export const secretForms = (secret: string): ReadonlySet<string> => {
  const value = secret.trim()
  return value.length >= minLength ? writtenForms(value) : new Set()
}

export type Match = readonly [start: number, end: number]

/** All matches, ordered by their start. */
export const findSecrets = (text: string, forms: ReadonlySet<string>): ReadonlyArray<Match> => {
  const matches: Array<Match> = []
  for (const form of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) matches.push([at, at + form.length])
    for (let at = text.indexOf("…"); at !== -1; at = text.indexOf("…", at + 1)) {
      const length = prefixLength(text.slice(Math.max(0, at - form.length), at), form)
      if (length >= minLength) matches.push([at - length, at])
    }
  }
  return matches.toSorted(([a], [b]) => a - b)
}

/** The length of the longest suffix of the text that is a prefix of the form, but not the whole form. */
const prefixLength = (text: string, form: string): number => {
  const last = text.at(-1)
  for (let length = Math.min(form.length - 1, text.length); length > 0; length--) {
    if (form[length - 1] === last && text.endsWith(form.slice(0, length))) return length
  }
  return 0
}

/** The start of the longest suffix of the text that may be the beginning of a secret; the text's length if there is none. */
export const unfinishedAt = (text: string, forms: ReadonlySet<string>): number =>
  text.length - Math.max(0, ...Array.from(forms, (form) => prefixLength(text, form)))

/** The text from `from` on, with its matches replaced. Overlapping matches are replaced as one, so that no part of a secret remains. */
export const replaceMatches = (text: string, matches: ReadonlyArray<Match>, from = 0): string => {
  if (matches.length === 0) return text.slice(from)
  let masked = ""
  let done = 0
  for (const [start, end] of matches) {
    if (start >= done) masked += `${text.slice(Math.max(done, from), start)}<redacted>`
    done = Math.max(done, end)
  }
  return masked + text.slice(Math.max(done, from))
}
