import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { generateText } from "ai"

const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "my-token"
})

const { text } = await generateText({
  model: bedrock("us.anthropic.claude-sonnet-4-6"),
  prompt: "Hello.",
  // It honors Retry-After; the waits of the others double without a limit: eight attempts are about ten minutes.
  maxRetries: 8,
  abortSignal: AbortSignal.timeout(600_000)
})
console.log(text)
