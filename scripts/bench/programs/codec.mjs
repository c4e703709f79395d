// The least that can be done: `node:http` and the codec of event streams that the AWS SDK uses, without anything in between.
import { EventStreamCodec } from "@smithy/eventstream-codec"
import { request } from "node:http"

const codec = new EventStreamCodec((bytes) => Buffer.from(bytes).toString(), (text) => Buffer.from(text))
const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: process.argv[2] }] }] })

request(`${process.env.ENDPOINT}/model/us.anthropic.claude-sonnet-4-6-v1/converse-stream`, {
  method: "POST",
  headers: {
    authorization: `Bearer ${process.env.AWS_BEARER_TOKEN_BEDROCK}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body)
  }
}, (response) => {
  let rest = Buffer.alloc(0)
  response.on("data", (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= rest.readUInt32BE(0)) {
      const size = rest.readUInt32BE(0)
      const { body } = codec.decode(rest.subarray(0, size))
      rest = rest.subarray(size)
      const text = JSON.parse(Buffer.from(body).toString()).delta?.text
      if (text !== undefined) process.stdout.write(text)
    }
  })
}).end(body)
