/** Detects the parts of a model ID that other tools and services add and that Bedrock does not know. Pure. */

interface ForeignPart {
  /** As written in the ID. */
  readonly part: string
  /** The predicate of a sentence about the part. */
  readonly meaning: string
}

/** Each pattern matches one part. The ends of real IDs (`-v1:0`, `:0:200k`, `:1m`) do not match. */
const patterns: ReadonlyArray<readonly [pattern: RegExp, meaning: string]> = [
  [/\[\w+\]$/, "is Claude Code's suffix for a larger context window"],
  [
    /:(thinking|free|beta|extended|nitro|floor|online|exacto|minimal|low|medium|high|xhigh|max)$/i,
    "is how OpenRouter and other tools select a variant"
  ],
  [/-thinking$/i, "is how other tools turn on reasoning"],
  [/@[\w.-]*$/, "is how Google's Vertex AI writes a version"],
  [/-latest$/i, "is how Anthropic's own API selects the newest version"],
  [/[#?].*$/, "is not part of a model ID"],
  [/^(?!arn:)(?:[\w.-]+\/)+/, "is how other tools write a provider or route"],
  [
    /^(?:us|eu|apac|jp|au|ca|in|global|us-gov)\.(?=(?:us|eu|apac|jp|au|ca|in|global|us-gov)\.)/,
    "is a second region prefix"
  ]
]

/** Finds all foreign parts of the ID. `rest` is the ID without them. */
export const findForeignParts = (id: string): { readonly parts: ReadonlyArray<ForeignPart>; readonly rest: string } => {
  const parts: Array<ForeignPart> = []
  let rest = id
  if (id.startsWith("arn:")) return { parts, rest }
  for (const [pattern, meaning] of patterns) {
    const part = pattern.exec(rest)?.[0]
    if (part === undefined || part.length === rest.length) continue
    rest = rest.replace(pattern, "")
    parts.push({ part, meaning })
  }
  return { parts, rest }
}

/** Explains the foreign parts, one line each; none if the ID looks like one of Bedrock's or the gateway's. */
export const explainForeignId = (id: string): ReadonlyArray<string> => {
  const { parts, rest } = findForeignParts(id)
  const trimmed = id.trim()
  const lines = parts.map(({ meaning, part }) =>
    `A likely cause: "${part}" in "${id}" ${meaning}. Bedrock does not know it.`
  )
  if (trimmed !== id) lines.push(`There are spaces around "${trimmed}".`)
  if (
    /^[\w.-]*[A-Z]/.test(rest) && /^([a-z]{2,6}\.)?(anthropic|amazon|meta|mistral|cohere|deepseek|ai21)\./i.test(rest)
  ) {
    lines.push(`Bedrock's IDs are in lower case: "${rest.toLowerCase()}".`)
  }
  const isAnthropicName = /^claude-[\w-]*\d[\w-]*$/.test(rest) && /-(\d{8}|\d-\d|\d)$/.test(rest)
  if (isAnthropicName) {
    lines.push(`"${rest}" looks like a model name of Anthropic's own API. Bedrock's IDs begin with "anthropic.".`)
  }
  return parts.length > 0 ? [...lines, `Without ${parts.length > 1 ? "them" : "it"}: "${rest.trim()}".`] : lines
}
