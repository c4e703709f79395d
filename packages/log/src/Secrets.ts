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
   * From now on `mask` replaces this value, also where it is escaped for JSON, percent-encoded, or part of something
   * in base64. A value that is blank or shorter than 6 characters is ignored: it would blot out innocent text.
   */
  readonly register: (secret: Redacted.Redacted<string>) => Effect.Effect<void>
  /** The text with every registered value replaced by `<redacted>`; synchronous because loggers are. */
  readonly mask: (text: string) => string
}

/**
 * The values that must never be written.
 *
 * @since 0.1.0
 * @category services
 */
export class Secrets extends Context.Tag("@altimate-code/log/Secrets")<Secrets, Service>() {}

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
        if (value.length >= 6) writtenForms(value).forEach((form) => forms.add(form))
      }),
    mask: (text) => blotOut(text, forms)
  }
})

/** Where matches overlap, what they cover together is replaced once: neither secret's rest stays behind. */
const blotOut = (text: string, forms: ReadonlySet<string>): string => {
  const matches: Array<readonly [start: number, end: number]> = []
  for (const form of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) matches.push([at, at + form.length])
  }
  if (matches.length === 0) return text
  let masked = ""
  let done = 0
  for (const [start, end] of matches.toSorted(([a], [b]) => a - b)) {
    if (start >= done) masked += `${text.slice(done, start)}<redacted>`
    done = Math.max(done, end)
  }
  return masked + text.slice(done)
}
