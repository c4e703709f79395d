/** Lists the fields of requests that the user has set, with their origins. */
import { describe, type Setting } from "@altimate-code/config/Origin"
import type { RequestOptions } from "@altimate-code/config/RequestOptions"
import { printable } from "@altimate-code/log/Printable"

export interface SetField {
  /** As in `options`. */
  readonly name: keyof RequestOptions
  /** For example `guardrail gr1, version 1 (altimate-code.json:5:9)`. */
  readonly description: string
}

/** How `options` spells fields that have another name here. */
const spellings: Partial<Record<keyof RequestOptions, string>> = {
  anthropicBeta: "anthropic_beta",
  cacheTtl: "cache.ttl",
  latency: "performanceConfig"
}

export const spell = (name: keyof RequestOptions): string => spellings[name] ?? name

const at = ({ origin }: Setting<unknown>): string => ` (${describe(origin)})`

/** Values of metadata and of the model's own fields are not shown: only their names. */
export const listSetFields = (request: RequestOptions): ReadonlyArray<SetField> => {
  const { additionalModelRequestFields, guardrail, requestMetadata, ...simple } = request
  const describeNames = (fields: { readonly [name: string]: Setting<unknown> }): string =>
    Object.entries(fields).map(([name, setting]) => `${printable(name)}${at(setting)}`).join(", ")
  const listed = (name: keyof RequestOptions, what: string): SetField => ({
    name,
    description: `${spell(name)} ${what}`
  })
  return [
    ...(guardrail === undefined
      ? []
      : [listed(
        "guardrail",
        `${guardrail.value === false ? "false" : `${guardrail.value.id}, version ${guardrail.value.version}`}${
          at(guardrail)
        }`
      )]),
    ...(requestMetadata === undefined ? [] : [listed("requestMetadata", describeNames(requestMetadata))]),
    ...(additionalModelRequestFields === undefined
      ? []
      : [listed("additionalModelRequestFields", describeNames(additionalModelRequestFields))]),
    ...Object.entries(simple).map(([name, setting]) =>
      listed(name as keyof RequestOptions, `${printable(JSON.stringify(setting.value))}${at(setting)}`)
    )
  ]
}
