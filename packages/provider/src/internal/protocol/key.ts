/**
 * The key for this provider's metadata in response parts and its options in prompt parts. It is not `bedrock`, to avoid conflicts with other
 * Bedrock packages.
 */
export const key = "altimate-code-bedrock"
