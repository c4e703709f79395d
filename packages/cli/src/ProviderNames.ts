/** A provider as a person knows it: `amazon-bedrock` is Amazon Bedrock; any other is called by its ID. */
export const name = (providerId: string): string => providerId === "amazon-bedrock" ? "Amazon Bedrock" : providerId
