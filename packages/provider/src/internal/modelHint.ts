/** What a person can do when the service does not take a model's ID: which rule made it, and what would change it. */
import { explain, type Resolved } from "@altimate-code/model-id/ModelId"
import type { BedrockError } from "../BedrockError.ts"
import { saidOfModel } from "./hint.ts"

/** The failure's own hint, unless the failure is about the ID. */
export const modelHint = (error: BedrockError, model: Resolved): string => {
  const said = saidOfModel(error)
  if (said === undefined) return error.hint
  const sent = `"${model.configured}" was sent as "${model.wire}": ${explain(model)}.`
  return said === "not found" ? `${error.hint} ${sent}` : [
    sent,
    said === "on-demand" ? onDemand(model) : invalid(model),
    `These are settings of provider."amazon-bedrock" in altimate-code.json. \`altimate-code models resolve ${
      shellWord(model.configured)
    }\` shows what is sent and why.`
  ].join("\n")
}

const onDemand = (model: Resolved): string => {
  switch (model.reason._tag) {
    case "Arn":
      return `This ARN is of a model that is only offered through an inference profile: take the profile's ARN, ${
        exactly(model)
      }.`
    case "Alias":
      return `Behind this name the gateway has a model that is only offered through an inference profile: tell whoever runs it, or send a profile's ID instead, ${
        exactly(model)
      }.`
    case "Rule":
    case "Forced":
    case "AlreadyPrefixed":
      return model.wire === (model.standsFor?.value ?? model.configured) && model.reason._tag === "Rule"
        ? prefixMissing(model)
        : `There is no inference profile with this prefix: ${
          crossRegion(model, "global")
        }, or send the ID or ARN of one that there is, ${exactly(model)}.`
    case "Off":
    case "NotListed":
      return prefixMissing(model)
  }
}

const prefixMissing = (model: Resolved): string =>
  `This model is only offered through an inference profile: ${
    crossRegion(model, geography(model.region))
  }; or add a rule to "options": {"prefixRules": […]}, or send the ID or ARN of a profile, ${exactly(model)}.`

const invalid = (model: Resolved): string => {
  const id = model.standsFor?.value ?? model.configured
  switch (model.reason._tag) {
    case "Arn":
      return `Nothing has this ARN: check its region and account, or correct it, ${exactly(model)}.`
    case "Alias":
      return `The gateway does not know this name: correct it, or say what it stands for, ${exactly(model)}.`
    case "AlreadyPrefixed": {
      const { prefix } = model.reason
      return `The prefix ${prefix} is not valid for this model in ${model.region}, or the gateway wants IDs without one: write ${
        id.slice(prefix.length)
      } and the rules add the region's prefix, with "options": {"crossRegion": "off"} none; or send what there is, ${
        exactly(model)
      }.`
    }
    default:
      return model.wire === id
        ? `Nothing has this ID in ${model.region}: correct it; or, if there is only an inference profile of it, ${
          crossRegion(model, geography(model.region))
        }; or send the ID or ARN of a profile, ${exactly(model)}.`
        : `The prefix is not valid for this model in ${model.region}, or the gateway wants IDs without one: for none, ${
          crossRegion(model, "off")
        }; for another one, ${
          short(model, "global")
        }, or add a rule to "options": {"prefixRules": […]}; or send what there is, ${exactly(model)}.`
  }
}

/** Where it is said already, that is the place: another one might not be looked at. */
const crossRegion = (model: Resolved, value: string): string =>
  "from" in model.reason
    ? `make crossRegion "${value}" there`
    : `set "options": {"crossRegion": "${value}"}, or for this model alone "models": {${
      JSON.stringify(model.configured)
    }: {"crossRegion": "${value}"}}`

const short = (model: Resolved, value: string): string =>
  "from" in model.reason ? `for example "${value}"` : `for example {"crossRegion": "${value}"}`

const exactly = ({ configured }: Resolved): string => `"models": {${JSON.stringify(configured)}: {"id": "…"}}`

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
