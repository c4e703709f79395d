/** What something on the way makes of a whole answer, without changing what it says. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import type { Fault } from "../../Script.ts"
import { bytes, type Headers, type Steps } from "../http/steps.ts"
import { buffered } from "./streamed.ts"

const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }

/** The answer with other headers; the length is left out, since the body may be another one too. */
const labelled = (steps: Steps, added: Headers): Steps =>
  steps.map((step) => {
    if (step.type !== "Head") return step
    const { "content-length": _, ...headers } = step.headers
    return { ...step, headers: { ...headers, ...added } }
  })

/** The answer as the fault has it; the same one for any other fault. */
export const wrapped = (steps: Steps, fault: Fault | undefined): Steps => {
  switch (fault?.type) {
    case "compress":
      return labelled(
        buffered(steps).map((step) => step.type === "Bytes" ? bytes(compress[fault.encoding](step.bytes)) : step),
        { "content-encoding": fault.encoding }
      )
    case "relabel":
      return labelled(steps, { "content-type": fault.contentType })
    default:
      return steps
  }
}
