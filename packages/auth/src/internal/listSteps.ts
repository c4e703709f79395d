import type { Step } from "../AuthError.ts"

/** Formats the steps of a search as a numbered list. */
export const listSteps = (steps: ReadonlyArray<Step>): string =>
  ["Looked in this order:", ...steps.map(({ outcome, step }, index) => `  ${index + 1}. ${step}: ${outcome}`)].join(
    "\n"
  )
