/** The AWS SDK, configured for a gateway: HTTP/1.1 and a single attempt. */
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime"
import { NodeHttpHandler } from "@smithy/node-http-handler"
import * as Effect from "effect/Effect"

export const region = "eu-central-1"

/** A client, closed with the scope. */
export const client = (endpoint: string, config: BedrockRuntimeClientConfig) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      new BedrockRuntimeClient({ endpoint, region, maxAttempts: 1, requestHandler: new NodeHttpHandler(), ...config })
    ),
    (client) => Effect.sync(() => client.destroy())
  )

export const bearer = (token: string): BedrockRuntimeClientConfig => ({
  token: { token },
  authSchemePreference: ["httpBearerAuth"]
})

export const keys = (
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
): BedrockRuntimeClientConfig => ({ credentials, authSchemePreference: ["sigv4"] })

/** The result of a promise of the SDK; its rejection becomes a failure. */
export const settled = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (error) =>
      error as Error & { readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string } }
  })
