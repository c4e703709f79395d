/**
 * The chat models of Amazon Bedrock that support Converse. `pnpm run catalog` updates this file; a field is absent if no source states it.
 *
 * Names, context windows, output limits, reasoning, images and prices come from the model data of two npm packages, which are copies of
 * models.dev's data about amazon-bedrock: @earendil-works/pi-ai 1.6.0 and, for models that it no longer has, @oh-my-pi/pi-catalog 18.2.11. If
 * their limits differ, the smaller one is used. A comment in an entry names each fact that has another source. LiteLLM is its file
 * model_prices_and_context_window.json. "Left out" means that the packages state the value of the model's maker, which Bedrock need not support.
 *
 * The other facts are maintained by hand. They were collected on 2026-11-23 from public copies of these sources, not from Bedrock itself:
 *
 * - Tools are supported, unless an entry says otherwise, and all models stream.
 * - Documents: AWS, Bedrock user guide, "Supported models and model features" of Converse, for Claude up to 4.1, Nova, Jamba, Command, Llama 3 to
 *   3.2 and Mistral Large; LiteLLM for Claude 4.5 to 4.7, Nova 2 and Palmyra. Claude 4.8 and later are assumed to support what 4.7 does.
 * - Cache points: AWS's table of prompt caching, as quoted in Portkey's documentation. Claude caches system, messages and tools; Nova all except
 *   tools (Nova 2 Lite: @oh-my-pi/pi-catalog, after its model card). Claude 3 Haiku and 3.5 Sonnet have none: only testers of the preview could
 *   use them with 3.5 v2. Claude 4.8 and later are assumed to support what 4.7 does.
 *
 * A model that has an inference profile (`us.`, `global.`) is served by bedrock-runtime and thus by Converse (models.dev, which states another protocol
 * for the others; pydantic-ai#7810 for GPT-5.6). Not in the catalog: models that only bedrock-mantle serves (GPT-5.4, GPT-5.5, Grok 4.3, Gemma 4);
 * models without a system prompt (Mistral 7B, Mixtral); speech, image, video and embedding models; and Claude 1, 2, 3 Sonnet and 3 Opus, which were
 * withdrawn.
 */
import type { Model } from "../CatalogModel.ts"

type Family = Omit<Model, "id" | "name">

const everything = { image: true, document: true }
const textAndDocument = { image: false, document: true }
const textOnly = { image: false, document: false }
const imageYes = { image: true }
const imageNo = { image: false }

const noCache = { system: false, messages: false, tools: false }

const chat = { tools: true, streaming: true, reasoning: false, cache: noCache }
const claude: Family = {
  ...chat,
  family: "Claude",
  input: everything,
  reasoning: true,
  cache: { system: true, messages: true, tools: true }
}
const nova: Family = {
  ...chat,
  family: "Nova",
  input: everything,
  cache: { system: true, messages: true, tools: false }
}
const llama: Family = { ...chat, family: "Llama", input: imageNo }
const mistral: Family = { ...chat, family: "Mistral", input: imageNo }
const deepSeek: Family = { ...chat, family: "DeepSeek", input: imageNo, reasoning: true }
const qwen: Family = { ...chat, family: "Qwen", input: imageNo }
const gpt: Family = { ...chat, family: "GPT", input: imageNo, reasoning: true }
const grok: Family = { ...chat, family: "Grok", input: imageYes, reasoning: true }
const kimi: Family = { ...chat, family: "Kimi", input: imageNo, reasoning: true }
const miniMax: Family = { ...chat, family: "MiniMax", input: imageNo, reasoning: true }
const glm: Family = { ...chat, family: "GLM", input: imageNo, reasoning: true }
const nemotron: Family = { ...chat, family: "Nemotron", input: imageNo }
const gemma: Family = { ...chat, family: "Gemma", input: imageYes }
const palmyra: Family = { ...chat, family: "Palmyra", input: textAndDocument, reasoning: true }
const jamba: Family = { ...chat, family: "Jamba", input: textAndDocument }
const command: Family = { ...chat, family: "Command", input: textAndDocument }

export const catalogData: ReadonlyArray<Model> = [
  {
    ...claude,
    id: "anthropic.claude-fable-5-2",
    name: "Claude Fable 5.2",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 8.8, output: 44, cacheRead: 0.22, cacheWrite: 11 }
  },
  {
    ...claude,
    id: "anthropic.claude-fable-5-1",
    name: "Claude Fable 5.1",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 11, output: 55, cacheRead: 0.275, cacheWrite: 13.75 }
  },
  {
    ...claude,
    id: "anthropic.claude-fable-5",
    name: "Claude Fable 5",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 11, output: 55, cacheRead: 1.1, cacheWrite: 13.75 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-5-5",
    name: "Claude Opus 5.5",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 4.4, output: 22, cacheRead: 0.22, cacheWrite: 5.5 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-5",
    name: "Claude Opus 5",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 5.5, output: 27.5, cacheRead: 0.55, cacheWrite: 6.875 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-4-8",
    name: "Claude Opus 4.8",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 5.5, output: 27.5, cacheRead: 0.55, cacheWrite: 6.875 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-4-7",
    name: "Claude Opus 4.7",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 5.5, output: 27.5, cacheRead: 0.55, cacheWrite: 6.875 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-4-6-v1",
    name: "Claude Opus 4.6",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 5.5, output: 27.5, cacheRead: 0.55, cacheWrite: 6.875 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-4-5-20251101-v1:0",
    name: "Claude Opus 4.5",
    contextWindow: 200_000,
    maxOutput: 64_000,
    price: { input: 5.5, output: 27.5, cacheRead: 0.55, cacheWrite: 6.875 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-4-1-20250805-v1:0",
    name: "Claude Opus 4.1",
    contextWindow: 200_000,
    maxOutput: 32_000,
    price: { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 }
  },
  {
    ...claude,
    id: "anthropic.claude-opus-4-20250514-v1:0",
    name: "Claude Opus 4",
    contextWindow: 200_000,
    maxOutput: 32_000,
    price: { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 }
  },
  {
    ...claude,
    id: "anthropic.claude-sonnet-5-5",
    name: "Claude Sonnet 5.5",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 2.2, output: 11, cacheRead: 0.11, cacheWrite: 2.75 }
  },
  {
    ...claude,
    id: "anthropic.claude-sonnet-5",
    name: "Claude Sonnet 5",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 2.2, output: 11, cacheRead: 0.22, cacheWrite: 2.75 }
  },
  {
    ...claude,
    id: "anthropic.claude-sonnet-4-6",
    name: "Claude Sonnet 4.6",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 3.3, output: 16.5, cacheRead: 0.33, cacheWrite: 4.125 }
  },
  {
    ...claude,
    id: "anthropic.claude-sonnet-4-5-20250929-v1:0",
    name: "Claude Sonnet 4.5",
    contextWindow: 200_000,
    maxOutput: 64_000,
    price: { input: 3.3, output: 16.5, cacheRead: 0.33, cacheWrite: 4.125 }
  },
  {
    ...claude,
    id: "anthropic.claude-sonnet-4-20250514-v1:0",
    name: "Claude Sonnet 4",
    contextWindow: 200_000,
    maxOutput: 64_000,
    price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
  },
  {
    ...claude,
    // reasoning: LiteLLM
    id: "anthropic.claude-3-7-sonnet-20250219-v1:0",
    name: "Claude Sonnet 3.7",
    contextWindow: 200_000,
    maxOutput: 8_192,
    price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
  },
  {
    ...claude,
    // price: the packages, without the prices for cache points, which it does not have
    id: "anthropic.claude-3-5-sonnet-20241022-v2:0",
    name: "Claude Sonnet 3.5 v2",
    contextWindow: 200_000,
    maxOutput: 8_192,
    reasoning: false,
    cache: noCache,
    price: { input: 3, output: 15 }
  },
  {
    ...claude,
    // maxOutput: LiteLLM
    // price: the packages, without the prices for cache points, which it does not have
    id: "anthropic.claude-3-5-sonnet-20240620-v1:0",
    name: "Claude Sonnet 3.5",
    contextWindow: 200_000,
    maxOutput: 4_096,
    reasoning: false,
    cache: noCache,
    price: { input: 3, output: 15 }
  },
  {
    ...claude,
    id: "anthropic.claude-haiku-5-5",
    name: "Claude Haiku 5.5",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 0.11, output: 0.55, cacheRead: 0.011, cacheWrite: 0.1375, upTo: 100_000 }
  },
  {
    ...claude,
    id: "anthropic.claude-haiku-4-5-20251001-v1:0",
    name: "Claude Haiku 4.5",
    contextWindow: 200_000,
    maxOutput: 64_000,
    price: { input: 1.1, output: 5.5, cacheRead: 0.11, cacheWrite: 1.375 }
  },
  {
    ...claude,
    // images: AWS's model card
    id: "anthropic.claude-3-5-haiku-20241022-v1:0",
    name: "Claude Haiku 3.5",
    contextWindow: 200_000,
    maxOutput: 8_192,
    input: textAndDocument,
    reasoning: false,
    price: { input: 0.8, output: 4, cacheRead: 0.08, cacheWrite: 1 }
  },
  {
    ...claude,
    id: "anthropic.claude-3-haiku-20240307-v1:0",
    name: "Claude Haiku 3",
    contextWindow: 200_000,
    maxOutput: 4_096,
    reasoning: false,
    cache: noCache,
    price: { input: 0.25, output: 1.25 }
  },
  {
    ...nova,
    // maxOutput: LiteLLM
    // price: the packages; for cache writes, which pi-ai 1.6.0 does not state, that of 1.5.2
    id: "amazon.nova-2-lite-v1:0",
    name: "Nova 2 Lite",
    contextWindow: 1_000_000,
    maxOutput: 64_000,
    reasoning: true,
    price: { input: 0.33, output: 2.75, cacheRead: 0.0825, cacheWrite: 0.33 }
  },
  {
    ...nova,
    id: "amazon.nova-premier-v1:0",
    name: "Nova Premier",
    contextWindow: 1_000_000,
    maxOutput: 10_000,
    price: { input: 2.5, output: 12.5, cacheRead: 0.625, cacheWrite: 2.5 }
  },
  {
    ...nova,
    // price: the packages; for cache writes, which pi-ai 1.6.0 does not state, that of 1.5.2
    id: "amazon.nova-pro-v1:0",
    name: "Nova Pro",
    contextWindow: 300_000,
    maxOutput: 10_000,
    price: { input: 0.8, output: 3.2, cacheRead: 0.2, cacheWrite: 0.8 }
  },
  {
    ...nova,
    // price: the packages; for cache writes, which pi-ai 1.6.0 does not state, that of 1.5.2
    id: "amazon.nova-lite-v1:0",
    name: "Nova Lite",
    contextWindow: 300_000,
    maxOutput: 10_000,
    price: { input: 0.06, output: 0.24, cacheRead: 0.015, cacheWrite: 0.06 }
  },
  {
    ...nova,
    // price: the packages; for cache writes, which pi-ai 1.6.0 does not state, that of 1.5.2
    id: "amazon.nova-micro-v1:0",
    name: "Nova Micro",
    contextWindow: 128_000,
    maxOutput: 10_000,
    input: textOnly,
    price: { input: 0.035, output: 0.14, cacheRead: 0.00875, cacheWrite: 0.035 }
  },
  {
    ...llama,
    id: "meta.llama4-maverick-17b-instruct-v1:0",
    name: "Llama 4 Maverick 17B Instruct",
    contextWindow: 1_000_000,
    maxOutput: 8_192,
    input: imageYes,
    price: { input: 0.24, output: 0.97 }
  },
  {
    ...llama,
    // contextWindow: left out
    id: "meta.llama4-scout-17b-instruct-v1:0",
    name: "Llama 4 Scout 17B Instruct",
    maxOutput: 8_192,
    input: imageYes,
    price: { input: 0.17, output: 0.66 }
  },
  {
    ...llama,
    id: "meta.llama3-3-70b-instruct-v1:0",
    name: "Llama 3.3 70B Instruct",
    contextWindow: 128_000,
    maxOutput: 4_096,
    price: { input: 0.72, output: 0.72 }
  },
  {
    ...llama,
    id: "meta.llama3-2-90b-instruct-v1:0",
    name: "Llama 3.2 90B Instruct",
    contextWindow: 128_000,
    maxOutput: 4_096,
    input: everything,
    price: { input: 0.72, output: 0.72 }
  },
  {
    ...llama,
    id: "meta.llama3-2-11b-instruct-v1:0",
    name: "Llama 3.2 11B Instruct",
    contextWindow: 128_000,
    maxOutput: 4_096,
    input: everything,
    price: { input: 0.16, output: 0.16 }
  },
  {
    ...llama,
    id: "meta.llama3-2-3b-instruct-v1:0",
    name: "Llama 3.2 3B Instruct",
    contextWindow: 131_000,
    maxOutput: 4_096,
    input: textAndDocument,
    tools: false,
    price: { input: 0.15, output: 0.15 }
  },
  {
    ...llama,
    id: "meta.llama3-2-1b-instruct-v1:0",
    name: "Llama 3.2 1B Instruct",
    contextWindow: 131_000,
    maxOutput: 4_096,
    input: textAndDocument,
    tools: false,
    price: { input: 0.1, output: 0.1 }
  },
  {
    ...llama,
    id: "meta.llama3-1-405b-instruct-v1:0",
    name: "Llama 3.1 405B Instruct",
    contextWindow: 128_000,
    maxOutput: 4_096,
    input: textAndDocument,
    price: { input: 2.4, output: 2.4 }
  },
  {
    ...llama,
    id: "meta.llama3-1-70b-instruct-v1:0",
    name: "Llama 3.1 70B Instruct",
    contextWindow: 128_000,
    maxOutput: 4_096,
    input: textAndDocument,
    price: { input: 0.72, output: 0.72 }
  },
  {
    ...llama,
    id: "meta.llama3-1-8b-instruct-v1:0",
    name: "Llama 3.1 8B Instruct",
    contextWindow: 128_000,
    maxOutput: 4_096,
    input: textAndDocument,
    price: { input: 0.22, output: 0.22 }
  },
  {
    ...llama,
    // name, input, tools: AWS, Bedrock user guide
    id: "meta.llama3-70b-instruct-v1:0",
    name: "Llama 3 70B Instruct",
    input: textAndDocument,
    tools: false
  },
  {
    ...llama,
    // name, input, tools: AWS, Bedrock user guide
    id: "meta.llama3-8b-instruct-v1:0",
    name: "Llama 3 8B Instruct",
    input: textAndDocument,
    tools: false
  },
  {
    ...mistral,
    id: "mistral.mistral-large-3-675b-instruct",
    name: "Mistral Large 3",
    contextWindow: 256_000,
    maxOutput: 8_192,
    input: imageYes,
    price: { input: 0.5, output: 1.5 }
  },
  {
    ...mistral,
    id: "mistral.devstral-2-123b",
    name: "Devstral 2 123B",
    contextWindow: 256_000,
    maxOutput: 8_192,
    price: { input: 0.4, output: 2 }
  },
  {
    ...mistral,
    id: "mistral.magistral-small-2509",
    name: "Magistral Small 1.2",
    contextWindow: 128_000,
    maxOutput: 40_000,
    input: imageYes,
    reasoning: true,
    price: { input: 0.5, output: 1.5 }
  },
  {
    ...mistral,
    id: "mistral.ministral-3-14b-instruct",
    name: "Ministral 14B 3.0",
    contextWindow: 128_000,
    maxOutput: 4_096,
    input: imageYes,
    price: { input: 0.2, output: 0.2 }
  },
  {
    ...mistral,
    id: "mistral.ministral-3-8b-instruct",
    name: "Ministral 3 8B",
    contextWindow: 128_000,
    maxOutput: 4_096,
    input: imageYes,
    price: { input: 0.15, output: 0.15 }
  },
  {
    ...mistral,
    id: "mistral.ministral-3-3b-instruct",
    name: "Ministral 3 3B",
    contextWindow: 256_000,
    maxOutput: 8_192,
    input: imageYes,
    price: { input: 0.1, output: 0.1 }
  },
  {
    ...mistral,
    id: "mistral.voxtral-small-24b-2507",
    name: "Voxtral Small 24B 2507",
    contextWindow: 32_768,
    maxOutput: 8_192,
    price: { input: 0.1, output: 0.3 }
  },
  {
    ...mistral,
    id: "mistral.voxtral-mini-3b-2507",
    name: "Voxtral Mini 3B 2507",
    contextWindow: 32_768,
    maxOutput: 4_096,
    price: { input: 0.04, output: 0.04 }
  },
  {
    ...mistral,
    id: "mistral.pixtral-large-2502-v1:0",
    name: "Pixtral Large (25.02)",
    contextWindow: 128_000,
    maxOutput: 8_192,
    input: imageYes,
    price: { input: 2, output: 6 }
  },
  {
    ...mistral,
    // name, input: AWS, Bedrock user guide
    id: "mistral.mistral-large-2407-v1:0",
    name: "Mistral Large (24.07)",
    input: textAndDocument
  },
  {
    ...mistral,
    // contextWindow, maxOutput: AWS's model card
    // price: left out; the packages state that of Mistral Large 3
    id: "mistral.mistral-large-2402-v1:0",
    name: "Mistral Large (24.02)",
    contextWindow: 32_000,
    maxOutput: 4_096,
    input: textAndDocument
  },
  {
    ...mistral,
    // name, contextWindow, maxOutput: AWS, Bedrock user guide
    id: "mistral.mistral-small-2402-v1:0",
    name: "Mistral Small (24.02)",
    contextWindow: 32_000,
    maxOutput: 8_192
  },
  {
    ...deepSeek,
    // maxOutput: AWS's model card
    id: "deepseek.v3.2",
    name: "DeepSeek V3.2",
    contextWindow: 163_840,
    maxOutput: 8_192,
    price: { input: 0.62, output: 1.85 }
  },
  {
    ...deepSeek,
    // maxOutput: left out
    id: "deepseek.v3-v1:0",
    name: "DeepSeek-V3.1",
    contextWindow: 163_840,
    price: { input: 0.58, output: 1.68 }
  },
  {
    ...deepSeek,
    // tools: langchain-aws#447; the packages say that it supports them
    id: "deepseek.r1-v1:0",
    name: "DeepSeek-R1",
    contextWindow: 128_000,
    maxOutput: 32_768,
    tools: false,
    price: { input: 1.35, output: 5.4 }
  },
  {
    ...qwen,
    // maxOutput: AWS's model card, as quoted in braintrust-proxy#549 and #629
    id: "qwen.qwen3-coder-480b-a35b-v1:0",
    name: "Qwen3-Coder 480B-A35B Instruct",
    contextWindow: 131_072,
    maxOutput: 16_384,
    price: { input: 0.45, output: 1.8 }
  },
  {
    ...qwen,
    id: "qwen.qwen3-coder-next",
    name: "Qwen3 Coder Next",
    contextWindow: 262_144,
    maxOutput: 16_000,
    price: { input: 0.5, output: 1.2 }
  },
  {
    ...qwen,
    // maxOutput: left out
    id: "qwen.qwen3-coder-30b-a3b-v1:0",
    name: "Qwen3-Coder 30B-A3B Instruct",
    contextWindow: 262_144,
    price: { input: 0.15, output: 0.6 }
  },
  {
    ...qwen,
    // maxOutput: AWS's model card, as quoted in braintrust-proxy#549 and #629
    id: "qwen.qwen3-235b-a22b-2507-v1:0",
    name: "Qwen3 235B-A22B Instruct 2507",
    contextWindow: 262_144,
    maxOutput: 8_192,
    price: { input: 0.22, output: 0.88 }
  },
  {
    ...qwen,
    id: "qwen.qwen3-next-80b-a3b",
    name: "Qwen3-Next 80B-A3B Instruct",
    contextWindow: 262_144,
    maxOutput: 8_000,
    price: { input: 0.15, output: 1.2 }
  },
  {
    ...qwen,
    id: "qwen.qwen3-vl-235b-a22b",
    name: "Qwen3 VL 235B A22B Instruct",
    contextWindow: 262_144,
    maxOutput: 8_000,
    input: imageYes,
    price: { input: 0.53, output: 2.66 }
  },
  {
    ...qwen,
    // maxOutput: AWS's model card, as quoted in braintrust-proxy#549 and #629
    id: "qwen.qwen3-32b-v1:0",
    name: "Qwen3 32B",
    contextWindow: 32_768,
    maxOutput: 8_000,
    reasoning: true,
    price: { input: 0.15, output: 0.6 }
  },
  {
    ...gpt,
    id: "openai.gpt-6.2-astra",
    name: "GPT-6.2 Astra",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 8.8, output: 44, cacheRead: 0.44, cacheWrite: 11, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-6.2-sol",
    name: "GPT-6.2 Sol",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 2.2, output: 11, cacheRead: 0.11, cacheWrite: 2.75, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-6.1-sol",
    name: "GPT-6.1 Sol",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 2.2, output: 11, cacheRead: 0.11, cacheWrite: 2.75, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-6.1-terra",
    name: "GPT-6.1 Terra",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 1.1, output: 5.5, cacheRead: 0.055, cacheWrite: 1.375, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-6-astra",
    name: "GPT-6 Astra",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 11, output: 55, cacheRead: 1.1, cacheWrite: 13.75, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-6-sol",
    name: "GPT-6 Sol",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 2.2, output: 11, cacheRead: 0.22, cacheWrite: 2.75, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-6-luna",
    name: "GPT-6 Luna",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 0.11, output: 0.55, cacheRead: 0.011, cacheWrite: 0.1375, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-5.6-sol",
    name: "GPT-5.6 Sol",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 4.4, output: 22, cacheRead: 0.44, cacheWrite: 5.5, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-5.6-terra",
    name: "GPT-5.6 Terra",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 2.2, output: 13.2, cacheRead: 0.22, cacheWrite: 2.75, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-5.6-luna",
    name: "GPT-5.6 Luna",
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 0.22, output: 1.32, cacheRead: 0.022, cacheWrite: 0.275, upTo: 272_000 }
  },
  {
    ...gpt,
    id: "openai.gpt-oss-120b-1:0",
    name: "gpt-oss-120b",
    contextWindow: 128_000,
    maxOutput: 16_384,
    price: { input: 0.15, output: 0.6 }
  },
  {
    ...gpt,
    id: "openai.gpt-oss-20b-1:0",
    name: "gpt-oss-20b",
    contextWindow: 128_000,
    maxOutput: 16_384,
    price: { input: 0.07, output: 0.3 }
  },
  {
    ...gpt,
    // name: as the other gpt-oss models
    id: "openai.gpt-oss-safeguard-120b",
    name: "gpt-oss-safeguard-120b",
    contextWindow: 128_000,
    maxOutput: 16_384,
    price: { input: 0.15, output: 0.6 }
  },
  {
    ...gpt,
    // name: as the other gpt-oss models
    id: "openai.gpt-oss-safeguard-20b",
    name: "gpt-oss-safeguard-20b",
    contextWindow: 128_000,
    maxOutput: 16_384,
    price: { input: 0.07, output: 0.2 }
  },
  {
    ...grok,
    // maxOutput: that of Grok 4.3; the packages state the context window
    id: "xai.grok-4.7",
    name: "Grok 4.7",
    contextWindow: 500_000,
    maxOutput: 131_072,
    price: { input: 2.2, output: 6.6, cacheRead: 0.55 }
  },
  {
    ...grok,
    // maxOutput: that of Grok 4.3; the packages state the context window
    id: "xai.grok-4.6",
    name: "Grok 4.6",
    contextWindow: 500_000,
    maxOutput: 131_072,
    price: { input: 2.2, output: 6.6, cacheRead: 0.55 }
  },
  {
    ...kimi,
    // name: the packages, shortened
    // maxOutput: that of Kimi K3; the packages state the context window
    id: "moonshotai.kimi-k3.1",
    name: "Kimi K3.1",
    contextWindow: 1_048_576,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 4.4, output: 22, cacheRead: 0.22, cacheWrite: 5.5 }
  },
  {
    ...kimi,
    id: "moonshotai.kimi-k3",
    name: "Kimi K3",
    contextWindow: 1_048_576,
    maxOutput: 128_000,
    input: imageYes,
    price: { input: 3.3, output: 16.5, cacheRead: 0.33, cacheWrite: 4.125 }
  },
  {
    ...kimi,
    // maxOutput: AWS's model card, as quoted in models.dev#1637
    id: "moonshotai.kimi-k2.5",
    name: "Kimi K2.5",
    contextWindow: 262_143,
    maxOutput: 16_000,
    input: imageYes,
    price: { input: 0.6, output: 3 }
  },
  {
    ...kimi,
    id: "moonshot.kimi-k2-thinking",
    name: "Kimi K2 Thinking",
    contextWindow: 262_143,
    maxOutput: 16_000,
    price: { input: 0.6, output: 2.5 }
  },
  {
    ...miniMax,
    // maxOutput: AWS's model card, as quoted in braintrust-proxy#548
    id: "minimax.minimax-m2.5",
    name: "MiniMax-M2.5",
    contextWindow: 196_608,
    maxOutput: 98_000,
    price: { input: 0.3, output: 1.2 }
  },
  {
    ...miniMax,
    // maxOutput: left out
    id: "minimax.minimax-m2.1",
    name: "MiniMax-M2.1",
    contextWindow: 196_608,
    price: { input: 0.3, output: 1.2 }
  },
  {
    ...miniMax,
    // contextWindow, maxOutput: Roo-Code#9905
    id: "minimax.minimax-m2",
    name: "MiniMax-M2",
    contextWindow: 196_608,
    maxOutput: 16_384,
    price: { input: 0.3, output: 1.2 }
  },
  {
    ...glm,
    id: "zai.glm-5.3",
    name: "GLM-5.3",
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    price: { input: 1.848, output: 5.808, cacheRead: 0.3432, cacheWrite: 2.31 }
  },
  {
    ...glm,
    // maxOutput: AWS's model card
    id: "zai.glm-5",
    name: "GLM-5",
    contextWindow: 202_752,
    maxOutput: 128_000,
    price: { input: 1, output: 3.2 }
  },
  {
    ...glm,
    // maxOutput: left out
    id: "zai.glm-4.7",
    name: "GLM-4.7",
    contextWindow: 202_752,
    price: { input: 0.6, output: 2.2 }
  },
  {
    ...glm,
    // maxOutput: left out
    id: "zai.glm-4.7-flash",
    name: "GLM-4.7-Flash",
    contextWindow: 200_000,
    price: { input: 0.07, output: 0.4 }
  },
  {
    ...nemotron,
    // maxOutput: left out
    id: "nvidia.nemotron-super-3-120b",
    name: "NVIDIA Nemotron 3 Super 120B A12B",
    contextWindow: 262_144,
    reasoning: true,
    price: { input: 0.15, output: 0.65 }
  },
  {
    ...nemotron,
    id: "nvidia.nemotron-nano-3-30b",
    name: "NVIDIA Nemotron Nano 3 30B",
    contextWindow: 262_144,
    maxOutput: 8_192,
    reasoning: true,
    price: { input: 0.06, output: 0.24 }
  },
  {
    ...nemotron,
    // name: the packages, shortened
    id: "nvidia.nemotron-nano-12b-v2",
    name: "Nemotron Nano 12B v2 VL",
    contextWindow: 128_000,
    maxOutput: 8_192,
    input: imageYes,
    price: { input: 0.2, output: 0.6 }
  },
  {
    ...nemotron,
    id: "nvidia.nemotron-nano-9b-v2",
    name: "NVIDIA Nemotron Nano 9B v2",
    contextWindow: 131_072,
    maxOutput: 8_192,
    price: { input: 0.06, output: 0.23 }
  },
  {
    ...gemma,
    // name: the packages, shortened
    // contextWindow: left out
    // price: left out; only the older package states one
    id: "google.gemma-3-27b-it",
    name: "Gemma 3 27B IT",
    maxOutput: 8_192
  },
  {
    ...gemma,
    // contextWindow, maxOutput, tools: models.dev
    id: "google.gemma-3-12b-it",
    name: "Gemma 3 12B IT",
    contextWindow: 131_072,
    maxOutput: 8_192,
    tools: false
  },
  {
    ...gemma,
    id: "google.gemma-3-4b-it",
    name: "Gemma 3 4B IT",
    contextWindow: 128_000,
    maxOutput: 4_096,
    price: { input: 0.04, output: 0.08 }
  },
  {
    ...palmyra,
    // contextWindow: LiteLLM
    id: "writer.palmyra-x5-v1:0",
    name: "Palmyra X5",
    contextWindow: 1_000_000,
    maxOutput: 8_192,
    price: { input: 0.6, output: 6 }
  },
  {
    ...palmyra,
    id: "writer.palmyra-x4-v1:0",
    name: "Palmyra X4",
    contextWindow: 122_880,
    maxOutput: 8_192,
    price: { input: 2.5, output: 10 }
  },
  {
    ...jamba,
    // contextWindow, price: LiteLLM
    // name, input, tools: AWS, Bedrock user guide
    id: "ai21.jamba-1-5-large-v1:0",
    name: "Jamba 1.5 Large",
    contextWindow: 256_000,
    price: { input: 2, output: 8 }
  },
  {
    ...jamba,
    // contextWindow, price: LiteLLM
    // name, input, tools: AWS, Bedrock user guide
    id: "ai21.jamba-1-5-mini-v1:0",
    name: "Jamba 1.5 Mini",
    contextWindow: 256_000,
    price: { input: 0.2, output: 0.4 }
  },
  {
    ...command,
    id: "cohere.command-r-plus-v1:0",
    name: "Command R+",
    contextWindow: 128_000,
    maxOutput: 4_096,
    price: { input: 3, output: 15 }
  },
  {
    ...command,
    id: "cohere.command-r-v1:0",
    name: "Command R",
    contextWindow: 128_000,
    maxOutput: 4_096,
    price: { input: 0.5, output: 1.5 }
  }
]
