/** Describes the provider's notices to the user. */
import * as Spending from "@altimate-code/agent/session/Spending"
import type { UnknownBaseModel } from "@altimate-code/provider/ModelChoice"
import type { Notice } from "@altimate-code/provider/Notice"
import * as Option from "effect/Option"
import type { KnownModel } from "./knownModels.ts"

type ThinkingNotice = Extract<Notice, { readonly _tag: "Thinking" }>["notice"]

export const describeNotice = (notice: Notice): string => {
  switch (notice._tag) {
    case "NotStreamed":
      return `The gateway does not stream: ${notice.message}. Answers are now requested without streaming and appear when they are complete. `
        + "To skip this check, set \"streaming\": \"off\" in provider.amazon-bedrock.options."
    case "FieldDropped":
      return `Requests are sent without ${notice.field}, which was refused (${notice.message}). `
        + `To leave it out from the start, set options.drop to [${
          notice.dropped.map((name) => `"${name}"`).join(", ")
        }].`
    case "Thinking":
      return describeThinking(notice.notice)
  }
}

/** Warns if a cost limit can't be enforced, or counts only a part of the session. */
export const describeCostLimit = ({ maxCost, model: { id, price }, spending = Spending.none }: {
  readonly maxCost: Option.Option<number>
  readonly model: Pick<KnownModel, "id" | "price">
  /** Of the session so far. */
  readonly spending?: Spending.Spending
}): ReadonlyArray<string> =>
  Option.match(maxCost, {
    onNone: () => [],
    onSome: (limit) => [
      ...(Option.isSome(price)
        ? []
        : [
          `The cost limit of ${
            Spending.formatDollars(limit)
          } can't be enforced, because the price of ${id} is unknown. `
          + `To set it: provider."amazon-bedrock".models."${id}".cost in altimate-code.json, in US dollars per million tokens.`
        ]),
      ...Spending.explain(spending).map((why) => `The cost limit does not count the whole session so far. ${why}`)
    ]
  })
const unsentReasons = {
  unknown: "it is not in the catalog. If it is another name for a known model, set its baseModel",
  fixed: "it has no setting for it",
  none: "it cannot think"
}

const describeThinking = (notice: ThinkingNotice): string => {
  const { model } = notice
  switch (notice._tag) {
    case "EffortReplaced":
      return `${model} does not have effort ${notice.effort}. Effort ${notice.used} is used.`
    case "AlwaysThinks":
      return `${model} always thinks: effort off has no effect. It thinks least with effort low.`
    case "ThinksBetweenTools":
      return `${model} still thinks between tool calls: that cannot be turned off.`
    case "SamplingLeftOut":
      return `The configured temperature or topP is not sent: ${model} refuses it while it thinks.`
    case "EffortIgnored":
      return `Effort ${notice.effort} is not sent to ${model}, because ${unsentReasons[notice.why]}.`
    case "BudgetReplaced":
      return `${model} does not accept a thinking budget. Effort ${notice.used} is used instead of ${
        formatCount(notice.budget)
      } tokens.`
    case "BudgetChanged":
      return `The thinking budget is ${formatCount(notice.used)} tokens instead of ${formatCount(notice.budget)}: `
        + `it must be at least 1,024 and leave room for the answer in maxTokens (${formatCount(notice.maxTokens)}).`
    case "NoRoom":
      return `${model} answers without thinking, because maxTokens (${
        formatCount(notice.maxTokens)
      }) leaves no room for it. It needs at least 2,048.`
  }
}

const formatCount = (count: number): string => count.toLocaleString("en-US")

export const describeUnknownBaseModel = ({ baseModel, from, name, similar }: UnknownBaseModel): string =>
  `the baseModel "${baseModel}" of the model "${name}" is not known (${from}); `
  + (similar.length === 0
    ? "altimate-code models lists the known ones."
    : `did you mean ${similar.join(", ")}?`)
