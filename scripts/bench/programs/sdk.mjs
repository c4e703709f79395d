// The baseline: what a script on the AWS SDK alone takes to print an answer to its first argument. The SDK finds the bearer token in
// AWS_BEARER_TOKEN_BEDROCK.
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
import { NodeHttpHandler } from "@smithy/node-http-handler"

const client = new BedrockRuntimeClient({
  region: "us-east-1",
  endpoint: process.env.ENDPOINT,
  // The SDK's default is HTTP/2, which a gateway without TLS does not speak.
  requestHandler: new NodeHttpHandler()
})

const main = async () => {
  const { stream } = await client.send(
    new ConverseStreamCommand({
      modelId: "us.anthropic.claude-sonnet-4-6-v1",
      messages: [{ role: "user", content: [{ text: process.argv[2] }] }]
    })
  )
  for await (const { contentBlockDelta } of stream) {
    const text = contentBlockDelta?.delta?.text
    if (text !== undefined) process.stdout.write(text)
  }
}

void main()
