/**
 * How a connection reaches a host: proxies, trusted authorities, the client's certificate, and the version of HTTP.
 *
 * @since 0.1.0
 */
import { Settings } from "@altimate-code/config/Settings"
import { Secrets } from "@altimate-code/log/Secrets"
import type * as FileSystem from "@effect/platform/FileSystem"
import type { NodeHttpHandler } from "@smithy/node-http-handler"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"
import type { Stage } from "./Inspection.ts"
import { unreachable } from "./internal/connection/unreachable.ts"
import { load as loadSmithy } from "./internal/http/smithy.ts"
import { decide } from "./internal/route/decide.ts"
import { makePrepare } from "./internal/route/prepare.ts"
import type { NetworkError } from "./NetworkError.ts"
import type { Route } from "./Route.ts"

/**
 * A request handler for the AWS SDK's clients. It fails with a `NetworkError`, with an error that has Node's `code`, such as
 * `ECONNREFUSED` or `ECONNRESET`, or with the reason of the signal. Aborting a request closes its connection, or its stream in
 * HTTP/2. Compressed answers are decoded (gzip, deflate, br, and zstd where Node.js has it); of a coding that is not known here the
 * `content-encoding` stays.
 *
 * @since 0.1.0
 * @category models
 */
export type Handler = Pick<NodeHttpHandler, "destroy" | "handle" | "metadata">

/**
 * The part of the platform's `fetch` that takes a URL.
 *
 * @since 0.1.0
 * @category models
 */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/**
 * @since 0.1.0
 * @category models
 */
export interface HandlerOptions {
  /** Time limit for connecting, proxy and TLS included. `options.timeout.connect`, or 10 seconds, unless given. */
  readonly connectTimeout?: Duration.DurationInput
  /** HTTP/2 alone; otherwise HTTP/1.1 alone. */
  readonly http2?: boolean
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** By which way an absolute http or https URL is reached. */
  readonly route: (url: string) => Effect.Effect<Route, NetworkError>
  /** A handler with connections of its own, until it is destroyed. */
  readonly handler: (options?: HandlerOptions) => Handler
  /**
   * `fetch` by the same routes, with connections of its own. Rejects with a `NetworkError`, with an error that has Node's `code`
   * when an answer breaks off, or with the reason of the signal. The version of HTTP is the one that the host
   * speaks; `options.timeout` limits connecting and the wait for an answer's head. Redirects are never followed, whatever
   * `redirect` is: they are answers, and the caller decides which host gets its headers. Compressed answers are decoded as by `handler`.
   */
  readonly fetch: Fetch
  /** Connects to the URL's host, sends nothing, and reports each step. `options.timeout.connect` limits each connection. */
  readonly inspect: (url: string, options?: Pick<HandlerOptions, "http2">) => Stream.Stream<Stage, NetworkError>
}

/**
 * How hosts are reached.
 *
 * @since 0.1.0
 * @category services
 */
export class Network extends Context.Tag("@altimate-code/network/Network")<Network, Service>() {}

/** How long a connection of an SDK client may go unused: shorter than what gateways, VPNs and firewalls keep one open. */
const clientIdle = Duration.seconds(30)

/**
 * Shorter, since nobody repeats what was lost on a connection that the other end was about to close: many servers close theirs
 * after five seconds.
 */
const fetchIdle = Duration.seconds(4)

/**
 * As the options and the environment say; each is looked at when a request needs it.
 *
 * The proxy is `options.proxy`, else `https_proxy` or `http_proxy` (by the URL's scheme), else `all_proxy`, each in either
 * case, the lower one first; `no_proxy` keeps hosts from all of them. Hosts of this machine are no exception, as in curl.
 *
 * Trusted are Node's own authorities and those of the system, `NODE_EXTRA_CA_CERTS`, `AWS_CA_BUNDLE` and
 * `options.caFile`. Certificates are always verified.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Network, never, Settings | Secrets | FileSystem.FileSystem> = Layer.scoped(
  Network,
  Effect.gen(function*() {
    const { gateway } = yield* Settings
    const secrets = yield* Secrets
    const prepare = yield* makePrepare(gateway)
    const runtime = yield* Effect.runtime<never>()

    /** The failure itself, and not the fiber's, which holds it. */
    const run = async <A>(effect: Effect.Effect<A, NetworkError>): Promise<A> =>
      Exit.getOrElse(await Runtime.runPromiseExit(runtime)(effect), (cause) => {
        throw cause._tag === "Fail" ? cause.error : new Error("the way to a host could not be decided")
      })

    const connect = Duration.decode(gateway.limits.connect ?? "10 seconds")
    const makeHandler =
      (idle: Duration.Duration): Service["handler"] => ({ connectTimeout = connect, http2 = false } = {}) => {
        let loaded: Promise<Pick<Handler, "destroy" | "handle">> | undefined
        const load = () =>
          loaded ??= Promise.all([import("./internal/http/handler.ts"), loadSmithy()]).then(
            ([{ make }, smithy]) =>
              make(smithy, (url) => run(prepare(url)), {
                connectTimeout: Duration.decode(connectTimeout),
                http2,
                idle
              })
          )
        return {
          // In HTTP/2 too: told otherwise, the SDK signs a header that a gateway which speaks HTTP/1.1 behind can't check.
          metadata: { handlerProtocol: "http/1.1" },
          handle: async (request, options) => (await load()).handle(request, options),
          destroy: () => void loaded?.then(({ destroy }) => destroy())
        }
      }

    const open = (http2: boolean) =>
      Effect.acquireRelease(
        Effect.sync(() => makeHandler(fetchIdle)({ http2 })),
        ({ destroy }) => Effect.sync(destroy)
      )
    const handlers = {
      http1: yield* open(false),
      http2: yield* open(true),
      firstByte: Duration.decode(gateway.limits.firstByte ?? "5 minutes")
    }
    let fetching: Promise<Fetch> | undefined

    return Network.of({
      route: (url) => Effect.provideService(decide(url, gateway.proxy), Secrets, secrets),
      handler: makeHandler(clientIdle),
      fetch: async (url, init) => {
        fetching ??= Promise.all([import("./internal/http/fetch.ts"), loadSmithy()]).then(
          ([{ makeFetch }, smithy]) => makeFetch(smithy, handlers)
        )
        return (await fetching)(url, init)
      },
      inspect: (url, { http2 = gateway.http2 } = {}) =>
        Effect.gen(function*() {
          const way = yield* prepare(url)
          const { inspect } = yield* Effect.promise(() => import("./internal/connection/inspect.ts"))
          return Stream.fromAsyncIterable(
            inspect(url, way, http2 ? "h2" : "http/1.1", connect),
            unreachable(url)
          )
        }).pipe(Stream.unwrap)
    })
  })
)
