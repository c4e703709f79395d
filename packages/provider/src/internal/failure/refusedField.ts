/** Which field of a request a refusal is about. Pure. */
import { type Droppable, droppable } from "@altimate-code/config/Gateway"
import * as Option from "effect/Option"

/** How Bedrock, JSON Schema validators, parsers of JSON and the common gateways say that a field must not be there. */
const refusal =
  /extraneous key|not permitted|not allowed|not accepted|not available|deprecated|forbidden|could not be mapped|cannot find field|no field named|cannot (both )?be (used|set|specified)|(unknown|unexpected|unrecogni[sz]ed|unsupported|undefined|invalid|extra) (\w+ )?(fields?|parameters?|propert(y|ies)|key(\(s\)|s)?|keyword|arguments?|members?|inputs?|attributes?|names?|variant)|additional propert|extra inputs|(not|isn['\u2019]t|un)\s?supported|(does not|doesn['\u2019]t) (support|recogni[sz]e|accept|allow)|no such (field|property)/i

/** `cachePoint`, `cache_point`; a name that is also a plain word counts only where it is quoted or part of a path. */
const patterns = droppable.map((name): readonly [Droppable, RegExp] => {
  const either = name.replace(/[A-Z]/g, (letter) => `_?${letter}`)
  return [
    name,
    /[A-Z]/.test(name) ? new RegExp(`\\b${either}\\b`, "i") : new RegExp(`["'\`\\[/#.:] ?${either}\\b`, "i")
  ]
})

interface Sent {
  readonly isSent: (field: Droppable) => boolean
  /** The names in the fields that only this model knows. */
  readonly own: ReadonlyArray<string>
}

interface Failure {
  readonly message: string
  readonly sentences?: ReadonlyArray<string> | undefined
}

/** The first sentence that refuses a field decides: the message may be cut, and has them all in one line. */
export const refusedField = (
  { message, sentences = [] }: Failure,
  sent: Sent = { isSent: () => true, own: [] }
): Option.Option<Droppable> =>
  Option.firstSomeOf((sentences.length > 0 ? sentences : [message]).map((sentence) => fieldIn(sentence, sent)))

/** Of several names that were sent the last: a path ends with what is meant. */
const fieldIn = (message: string, { isSent, own }: Sent): Option.Option<Droppable> => {
  if (!refusal.test(message)) return Option.none()
  const ofModel = own.map((name) => ["additionalModelRequestFields", word(name)] as const)
  const found = [...ofModel, ...patterns].flatMap(([name, pattern]) => {
    const at = isSent(name) ? pattern.exec(message)?.index : undefined
    return at === undefined ? [] : [{ name, at }]
  })
  return Option.map(
    Option.fromNullable(found.toSorted((a, b) => b.at - a.at)[0]),
    ({ name }) => name
  )
}

const word = (name: string): RegExp => new RegExp(`(?<![\\w-])${name.replace(/[^\w]/g, "\\$&")}(?![\\w-])`, "i")
