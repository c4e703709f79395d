/** Tells Amazon Bedrock's entry under `provider` from those of other providers. */
import * as Suggest from "@altimate-code/system/Suggest"
import type { Tree } from "../file/tree.ts"

/**
 * Provider IDs in other tools' configuration files, without separators.
 * Source: the catalog of models.dev, and the local servers named in its documentation.
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

/** Whether this name means Bedrock, possibly misspelled. */
export const isBedrock = (id: string): boolean => {
  const name = Suggest.fold(id)
  return name.includes("bedrock") || name === "aws" || name === "amazon" ||
    Suggest.closest(name, ["bedrock", "amazonbedrock"]).length > 0
}

/** Whether this entry configures another provider: its ID is known, or it names another provider's npm package. */
export const isOtherProvider = (id: string, entry: Tree): boolean => {
  const npm = entry._tag === "Branch" ? entry.children.get("npm") : undefined
  if (npm?._tag === "Leaf" && typeof npm.value === "string") return !npm.value.toLowerCase().includes("bedrock")
  return others.has(Suggest.fold(id))
}
