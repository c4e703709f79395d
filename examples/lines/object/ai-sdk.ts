import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { generateText, Output } from "ai"
import { z } from "zod"

const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "my-token"
})

const { output } = await generateText({
  model: bedrock("us.anthropic.claude-sonnet-4-6"),
  prompt: "Invoice 17 of ACME, total 120.50 EUR",
  output: Output.object({ schema: z.object({ vendor: z.string(), total: z.number() }) })
})
console.log(output.vendor, output.total)
