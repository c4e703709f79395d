// A Bedrock gateway for the benchmarks, in a process of its own: it answers as fast as it can, from messages that it has encoded before, so
// that what is measured is the reader. Prints its URL, and ends when its stdin is closed, so that it can't outlive the benchmarks.
import { createServer } from "node:http"
import { setImmediate, setTimeout } from "node:timers/promises"
import { answerGroups, jsonAnswers, pace, protocols, readPlan } from "./answers.mjs"

/** More than the largest request, of a session of 20 MB. */
const maxBody = 64 * 1024 * 1024

const readBody = async (request) => {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > maxBody) throw new Error("The request is too large.")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Until the client has read enough, or has closed the connection. */
const untilDrained = (response) =>
  new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done)
      resolve()
    }
    response.on("drain", done).on("close", done)
  })

const answerStream = async (response, plan, protocol) => {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" })
  const started = performance.now()
  let written = 0
  for (const messages of answerGroups(plan, protocol)) {
    if (response.destroyed) return
    if (!response.write(Buffer.concat(messages))) await untilDrained(response)
    written += messages.length
    if (plan.kind === "paced") {
      const due = started + (written / pace) * 1000
      if (due > performance.now()) await setTimeout(due - performance.now())
    } else {
      // One write to the socket a group: otherwise Node joins them.
      await setImmediate()
    }
  }
  response.end()
}

const server = createServer(async (request, response) => {
  try {
    const body = await readBody(request)
    const path = decodeURIComponent(request.url)
    const operation = path.split("/").at(-1).split("?")[0]
    if (Object.hasOwn(protocols, operation)) {
      await answerStream(response, readPlan(path, body), protocols[operation])
    } else {
      const answer = jsonAnswers[operation]
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" })
      response.end(JSON.stringify(answer ?? { message: "The benchmarks' gateway does not have this." }))
    }
  } catch {
    response.destroy()
  }
})

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`))
process.stdin.on("close", () => process.exit()).resume()
