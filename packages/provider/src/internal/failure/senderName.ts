import type { Sender } from "../../Sender.ts"

/** As the subject of a sentence. */
export const namedSender = ({ kind, name }: Sender): string => {
  const by = name === undefined ? "" : ` (${name})`
  switch (kind) {
    case "firewall":
      return `A firewall in front of Bedrock${by}`
    case "proxy":
      return `A proxy${by}`
    default:
      return `The gateway${by}`
  }
}
