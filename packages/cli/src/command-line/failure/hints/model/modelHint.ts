/** What to do when a model's ID is refused: explains which rule produced it and which settings change it. */
import { describeReason, type Resolved } from "@altimate-code/model-id/ModelId"
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import { modelProblem } from "@altimate-code/provider/Diagnosis"
import { explainForeignId } from "./foreignId.ts"

/** `general` is the hint for failures that are not about the model's ID. */
export const modelHint = (error: BedrockError, model: Resolved, general: string): string => {
  const problem = modelProblem(error)
  if (problem === undefined) return general
  const foreign = explainForeignId(idOf(model))
  if (problem === "not-found") return [`${general} ${sentAs(model)}`, ...foreign].join("\n")
  const resolve =
    `\`altimate-code models resolve ${quoteForShell(model.configured)}\` shows which ID is sent, and why; `
    + "`altimate-code models --remote` lists the models that you can use."
  if (problem === "invalid" && foreign.length > 0) return [sentAs(model), ...foreign, resolve].join("\n")
  const { settings, why } = adviceFor(problem, model)
  return [
    sentAs(model),
    `${why} To change it, set ${
      settings.length > 1 ? "one of these" : "this"
    } in provider."amazon-bedrock" of altimate-code.json:`,
    ...settings.map((setting) => `  ${setting}`),
    resolve
  ].join("\n")
}

const idOf = ({ aliasFor, configured }: Resolved): string => aliasFor?.value ?? configured

const sentAs = (model: Resolved): string => {
  const { aliasFor, configured, wire } = model
  const subject = aliasFor === undefined
    ? `"${configured}"`
    : `"${configured}" stands for "${aliasFor.value}" (${aliasFor.from}), which`
  return `${subject} was ${wire === idOf(model) ? "" : `sent as "${wire}": `}${
    describeReason(model).replace(/\.$/, "")
  }.`
}

interface Advice {
  readonly why: string
  readonly settings: ReadonlyArray<string>
}

const adviceFor = (problem: "on-demand" | "invalid", model: Resolved): Advice => {
  const { reason, region, wire } = model
  const id = idOf(model)
  const isOnDemand = problem === "on-demand"
  switch (reason._tag) {
    case "Arn":
      return {
        why: isOnDemand
          ? "The model of this ARN is only available through an inference profile."
          : "This ARN does not exist. Check its region and account.",
        settings: [withExactId(model)]
      }
    case "Alias":
      return {
        why: isOnDemand
          ? "The model behind this name is only available through an inference profile. Tell the gateway's operators."
          : "The gateway does not know this name.",
        settings: [withExactId(model)]
      }
    case "AlreadyPrefixed": {
      const bare = id.slice(reason.prefix.length)
      return {
        why:
          `The prefix ${reason.prefix} is not valid for this model in ${region}, or the gateway expects IDs without one.`,
        settings: [
          `with the prefix of the rules: ${forModel(model, { id: bare })}`,
          `without a prefix: ${forModel(model, { id: bare, crossRegion: "off" })}`,
          withExactId(model)
        ]
      }
    }
    default: {
      const prefix = geographyOf(region)
      if (wire !== id) {
        return {
          why: `The prefix is not valid for this model in ${region}, or the gateway expects IDs without one.`,
          settings: [...prefixSettings(model, "off", "global"), withExactId(model)]
        }
      }
      return {
        why: isOnDemand
          ? "This model is only available through an inference profile, so its ID needs a prefix."
          : `This ID does not exist in ${region}, or only with a prefix.`,
        settings: [...prefixSettings(model, prefix, prefix), withExactId(model)]
      }
    }
  }
}

/** If a setting determined the prefix, that is the one to change, because it takes precedence over rules and other settings. */
const prefixSettings = (model: Resolved, value: string, prefix: string): ReadonlyArray<string> => {
  if ("from" in model.reason) {
    const { from } = model.reason
    return [from.startsWith("--") ? `${from} ${value}` : `at ${from}: "crossRegion": "${value}"`]
  }
  const rule = { regions: model.region, models: [idOf(model)], prefix: `${prefix}.` }
  return [
    `for every model: "options": ${json({ crossRegion: value })}`,
    `for this model: ${forModel(model, { crossRegion: value })}`,
    `with a rule: "options": ${json({ prefixRules: [rule] })}`
  ]
}

const withExactId = (model: Resolved): string => `with an ID or ARN that exists: ${forModel(model, { id: "…" })}`

const forModel = ({ configured }: Resolved, settings: Record<string, string>): string =>
  `"models": ${json({ [configured]: settings })}`

/** On one line, with a space after commas and colons. */
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

const geographyOf = (region: string): string => geographies.find(([regions]) => regions.test(region))?.[1] ?? "global"

const quoteForShell = (text: string): string => /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
