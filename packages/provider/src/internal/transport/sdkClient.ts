/** What of the AWS SDK is used, named one by one so that a bundler leaves out the rest. */
export { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
export { EventStreamCodec, getMessageUnmarshaller } from "@smithy/core/event-streams"
