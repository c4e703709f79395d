/** What other tools and services add to a model's ID, which Bedrock does not know. Pure. */

interface Foreign {
  /** As it is in the ID. */
  readonly part: string
  /** Whose way of writing it is, and what it means there, as the rest of a sentence. */
  readonly meaning: string
  /** The ID without it. */
  readonly without: string
}

/** Each takes off one part. Ends of real IDs (`-v1:0`, `:0:200k`, `:1m`) are not among them. */
const patterns: ReadonlyArray<readonly [pattern: RegExp, meaning: string]> = [
  [/\[\w+\]$/, "is how Claude Code asks for a larger context window"],
  [
    /:(thinking|free|beta|extended|nitro|floor|online|exacto|minimal|low|medium|high|xhigh|max)$/i,
    "is how OpenRouter and other tools ask for a variant"
  ],
  [/-thinking$/i, "is how other tools ask for reasoning"],
  [/@[\w.-]*$/, "is how Google's Vertex AI names a version"],
  [/-latest$/i, "is how Anthropic's own API names the newest version"],
  [/[#?].*$/, "is no part of an ID"],
  [/^(?!arn:)(?:[\w.-]+\/)+/, "is how other tools name a provider or route"],
  [
    /^(?:us|eu|apac|jp|au|ca|in|global|us-gov)\.(?=(?:us|eu|apac|jp|au|ca|in|global|us-gov)\.)/,
    "is a second prefix for a region"
  ]
]

/** All that is in this ID, with what is left of it in the end. */
export const foreignParts = (id: string): { readonly parts: ReadonlyArray<Foreign>; readonly left: string } => {
  const parts: Array<Foreign> = []
  let left = id
  if (id.startsWith("arn:")) return { parts, left }
  for (const [pattern, meaning] of patterns) {
    const part = pattern.exec(left)?.[0]
    if (part === undefined || part.length === left.length) continue
    left = left.replace(pattern, "")
    parts.push({ part, meaning, without: left })
  }
  return { parts, left }
}

/** A hint's lines; none where the ID looks like one of Bedrock's, or like a gateway's own name. */
export const foreignLines = (id: string): ReadonlyArray<string> => {
  const { left, parts } = foreignParts(id)
  const trimmed = id.trim()
  const lines = parts.map(({ meaning, part }) =>
    `A likely cause: "${part}" in "${id}" ${meaning}; Bedrock does not know it.`
  )
  if (trimmed !== id) lines.push(`There are blanks around "${trimmed}".`)
  if (
    /^[\w.-]*[A-Z]/.test(left) && /^([a-z]{2,6}\.)?(anthropic|amazon|meta|mistral|cohere|deepseek|ai21)\./i.test(left)
  ) {
    lines.push(`Bedrock's IDs are in lower case: "${left.toLowerCase()}".`)
  }
  const own = /^claude-[\w-]*\d[\w-]*$/.test(left) && /-(\d{8}|\d-\d|\d)$/.test(left)
  if (own) lines.push(`"${left}" looks like the name in Anthropic's own API; Bedrock's IDs begin with "anthropic.".`)
  return parts.length > 0 ? [...lines, `Without it: "${left.trim()}".`] : lines
}
