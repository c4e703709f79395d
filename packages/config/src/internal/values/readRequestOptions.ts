/** Reads the fields of a request, and checks them as Bedrock does, so that a mistake is reported with its position in the file. */
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import type { ConfigError } from "../../ConfigError.ts"
import type { Origin, Setting } from "../../Origin.ts"
import { type Guardrail, merge, type RequestOptions } from "../../RequestOptions.ts"
import { errorAt } from "../file/errorAt.ts"
import { find, type Tree } from "../file/tree.ts"
import type { RequestFields } from "../schema/requestFields.ts"

/**
 * The fields with their origins. `tree` is the options' tree. For a model, `general` are the fields of requests to every model: its guardrail
 * may be the general one with changes.
 */
export const readRequestOptions = Effect.fn("readRequestOptions")(
  function*(written: RequestFields, tree: Tree | undefined, general: RequestOptions = {}) {
    const originOf = (...path: ReadonlyArray<string>): Origin =>
      (tree === undefined ? undefined : find(tree, path))?.origin ?? { _tag: "Default" }
    const setting = <Name extends string, A>(
      name: Name,
      value: A | undefined,
      ...path: ReadonlyArray<string>
    ): { readonly [K in Name]?: Setting<A> } =>
      value === undefined ? {} : { [name]: { value, origin: originOf(...path) } } as { [K in Name]: Setting<A> }
    const settings = <Name extends string, A>(
      name: Name,
      values: { readonly [key: string]: A } | undefined
    ): { readonly [K in Name]?: { readonly [key: string]: Setting<A> } } =>
      values === undefined ? {} : {
        [name]: Object.fromEntries(
          Object.entries(values).map(([key, value]) => [key, { value, origin: originOf(name, key) }])
        )
      } as { [K in Name]: { readonly [key: string]: Setting<A> } }

    const { guardrail, performanceConfig, serviceTier, thinking } = written
    const options: RequestOptions = {
      ...setting(
        "guardrail",
        guardrail === undefined || guardrail === false
          ? guardrail
          : yield* readGuardrail(guardrail, general.guardrail?.value, originOf),
        "guardrail"
      ),
      ...settings("requestMetadata", written.requestMetadata),
      ...setting("serviceTier", typeof serviceTier === "object" ? serviceTier.type : serviceTier, "serviceTier"),
      ...setting(
        "latency",
        typeof performanceConfig === "object" ? performanceConfig.latency : performanceConfig,
        "performanceConfig"
      ),
      ...setting("maxTokens", written.maxTokens, "maxTokens"),
      ...setting("temperature", written.temperature, "temperature"),
      ...setting("topP", written.topP, "topP"),
      ...setting("stopSequences", written.stopSequences, "stopSequences"),
      ...setting("anthropicBeta", listBetas(written.anthropic_beta), "anthropic_beta"),
      ...setting("cacheTtl", written.cache?.ttl, "cache", "ttl"),
      ...settings("additionalModelRequestFields", written.additionalModelRequestFields),
      ...setting(
        "additionalModelResponseFieldPaths",
        written.additionalModelResponseFieldPaths,
        "additionalModelResponseFieldPaths"
      ),
      ...setting("effort", written.effort, "effort"),
      ...setting("thinking", thinking === undefined ? undefined : readThinking(thinking), "thinking")
    }
    yield* checkMetadata(options.requestMetadata ?? {}, merge(general, options).requestMetadata ?? {})
    yield* checkList("stopSequences", options.stopSequences, (text) => text !== "", 2500, {
      expected: "texts that are not empty",
      hint: "Remove the empty text."
    })
    yield* checkList("anthropic_beta", options.anthropicBeta, (name) => /^[\w.-]+$/.test(name), 100, {
      expected: "names of beta features",
      hint: "Write names such as \"context-1m-2025-08-07\"."
    })
    yield* checkList(
      "additionalModelResponseFieldPaths",
      options.additionalModelResponseFieldPaths,
      (path) => /^\/[^]{0,255}$/.test(path),
      10,
      { expected: "JSON Pointers", hint: "Write pointers such as \"/stop_sequence\"." }
    )
    return options
  }
)

const listBetas = (written: RequestFields["anthropic_beta"]): ReadonlyArray<string> | undefined =>
  typeof written === "string" ? written.split(",").map((name) => name.trim()).filter((name) => name !== "") : written

const readThinking = (
  { budget_tokens, type }: NonNullable<RequestFields["thinking"]>
): NonNullable<RequestOptions["thinking"]>["value"] => ({
  ...(type === undefined ? {} : { type }),
  ...(budget_tokens === undefined ? {} : { budget_tokens })
})

/** Bedrock's own IDs have only lower-case letters and digits, but a gateway may have names of its own. */
const guardrailId = /^[\w:./-]{1,2048}$/
/** Source: `GuardrailVersion` in the Bedrock Runtime API model 2023-09-30. */
const guardrailVersion = /^([1-9][0-9]{0,7}|DRAFT)$/

const readGuardrail = Effect.fn("readGuardrail")(function*(
  written: Exclude<NonNullable<RequestFields["guardrail"]>, false>,
  general: Guardrail | false | undefined,
  originOf: (...path: ReadonlyArray<string>) => Origin
) {
  const { id: ownId, streamProcessingMode, trace, version: ownVersion } = written
  // The version belongs to the ID.
  const inherited = ownId === undefined && general !== false ? general : undefined
  const id = ownId ?? inherited?.id
  const version = ownVersion === undefined ? inherited?.version : String(ownVersion)
  const missing = id === undefined ? "id" : version === undefined ? "version" : undefined
  if (id === undefined || version === undefined) {
    return yield* errorAt(originOf("guardrail"), {
      reason: "Value",
      message: `the guardrail has no ${missing}`,
      hint: "Write \"guardrail\": { \"id\": \"…\", \"version\": \"1\" }; the version can also be \"DRAFT\"."
    })
  }
  const check = (key: string, value: string, pattern: RegExp, expected: string, hint: string) =>
    pattern.test(value) ? Effect.void : errorAt(originOf("guardrail", key), {
      reason: "Value",
      message: `expected ${expected} for guardrail.${key}, found another text`,
      expected,
      found: "another text",
      hint
    })
  yield* check(
    "id",
    id,
    guardrailId,
    "the ID or ARN of a guardrail",
    "The AWS console shows both. They have no spaces."
  )
  yield* check(
    "version",
    version,
    guardrailVersion,
    "a version of a guardrail",
    "Write a number without leading zeros, or \"DRAFT\"."
  )
  return {
    ...inherited,
    id,
    version,
    ...(trace === undefined ? {} : { trace }),
    ...(streamProcessingMode === undefined ? {} : { streamProcessingMode })
  } satisfies Guardrail
})

/** Source: `RequestMetadata` in the Bedrock Runtime API model 2023-09-30. */
const maxMetadata = 16
const metadataText = /^[a-zA-Z0-9\s:_@$#=/+,\-.]*$/

const checkMetadata = Effect.fn("checkMetadata")(function*(
  own: NonNullable<RequestOptions["requestMetadata"]>,
  all: NonNullable<RequestOptions["requestMetadata"]>
) {
  const allowed = "up to 256 letters, digits, spaces and : _ @ $ # = / + , - ."
  for (const [name, { origin, value }] of Object.entries(own)) {
    if (name === "") {
      return yield* errorAt(origin, {
        reason: "Value",
        message: "an entry of requestMetadata has an empty name",
        hint: "Write a name, or remove the entry."
      })
    }
    const isName = isMetadataText(name)
    if (isName && isMetadataText(value)) continue
    return yield* errorAt(origin, {
      reason: "Value",
      message: `${isName ? "the value" : "the name"} of requestMetadata.${
        printable(name)
      } has characters that Bedrock refuses, or is too long`,
      expected: allowed,
      found: "something else",
      hint: `Bedrock accepts ${allowed}`
    })
  }
  const last = Object.values(own).at(-1)
  if (last === undefined || Object.keys(all).length <= maxMetadata) return
  return yield* errorAt(last.origin, {
    reason: "Value",
    message: `requestMetadata has ${Object.keys(all).length} entries; Bedrock accepts ${maxMetadata}`,
    hint: "Remove some. Entries of all files count, and those of a model and the general ones together."
  })
})

const isMetadataText = (text: string): boolean => text.length <= 256 && metadataText.test(text)

const checkList = (
  key: string,
  list: Setting<ReadonlyArray<string>> | undefined,
  isValid: (item: string) => boolean,
  max: number,
  { expected, hint }: { readonly expected: string; readonly hint: string }
): Effect.Effect<void, ConfigError> => {
  if (list === undefined || list.value.every(isValid) && list.value.length <= max) return Effect.void
  const wrong = list.value.find((item) => !isValid(item))
  const found = wrong === undefined ? `${list.value.length} items` : wrong === "" ? "an empty text" : "another text"
  return errorAt(list.origin, {
    reason: "Value",
    message: `expected ${wrong === undefined ? `at most ${max} items` : expected} for ${key}, found ${found}`,
    expected,
    found,
    hint: wrong === undefined ? "Remove some." : hint
  })
}
