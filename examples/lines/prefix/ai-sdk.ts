import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { generateText } from "ai"

/** The first rule that matches. Only for Claude; other families have other regions. */
const rules: ReadonlyArray<readonly [region: RegExp, prefix: string]> = [
  [/^us-(?!gov-)/, "us."],
  [/^eu-/, "eu."],
  [/^ap-northeast-1$/, "jp."],
  [/^ap-southeast-[24]$/, "au."],
  [/^ap-/, "apac."]
]
const region = process.env["AWS_REGION"] ?? "eu-central-1"
const prefix = rules.find(([pattern]) => pattern.test(region))?.[1] ?? ""

const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "my-token"
})

const { text } = await generateText({ model: bedrock(`${prefix}anthropic.claude-sonnet-4-6`), prompt: "Hello." })
console.log(text)
