import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { APICallError, generateText } from "ai"

const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "my-token"
})

try {
  const { text } = await generateText({ model: bedrock("us.anthropic.claude-sonnet-4-6"), prompt: "Hello." })
  console.log(text)
} catch (error) {
  if (!APICallError.isInstance(error)) throw error
  console.log(error.statusCode, String(error.responseHeaders?.["x-amzn-errortype"]).split(":")[0])
}
