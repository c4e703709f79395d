/** Finds the request field that an error message refuses. Pure. */
import { type Droppable, droppable } from "@altimate-code/config/Gateway"
import * as Option from "effect/Option"

/** Phrases with which Bedrock, JSON Schema validators, JSON parsers and common gateways refuse a field. */
const refusal =
  /extraneous key|not permitted|not allowed|not accepted|not available|deprecated|forbidden|could not be mapped|cannot find field|no field named|cannot (both )?be (used|set|specified)|(unknown|unexpected|unrecogni[sz]ed|unsupported|undefined|invalid|extra) (\w+ )?(fields?|parameters?|propert(y|ies)|key(\(s\)|s)?|keyword|arguments?|members?|inputs?|attributes?|names?|variant)|additional propert|extra inputs|(not|isn['\u2019]t|un)\s?supported|(does not|doesn['\u2019]t) (support|recogni[sz]e|accept|allow)|no such (field|property)/i

/** Matches `cachePoint` and `cache_point`. A name that is also an ordinary word must be in quotes or in a path. */
const patterns = droppable.map((name): readonly [Droppable, RegExp] => {
  const either = name.replace(/[A-Z]/g, (letter) => `_?${letter}`)
  return [
    name,
    /[A-Z]/.test(name) ? new RegExp(`\\b${either}\\b`, "i") : new RegExp(`["'\`\\[/#.:] ?${either}\\b`, "i")
  ]
})

interface SentFields {
  readonly isSent: (field: Droppable) => boolean
  /** The names in `additionalModelRequestFields`, each with the field to drop if it is refused. */
  readonly modelFields: ReadonlyArray<readonly [name: string, field: Droppable]>
}

interface Failure {
  readonly message: string
  readonly sentences?: ReadonlyArray<string> | undefined
}

/** Uses the first sentence that refuses a field. The message is only a fallback, because it may be cut. */
export const refusedField = (
  { message, sentences = [] }: Failure,
  sent: SentFields = { isSent: () => true, modelFields: [] }
): Option.Option<Droppable> =>
  Option.firstSomeOf((sentences.length > 0 ? sentences : [message]).map((sentence) => findField(sentence, sent)))

/** The last sent field that the sentence names, because the last step of a path is the refused field. */
const findField = (sentence: string, { isSent, modelFields }: SentFields): Option.Option<Droppable> => {
  if (!refusal.test(sentence)) return Option.none()
  // Claude names the fields to use instead.
  const [problem = ""] = sentence.split(/[.;] use /i)
  const modelPatterns = modelFields.map(([name, field]) => [field, wordPattern(name)] as const)
  const found = [...modelPatterns, ...patterns].flatMap(([name, pattern]) => {
    const at = isSent(name) ? pattern.exec(problem)?.index : undefined
    return at === undefined ? [] : [{ name, at }]
  })
  return Option.map(
    Option.fromNullable(found.toSorted((a, b) => b.at - a.at)[0]),
    ({ name }) => name
  )
}

const wordPattern = (name: string): RegExp => new RegExp(`(?<![\\w-])${name.replace(/[^\w]/g, "\\$&")}(?![\\w-])`, "i")
