import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock"
import { generateText } from "ai"

const readToken = async () =>
  ((await (await fetch("https://vault.example.com/token")).json()) as { token: string }).token
let cached = { token: Promise.resolve(""), until: 0 }
const getToken = () => {
  if (Date.now() >= cached.until) cached = { token: readToken(), until: Date.now() + 600_000 }
  return cached.token
}
const bedrock = createAmazonBedrock({
  baseURL: "https://gw.example.com/bedrock/v1",
  apiKey: "replaced",
  fetch: async (url, init) => {
    const headers = new Headers(init?.headers)
    headers.set("authorization", `Bearer ${await getToken()}`)
    return fetch(url, { ...init, headers })
  }
})

const { text } = await generateText({ model: bedrock("us.anthropic.claude-sonnet-4-6"), prompt: "Hello." })
console.log(text)
