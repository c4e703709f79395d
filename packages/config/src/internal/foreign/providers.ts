/** Whose settings an entry under `provider` holds. */
import { distance } from "fastest-levenshtein"
import type { Tree } from "../file/tree.ts"

/**
 * IDs of providers in configuration files of other tools, without separators.
 * Source: the catalog of models.dev, and the local servers that its documentation names.
 */
const others = new Set(
  ("302ai abacus aihubmix alibaba alibabacn anthropic azure azurecognitiveservices azureopenai bailing baseten cerebras chutes "
    + "clarifai cloudflare cloudflareaigateway cloudflareworkersai cohere copilot cortecs databricks deepinfra deepseek "
    + "fastrouter fireworks fireworksai firmware friendli gemini github githubcopilot githubcopilotenterprise githubmodels gitlab "
    + "google googlevertex googlevertexanthropic groq helicone huggingface hyperbolic iflowcn inception inference iointelligence "
    + "ionet jiekou kilo kimiforcoding kimi kuaecloudcodingplan lambda litellm llama llamacpp llamafile lmstudio localai lucidquery "
    + "meganova minimax minimaxcn mistral mlx moark modelscope moonshot moonshotai moonshotaicn morph nanogpt nebius novita "
    + "novitaai nvidia ollama ollamacloud openai opencode opencodego openrouter ovhcloud perplexity poe privatemodeai qihang "
    + "qiniuai qwen replicate requesty sagemaker sambanova sapaicore scaleway siliconflow siliconflowcn snowflake "
    + "snowflakecortex stackit stepfun submodel synthetic together togetherai upstage v0 venice vercel vertex vertexai vivgrid "
    + "vllm volcengine vultr wandb watsonx xai xiaomi zai zaicodingplan zen zenmux zhipuai zhipuaicodingplan").split(
      " "
    )
)

/** Case and separators do not count in a name. */
export const bare = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "")

/** Is Bedrock meant by this name? */
export const isBedrock = (id: string): boolean => {
  const name = bare(id)
  return name.includes("bedrock") || name === "aws" || name === "amazon" || distance(name, "bedrock") <= 2 ||
    distance(name, "amazonbedrock") <= 3
}

/** Is this entry another provider's: one that other tools know, or that brings the package it is reached with? */
export const isOtherProvider = (id: string, entry: Tree): boolean => {
  const npm = entry._tag === "Branch" ? entry.children.get("npm") : undefined
  if (npm?._tag === "Leaf" && typeof npm.value === "string") return !npm.value.toLowerCase().includes("bedrock")
  return others.has(bare(id))
}
