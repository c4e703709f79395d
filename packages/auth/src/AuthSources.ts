/**
 * All sources of credentials, for programs without configuration files.
 *
 * @since 0.1.0
 */
import type { ConfigError } from "@altimate-code/config/ConfigError"
import * as Directories from "@altimate-code/config/Directories"
import type { GivenSettings } from "@altimate-code/config/given/GivenSettings"
import * as Settings from "@altimate-code/config/Settings"
import type { Network } from "@altimate-code/network/Network"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Layer from "effect/Layer"
import * as Auth from "./Auth.ts"
import * as AwsCredentials from "./AwsCredentials.ts"
import * as CredentialStore from "./CredentialStore.ts"
import * as TokenCommand from "./TokenCommand.ts"

/**
 * What a configuration file would have. `environment` is that of `tokenCommand`.
 *
 * @since 0.1.0
 * @category models
 */
export type Options = Pick<GivenSettings, "apiKey" | "profile" | "tokenCommand"> & Partial<TokenCommand.Options>

/**
 * Tries all sources in the order of `TokenPrecedence`, as the layer of `Auth` does, with the values that configuration files would have given in code. Fails
 * with `Value` or `Type` if one of them is invalid.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  { environment = {}, onStderr, timeLimit, ...given }: Options = {}
): Layer.Layer<
  Auth.Auth | AwsCredentials.AwsCredentials,
  ConfigError,
  Network | FileSystem.FileSystem | Path.Path
> =>
  Layer.merge(Auth.layer, AwsCredentials.layer).pipe(
    Layer.provide([
      CredentialStore.layer,
      TokenCommand.layer({
        environment,
        ...(onStderr !== undefined && { onStderr }),
        ...(timeLimit !== undefined && { timeLimit })
      })
    ]),
    Layer.provide([Directories.layer, Layer.effect(Settings.Settings, Settings.make(given))]),
    Layer.fresh
  )
