import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

// The SDK exports a lookup by region but not the list itself, so the list is read from the file that the lookup uses.
const file = join(
  dirname(createRequire(import.meta.url).resolve("@aws-sdk/core/package.json")),
  "dist-es/submodules/client/util-endpoints/lib/aws/partitions.js"
)
const source = readFileSync(file, "utf8")

const { partitions }: { readonly partitions: ReadonlyArray<{ readonly regions: Readonly<Record<string, unknown>> }> } =
  JSON.parse(source.slice(source.indexOf("{"), source.lastIndexOf("}") + 1))

/** Every region of every AWS partition, with the partitions' pseudo-regions such as `aws-global`. */
export const awsRegions: ReadonlyArray<string> = partitions.flatMap(({ regions }) => Object.keys(regions))
