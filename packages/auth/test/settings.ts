import * as Gateway from "@altimate-code/config/Gateway"
import type { Setting } from "@altimate-code/config/Origin"
import { defaults, Settings } from "@altimate-code/config/Settings"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** The default settings with these changes. */
export const settings = (given: {
  readonly profile?: Setting<string> | undefined
  readonly awsProfile?: string
  readonly gateway?: Partial<Gateway.Gateway> | undefined
}) =>
  Layer.succeed(Settings, {
    ...defaults,
    gateway: { ...Gateway.defaults, ...given.gateway },
    profile: Option.fromNullable(given.profile),
    awsProfile: Option.map(Option.fromNullable(given.awsProfile), (value): Setting<string> => ({
      value,
      origin: { _tag: "Environment", variable: "AWS_PROFILE" }
    }))
  })
