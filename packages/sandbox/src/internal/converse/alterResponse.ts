/** Changes that an intermediary makes to a whole response without changing its content. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import type { Fault } from "../../Script.ts"
import { bytes, type Headers, type Steps } from "../http/steps.ts"
import { bufferSteps } from "./converseStream.ts"

const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }

/** Replaces headers, and removes the content length, since the body may change too. */
const replaceHeaders = (steps: Steps, added: Headers): Steps =>
  steps.map((step) => {
    if (step.type !== "Head") return step
    const { "content-length": _, ...headers } = step.headers
    return { ...step, headers: { ...headers, ...added } }
  })

/** The response with the fault applied; unchanged for other faults. */
export const alterResponse = (steps: Steps, fault: Fault | undefined): Steps => {
  switch (fault?.type) {
    case "compress":
      return replaceHeaders(
        bufferSteps(steps).map((step) => step.type === "Bytes" ? bytes(compress[fault.encoding](step.bytes)) : step),
        { "content-encoding": fault.encoding }
      )
    case "relabel":
      return replaceHeaders(steps, { "content-type": fault.contentType })
    default:
      return steps
  }
}
