/** Words for the source of a credential. */
import { describe, type Setting } from "@altimate-code/config/Origin"
import { printable } from "@altimate-code/log/Printable"
import * as Option from "effect/Option"

export const chainName = "AWS credential chain"

export const chainPlace = (profile: Option.Option<Setting<string>>, chain: string) =>
  Option.match(profile, {
    onNone: () => chain,
    onSome: ({ origin, value }) => `AWS profile ${printable(value)}, chosen by ${describe(origin)}`
  })
