/** The services that commands use, and their live layers. */
import * as PermissionPolicy from "@altimate-code/agent/permission/PermissionPolicy"
import type * as TokenPrecedence from "@altimate-code/auth/TokenPrecedence"
import type { Directories } from "@altimate-code/config/Directories"
import type * as RegionFallback from "@altimate-code/config/RegionFallback"
import type * as TrustPolicy from "@altimate-code/config/trust/TrustPolicy"
import type { Secrets } from "@altimate-code/log/Secrets"
import type * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import type * as EndpointPolicy from "@altimate-code/provider/EndpointPolicy"
import * as RetryPolicy from "@altimate-code/provider/RetryPolicy"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
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

/**
 * The live policies. The others are references and apply without being provided. Not merged from layers: that takes more than a thousand operations,
 * which matters for a short command.
 */
export const livePolicies = Context.make(PermissionPolicy.PermissionPolicy, PermissionPolicy.standard).pipe(
  Context.add(RetryPolicy.RetryPolicy, RetryPolicy.longTasks)
) as Context.Context<Policies>

/** The same as a layer. */
export const policies: Layer.Layer<Policies> = Layer.succeedContext(livePolicies)

/** The machine that the program runs on. */
export type Platform =
  | FileSystem.FileSystem
  | Path.Path
  | Stdio

/** The services that the handler of a command may require. */
export type Services = Directories | Platform | Policies | Secrets
