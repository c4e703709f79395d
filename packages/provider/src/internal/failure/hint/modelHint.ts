/** What a user can do when the service does not take a model's ID: which rule made it, and what would change it. */
import { because, type Resolved } from "@altimate-code/model-id/ModelId"
import type { BedrockError } from "../../../BedrockError.ts"
import { saidOfModel } from "../modelComplaint.ts"
import { foreignLines } from "./foreignId.ts"

/** The failure's own hint, unless the failure is about the ID. */
export const modelHint = (error: BedrockError, model: Resolved): string => {
  const said = saidOfModel(error)
  if (said === undefined) return error.hint
  const foreign = foreignLines(idOf(model))
  if (said === "not found") return [`${error.hint} ${sentAs(model)}`, ...foreign].join("\n")
  const resolve = `\`altimate-code models resolve ${shellWord(model.configured)}\` shows what is sent and why.`
  if (said === "invalid" && foreign.length > 0) return [sentAs(model), ...foreign, resolve].join("\n")
  const { settings, why } = adviceFor(said, model)
  return [
    sentAs(model),
    `${why} In provider."amazon-bedrock" of altimate-code.json ${
      settings.length > 1 ? "one of these" : "this"
    } changes it:`,
    ...settings.map((setting) => `  ${setting}`),
    resolve
  ].join("\n")
}

const idOf = ({ configured, standsFor }: Resolved): string => standsFor?.value ?? configured

const sentAs = (model: Resolved): string => {
  const { configured, standsFor, wire } = model
  const subject = standsFor === undefined
    ? `"${configured}"`
    : `"${configured}" stands for "${standsFor.value}" (${standsFor.from}), which`
  return `${subject} was ${wire === idOf(model) ? "" : `sent as "${wire}": `}${because(model).replace(/\.$/, "")}.`
}

interface Advice {
  readonly why: string
  readonly settings: ReadonlyArray<string>
}

const adviceFor = (said: "on-demand" | "invalid", model: Resolved): Advice => {
  const { reason, region, wire } = model
  const id = idOf(model)
  const onDemand = said === "on-demand"
  switch (reason._tag) {
    case "Arn":
      return {
        why: onDemand
          ? "This ARN is of a model that is only offered through an inference profile."
          : "Nothing has this ARN: check its region and account.",
        settings: [exactly(model)]
      }
    case "Alias":
      return {
        why: onDemand
          ? "Behind this name the gateway has a model that is only offered through an inference profile: tell whoever runs it."
          : "The gateway does not know this name.",
        settings: [exactly(model)]
      }
    case "AlreadyPrefixed": {
      const bare = id.slice(reason.prefix.length)
      return {
        why:
          `The prefix ${reason.prefix} is not valid for this model in ${region}, or the gateway wants IDs without one.`,
        settings: [
          `by the rules: ${ofModel(model, { id: bare })}`,
          `without a prefix: ${ofModel(model, { id: bare, crossRegion: "off" })}`,
          exactly(model)
        ]
      }
    }
    default: {
      const here = geography(region)
      if (wire !== id) {
        return {
          why: `The prefix is not valid for this model in ${region}, or the gateway wants IDs without one.`,
          settings: [...byPrefix(model, "off", "global"), exactly(model)]
        }
      }
      return {
        why: onDemand
          ? "This model is only offered through an inference profile: its ID needs a prefix."
          : `Nothing has this ID in ${region}, or only with a prefix.`,
        settings: [...byPrefix(model, here, here), exactly(model)]
      }
    }
  }
}

/** Where it is said already, that is the place: the rules, and what is said elsewhere, might not be looked at. */
const byPrefix = (model: Resolved, value: string, prefix: string): ReadonlyArray<string> => {
  if ("from" in model.reason) {
    const { from } = model.reason
    return [from.startsWith("--") ? `${from} ${value}` : `at ${from}: "crossRegion": "${value}"`]
  }
  const rule = { regions: model.region, models: [idOf(model)], prefix: `${prefix}.` }
  return [
    `for every model: "options": ${json({ crossRegion: value })}`,
    `for this model: ${ofModel(model, { crossRegion: value })}`,
    `by a rule: "options": ${json({ prefixRules: [rule] })}`
  ]
}

const exactly = (model: Resolved): string => `by an ID or ARN that is there: ${ofModel(model, { id: "…" })}`

const ofModel = ({ configured }: Resolved, settings: Record<string, string>): string =>
  `"models": ${json({ [configured]: settings })}`

/** With the spaces that a person would write. */
const json = (value: unknown): string =>
  JSON.stringify(value, null, 1).replace(/\n\s*/g, " ").replace(/([{[]) | ([}\]])/g, "$1$2")

const geographies: ReadonlyArray<readonly [regions: RegExp, prefix: string]> = [
  [/^us-gov-/, "us-gov"],
  [/^us-/, "us"],
  [/^eu-/, "eu"],
  [/^ca-/, "ca"],
  [/^ap-northeast-[13]$/, "jp"],
  [/^ap-southeast-[24]$/, "au"],
  [/^ap-/, "apac"]
]

const geography = (region: string): string => geographies.find(([regions]) => regions.test(region))?.[1] ?? "global"

const shellWord = (text: string): string => /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
