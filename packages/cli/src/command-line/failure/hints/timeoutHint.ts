import type { BedrockError } from "@altimate-code/provider/BedrockError"

export const timeoutHint = ({ status, type }: BedrockError): string => {
  if (status !== undefined) return "The model took too long. Try again, or ask for less in one request."
  const option = type === undefined ? undefined : options[type]
  return "Check that the gateway is running and allows long answers; its own timeout may be shorter than the model needs."
    + (option === undefined ? "" : ` A higher ${option} (in milliseconds) waits longer.`)
}

/** The setting of each time limit. */
const options: Readonly<Record<string, string>> = {
  ConnectTimeout: "options.timeout.connect",
  FirstByteTimeout: "options.timeout.firstByte",
  IdleTimeout: "options.timeout.idle",
  TotalTimeout: "options.timeout.total"
}
