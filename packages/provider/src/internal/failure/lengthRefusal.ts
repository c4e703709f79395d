/** Recognizes errors about requests that are too long, and reads the limit from them. Pure. */
import type { Refusal } from "../../Refusal.ts"

type TooLong = Extract<Refusal, { readonly _tag: "TooLong" }>

/**
 * Messages of Bedrock, its models and common gateways. They must not match an attachment that is too large, which is named between the subject
 * and the verb.
 */
const lengthMessages = [
  /\b(input|prompt|context|conversation|request|payload|body|entity)( (?!image|document|file|pdf|tool)\w+){0,2} (is|are|was) too (long|large|big)\b/i,
  /\b(payload|request|body|entity)([ _](body|entity))?[ _]too[ _](long|large|big)\b/i,
  /context[ _-]?(length|window|limit|size)[ _-]?(is |was )?exceed/i,
  /exceed\w* [^.]{0,60}(context|token limit|max\w* (number of )?(input )?tokens|maximum length)/i,
  /(maximum|max\.?) (context|input|prompt) (length|size)/i,
  /(input|prompt) (tokens?|length) exceed/i,
  /too many (input )?tokens/i,
  /\d tokens > \d/
]

/** Messages about the length of the answer or a rate limit. */
const otherLimits =
  /output tokens|maximum tokens you requested|max_?tokens\W{0,2}( must|: ?\d+ >)|\bwait\b|\bper (second|minute|hour|day)\b|\brates?\b|quota|throttl/i

const digits = String.raw`(\d[\d,_]*)`
const sum = new RegExp(String.raw`${digits} \+ ${digits} > ${digits}`)
const comparison = new RegExp(String.raw`${digits}( \w+)? > ${digits}`)
const limit = new RegExp(
  String.raw`(?:max\w*|limit|window|up to|at most|context length)\b(?:[ :]+(?:\w+[ :]+){0,3}|[ :=]+)${digits}`,
  "i"
)
const size = new RegExp(
  String
    .raw`(?:requested|resulted in|count|actual|received|got|has|contains|your (?:prompt|input|messages?))\b[ :=]+(?:\w+ ){0,2}${digits}`,
  "i"
)

const parseCount = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text.replace(/[,_]/g, ""))

const readSizes = (message: string): { readonly size: number | undefined; readonly limit: number | undefined } => {
  const added = sum.exec(message)
  // The tokens of the answer are not part of the prompt.
  if (added !== null) return { size: parseCount(added[1]), limit: parseCount(added[3])! - parseCount(added[2])! }
  const compared = comparison.exec(message)
  if (compared !== null) return { size: parseCount(compared[1]), limit: parseCount(compared[3]) }
  return { size: parseCount(size.exec(message)?.[1]), limit: parseCount(limit.exec(message)?.[1]) }
}

/** A gateway that limits the body size returns 413; some return 431. */
export const findLengthRefusal = (status: number | undefined, message: string): TooLong | undefined => {
  const isBody = status === 413 || status === 431
  if (!isBody && (otherLimits.test(message) || !lengthMessages.some((pattern) => pattern.test(message)))) {
    return undefined
  }
  const isBytes = isBody || /\b(bytes|characters|[KM]i?B)\b/.test(message)
  const found = isBytes && !/\bbytes\b/.test(message) ? undefined : readSizes(message)
  return {
    _tag: "TooLong",
    unit: isBytes ? "bytes" : "tokens",
    ...(found?.size === undefined ? {} : { size: found.size }),
    ...(found?.limit === undefined || found.limit <= 0 ? {} : { limit: found.limit })
  }
}
