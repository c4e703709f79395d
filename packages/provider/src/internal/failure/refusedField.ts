/** Finds the request field that a refusal names. Pure. */
import { type Droppable, droppable } from "@altimate-code/config/Gateway"
import * as Option from "effect/Option"

/** How Bedrock, JSON Schema validators, JSON parsers and common gateways refuse a field. */
const refusal =
  /extraneous key|not permitted|not allowed|not accepted|not available|deprecated|forbidden|could not be mapped|cannot find field|no field named|cannot (both )?be (used|set|specified)|(unknown|unexpected|unrecogni[sz]ed|unsupported|undefined|invalid|extra) (\w+ )?(fields?|parameters?|propert(y|ies)|key(\(s\)|s)?|keyword|arguments?|members?|inputs?|attributes?|names?|variant)|additional propert|extra inputs|(not|isn['\u2019]t|un)\s?supported|(does not|doesn['\u2019]t) (support|recogni[sz]e|accept|allow)|no such (field|property)/i

/** `cachePoint` or `cache_point`; a name that is also an ordinary word counts only in quotes or in a path. */
const patterns = droppable.map((name): readonly [Droppable, RegExp] => {
  const either = name.replace(/[A-Z]/g, (letter) => `_?${letter}`)
  return [
    name,
    /[A-Z]/.test(name) ? new RegExp(`\\b${either}\\b`, "i") : new RegExp(`["'\`\\[/#.:] ?${either}\\b`, "i")
  ]
})

interface Sent {
  readonly isSent: (field: Droppable) => boolean
  /** The names of the fields that only this model supports. */
  readonly ofModel: ReadonlyArray<string>
}

interface Failure {
  readonly message: string
  readonly sentences?: ReadonlyArray<string> | undefined
}

/** The first sentence that refuses a field decides. The message may be cut, and joins all sentences. */
export const refusedField = (
  { message, sentences = [] }: Failure,
  sent: Sent = { isSent: () => true, ofModel: [] }
): Option.Option<Droppable> =>
  Option.firstSomeOf((sentences.length > 0 ? sentences : [message]).map((sentence) => fieldIn(sentence, sent)))

/** The last of the names that were sent: a path ends with the field that is meant. */
const fieldIn = (sentence: string, { isSent, ofModel }: Sent): Option.Option<Droppable> => {
  if (!refusal.test(sentence)) return Option.none()
  const modelPatterns = ofModel.map((name) => ["additionalModelRequestFields", wordPattern(name)] as const)
  const found = [...modelPatterns, ...patterns].flatMap(([name, pattern]) => {
    const at = isSent(name) ? pattern.exec(sentence)?.index : undefined
    return at === undefined ? [] : [{ name, at }]
  })
  return Option.map(
    Option.fromNullable(found.toSorted((a, b) => b.at - a.at)[0]),
    ({ name }) => name
  )
}

const wordPattern = (name: string): RegExp => new RegExp(`(?<![\\w-])${name.replace(/[^\w]/g, "\\$&")}(?![\\w-])`, "i")
