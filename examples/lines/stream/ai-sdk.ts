import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { streamText } from "ai"

const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "my-token"
})

const { textStream } = streamText({
  model: bedrock("us.anthropic.claude-sonnet-4-6"),
  prompt: "What is a VPC endpoint?",
  // Without it, a failed stream ends like a complete one.
  onError: ({ error }) => {
    throw error
  }
})
for await (const text of textStream) process.stdout.write(text)
