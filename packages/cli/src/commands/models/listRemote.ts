/** `altimate-code models --remote` */
import { RemoteModels } from "@altimate-code/provider/listing/RemoteModels"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Stdio, writeJson } from "../../command-line/Stdio.ts"
import * as Bedrock from "../../model/bedrock.ts"
import { selectableModels } from "../../model/knownModels.ts"
import * as Remote from "../../model/remoteModels.ts"
import * as TokenCommands from "../../model/tokenCommands.ts"
import * as ModelTable from "./modelTable.ts"

export const listRemote = ({ format, refresh }: { readonly format: "text" | "json"; readonly refresh: boolean }) =>
  Effect.gen(function*() {
    const { write, writeError } = yield* Stdio
    const remote = yield* RemoteModels
    const list = yield* Effect.mapError(refresh ? remote.refresh : remote.list, Remote.explain)
    const gap = Remote.describeGaps(list)
    if (Option.isSome(gap)) yield* writeError(`note: ${gap.value}\n`)
    if (list.source === "None") {
      const known = yield* selectableModels
      return yield* format === "json" ? writeJson(known.map(ModelTable.toJson), 2) : write(ModelTable.render(known))
    }
    const offers = yield* Remote.combine(list)
    yield* format === "json"
      ? writeJson(yield* ModelTable.offersToJson(offers), 2)
      : write(yield* ModelTable.renderOffers(offers))
  }).pipe(
    Effect.provide(
      Remote.layer.pipe(Layer.provide(Layer.provide(Bedrock.client, TokenCommands.inTerminal)))
    )
  )
