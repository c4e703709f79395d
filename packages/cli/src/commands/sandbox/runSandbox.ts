/** Starts the sandbox gateway and prints how to use it. */
import type { ModelLists } from "@altimate-code/sandbox/ModelLists"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import * as Script from "@altimate-code/sandbox/Script"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { CliError } from "../../command-line/failure/CliError.ts"
import { Stdio } from "../../command-line/Stdio.ts"

/** The values of the command line. */
export interface SandboxOptions {
  readonly port: number
  readonly prefix: string
  /** The path of a script. */
  readonly script: Option.Option<string>
  /** Which list of models it answers. */
  readonly models: "aws" | "gateway" | "none"
}

/** The credentials that the sandbox accepts. They are not secret: they work only for this local server, which prints them. */
const token = "sandbox-token"
const keys = { accessKeyId: "AKIASANDBOXSANDBOX00", secretAccessKey: "sandbox-secret-access-key", region: "us-east-1" }

/** A few models of each kind, to try `models --remote` and `/model` with. Sonnet has the ID of the configuration that the sandbox prints. */
const lists: Readonly<Record<SandboxOptions["models"], ModelLists>> = {
  none: {},
  gateway: { gateway: ["claude-prod", "claude-small", "us.anthropic.claude-sonnet-4-6-v1"] },
  aws: {
    controlPlane: {
      models: [
        { id: "anthropic.claude-sonnet-4-6-v1", name: "Claude Sonnet 4.6", inference: ["INFERENCE_PROFILE"] },
        { id: "anthropic.claude-opus-4-8", name: "Claude Opus 4.8", inference: ["INFERENCE_PROFILE"], access: false },
        { id: "anthropic.claude-haiku-4-5-20251001-v1:0", name: "Claude Haiku 4.5", inference: ["INFERENCE_PROFILE"] },
        { id: "anthropic.claude-fable-5", name: "Claude Fable 5", inference: ["INFERENCE_PROFILE"] },
        { id: "amazon.nova-pro-v1:0", name: "Nova Pro" },
        { id: "openai.gpt-oss-120b-1:0", name: "gpt-oss-120b" },
        {
          id: "anthropic.claude-3-haiku-20240307-v1:0",
          name: "Claude 3 Haiku",
          lifecycle: "LEGACY",
          end: "2026-03-11T00:00:00Z"
        },
        { id: "amazon.titan-embed-text-v2:0", name: "Titan Text Embeddings V2", output: ["EMBEDDING"] }
      ],
      profiles: [
        {
          id: "us.anthropic.claude-sonnet-4-6-v1",
          name: "US Claude Sonnet 4.6",
          models: ["anthropic.claude-sonnet-4-6-v1"]
        },
        { id: "us.anthropic.claude-opus-4-8", name: "US Claude Opus 4.8", models: ["anthropic.claude-opus-4-8"] },
        {
          id: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
          name: "Global Claude Haiku 4.5",
          models: ["anthropic.claude-haiku-4-5-20251001-v1:0"]
        },
        { id: "us.amazon.nova-pro-v1:0", name: "US Nova Pro", models: ["amazon.nova-pro-v1:0"] },
        { id: "a1b2c3d4e5f6", name: "team-search", type: "APPLICATION", models: ["anthropic.claude-sonnet-4-6-v1"] }
      ],
      pageSize: 2
    }
  }
}

const readScript = Effect.fn("RunSandbox.readScript")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const refuse = (message: string) =>
    new CliError({
      reason: "Usage",
      message,
      hint:
        "A script is a JSON array of turns: [{\"blocks\": [{\"type\": \"text\", \"text\": \"hi\"}]}]. docs/sandbox.md describes the format."
    })
  const text = yield* fs.readFileString(path).pipe(
    Effect.mapError((error) => refuse(`--script ${path} cannot be read: ${error.message}`))
  )
  return yield* Schema.decodeUnknown(Schema.parseJson(Script.Script), { onExcessProperty: "error" })(text).pipe(
    Effect.mapError((error) => {
      const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
      return refuse(`--script ${path}: ${formatPlace(issue!.path)}${issue!.message}`)
    })
  )
})

/** Formats the place of an error: `[0].blocks[1].type: `; empty for the script itself. */
const formatPlace = (path: ReadonlyArray<PropertyKey>): string =>
  path.length === 0
    ? ""
    : `${path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join("").replace(/^\./, "")}: `

const instructions = (url: string) =>
  `Sandbox gateway on ${url}

1. Put this in altimate-code.json, in this directory or in ~/.config/altimate-code:

   {
     "model": "amazon-bedrock/anthropic.claude-sonnet-4-6-v1",
     "provider": { "amazon-bedrock": { "options": { "baseURL": "${url}", "region": "${keys.region}" } } }
   }

2. In another terminal, run one of these:

   export AWS_BEARER_TOKEN_BEDROCK=${token}
   export AWS_ACCESS_KEY_ID=${keys.accessKeyId} AWS_SECRET_ACCESS_KEY=${keys.secretAccessKey}

3. altimate-code run "hello"

Ctrl-C stops it. Requests:
`

/** Serves requests and prints each, until it is interrupted. */
export const runSandbox = Effect.fn("RunSandbox.runSandbox")(
  function*({ models, port, prefix, script }: SandboxOptions) {
    const { write } = yield* Stdio
    const turns = yield* Effect.transposeMapOption(script, readScript)
    const sandbox = yield* Sandbox.make({
      port,
      prefix,
      lists: lists[models],
      auth: {
        bearer: [Redacted.make(token)],
        sigv4: [{ ...keys, secretAccessKey: Redacted.make(keys.secretAccessKey) }]
      },
      ...(Option.isSome(turns) ? { script: turns.value } : {})
    })
    yield* write(instructions(sandbox.url))
    for (let seen = 0; true; seen++) {
      const { authorized, headers, method, rawPath } = (yield* sandbox.waitFor((requests) =>
        requests.length > seen
      ))[seen]!
      const scheme = headers["authorization"]?.split(" ")[0] ?? "no authorization"
      yield* write(`${method} ${rawPath}  ${scheme}  ${authorized ? "accepted" : "refused"}\n`)
    }
  },
  Effect.scoped
)
