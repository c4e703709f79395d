/** The services that commands use, and their live layers. */
import * as PermissionPolicy from "@altimate-code/agent/permission/PermissionPolicy"
import * as TokenPrecedence from "@altimate-code/auth/TokenPrecedence"
import type { Directories } from "@altimate-code/config/Directories"
import * as RegionFallback from "@altimate-code/config/RegionFallback"
import * as TrustPolicy from "@altimate-code/config/trust/TrustPolicy"
import type { Secrets } from "@altimate-code/log/Secrets"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as EndpointPolicy from "@altimate-code/provider/EndpointPolicy"
import * as RetryPolicy from "@altimate-code/provider/RetryPolicy"
import type * as CommandExecutor from "@effect/platform/CommandExecutor"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Terminal from "@effect/platform/Terminal"
import * as Layer from "effect/Layer"
import type { Stdio } from "./command-line/Stdio.ts"

/** The decisions that gateways complicate. Each can be replaced by providing another layer. */
export type Policies =
  | EndpointPolicy.EndpointPolicy
  | PermissionPolicy.PermissionPolicy
  | PrefixRules.PrefixRules
  | RegionFallback.RegionFallback
  | RetryPolicy.RetryPolicy
  | TokenPrecedence.TokenPrecedence
  | TrustPolicy.TrustPolicy

/** The live policies. */
export const policies: Layer.Layer<Policies> = Layer.mergeAll(
  EndpointPolicy.layer,
  PermissionPolicy.layer,
  PrefixRules.layer,
  RegionFallback.layer,
  RetryPolicy.layerLongTasks,
  TokenPrecedence.layer,
  TrustPolicy.layer
)

/** The machine that the program runs on. */
export type Platform =
  | CommandExecutor.CommandExecutor
  | FileSystem.FileSystem
  | Path.Path
  | Terminal.Terminal
  | Stdio

/** The services that the handler of a command may require. */
export type Services = Directories | Platform | Policies | Secrets
