import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { generateText, isStepCount, tool } from "ai"
import { z } from "zod"

const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "my-token"
})

const temperature = tool({
  description: "The temperature in a city, in degrees Celsius.",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => city === "Oslo" ? 7 : 20
})
const { text } = await generateText({
  model: bedrock("us.anthropic.claude-sonnet-4-6"),
  prompt: "How warm is it in Oslo?",
  tools: { temperature },
  stopWhen: isStepCount(10)
})
console.log(text)
