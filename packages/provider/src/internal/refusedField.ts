/** Which field of a request a refusal is about. Pure. */
import { type Droppable, droppable } from "@altimate-code/config/Gateway"
import * as Option from "effect/Option"

/** How Bedrock, JSON Schema validators and the common gateways say that a field must not be there. */
const refusal =
  /extraneous key|not permitted|not allowed|(unknown|unexpected|unrecogni[sz]ed|unsupported|undefined|invalid|extra) (\w+ )?(field|parameter|property|key|keyword|argument|member|input|attribute|name)|additional propert|extra inputs|(not|isn['\u2019]t|un)\s?supported|does not (support|recogni[sz]e)|no such (field|property)/i

/** `cachePoint`, `cache_point`; a name that is also a plain word counts only where it is quoted or part of a path. */
const patterns = droppable.map((name): readonly [Droppable, RegExp] => {
  const either = name.replace(/[A-Z]/g, (letter) => `_?${letter}`)
  return [
    name,
    /[A-Z]/.test(name) ? new RegExp(`\\b${either}\\b`, "i") : new RegExp(`["'\`\\[/#.:] ?${either}\\b`, "i")
  ]
})

/** Of several names the last: a path ends with what is meant. */
export const refusedField = (message: string): Option.Option<Droppable> => {
  if (!refusal.test(message)) return Option.none()
  const found = patterns.flatMap(([name, pattern]) => {
    const at = pattern.exec(message)?.index
    return at === undefined ? [] : [{ name, at }]
  })
  return Option.map(
    Option.fromNullable(found.toSorted((a, b) => b.at - a.at)[0]),
    ({ name }) => name
  )
}
