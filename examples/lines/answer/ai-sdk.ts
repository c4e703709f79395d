import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { generateText } from "ai"

const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "my-token"
})

const { text } = await generateText({
  model: bedrock("us.anthropic.claude-sonnet-4-6"),
  prompt: "What is a VPC endpoint?"
})
console.log(text)
