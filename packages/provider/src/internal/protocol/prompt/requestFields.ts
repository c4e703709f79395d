/** The fields of a request besides the conversation: what the user has set, and what the program sends for itself. Pure. */
import { mergeValues, type RequestOptions } from "@altimate-code/config/RequestOptions"
import type { ConverseStreamCommandInput, GuardrailStreamConfiguration } from "@aws-sdk/client-bedrock-runtime"
import * as Predicate from "effect/Predicate"
import * as Struct from "effect/Struct"

type ModelFields = Readonly<Record<string, unknown>>

type Fields = Pick<
  ConverseStreamCommandInput,
  | "additionalModelRequestFields"
  | "additionalModelResponseFieldPaths"
  | "guardrailConfig"
  | "inferenceConfig"
  | "performanceConfig"
  | "requestMetadata"
  | "serviceTier"
>

export interface Given {
  readonly options: RequestOptions
  /** If absent, the model refuses it. */
  readonly maxTokens: number | undefined
  /** Fields of the model's own that the program sends. The user's take precedence. */
  readonly modelFields: ModelFields | undefined
  /** False for a model that is known not to be Claude. */
  readonly isClaude: boolean
}

export const toRequestFields = (given: Given): Fields => {
  const { latency, requestMetadata, serviceTier, stopSequences, temperature, topP } = given.options
  const guardrail = given.options.guardrail?.value ?? false
  const paths = given.options.additionalModelResponseFieldPaths?.value ?? []
  const modelFields = toModelFields(given)
  const inferenceConfig = {
    ...(given.maxTokens !== undefined && { maxTokens: given.maxTokens }),
    ...(temperature !== undefined && { temperature: temperature.value }),
    ...(topP !== undefined && { topP: topP.value }),
    ...(stopSequences !== undefined && stopSequences.value.length > 0 && { stopSequences: [...stopSequences.value] })
  }
  return {
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(guardrail !== false && {
      guardrailConfig: {
        guardrailIdentifier: guardrail.id,
        guardrailVersion: guardrail.version,
        // Only a trace shows which policy acted. Bedrock's own default is none.
        trace: guardrail.trace ?? "enabled",
        // Not a part of Converse, so the SDK sends it only with ConverseStream.
        ...(guardrail.streamProcessingMode !== undefined && { streamProcessingMode: guardrail.streamProcessingMode })
      } satisfies GuardrailStreamConfiguration
    }),
    ...(requestMetadata !== undefined && Object.keys(requestMetadata).length > 0 && {
      requestMetadata: Object.fromEntries(Object.entries(requestMetadata).map(([name, { value }]) => [name, value]))
    }),
    ...(serviceTier !== undefined && { serviceTier: { type: serviceTier.value } }),
    ...(latency !== undefined && { performanceConfig: { latency: latency.value } }),
    ...(Object.keys(modelFields).length > 0 && { additionalModelRequestFields: modelFields as never }),
    ...(paths.length > 0 && { additionalModelResponseFieldPaths: [...paths] })
  }
}

const betas = "anthropic_beta"

const toModelFields = ({ modelFields, options, isClaude }: Given): ModelFields => {
  const own = Object.fromEntries(
    Object.entries(options.additionalModelRequestFields ?? {}).map(([name, { value }]) => [name, value])
  )
  const merged = mergeValues(modelFields ?? {}, own)
  const fields: ModelFields = Predicate.isRecord(merged) ? merged : {}
  const short = isClaude ? options.anthropicBeta?.value ?? [] : []
  // Both spellings of the setting name features to turn on, so neither hides the other.
  const all = [...new Set([...short, ...[modelFields?.[betas] ?? []].flat(), ...[own[betas] ?? []].flat()])]
  return all.length === 0 ? Struct.omit(fields, betas) : { ...fields, [betas]: all }
}
