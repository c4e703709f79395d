/**
 * How a connection reaches a host: proxies, certificate authorities, the client certificate, and the HTTP version.
 *
 * @since 0.1.0
 */
import type { ConfigError } from "@altimate-code/config/ConfigError"
import type { GivenLimits, GivenNetwork } from "@altimate-code/config/given/GivenSettings"
import * as Settings from "@altimate-code/config/Settings"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Fetch } from "./Fetch.ts"
import type { Stage } from "./Inspection.ts"
import { toHostError } from "./internal/connection/hostFailure.ts"
import { chooseRoute } from "./internal/route/chooseRoute.ts"
import { makePlanner } from "./internal/route/makePlanner.ts"
import type { NetworkError } from "./NetworkError.ts"
import type * as RequestHandler from "./RequestHandler.ts"
import type { Route } from "./Route.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The route to an absolute http or https URL. */
  readonly route: (url: string) => Effect.Effect<Route, NetworkError>
  /** A handler with its own connections, which are closed with the scope. */
  readonly handler: (
    options?: RequestHandler.Options
  ) => Effect.Effect<RequestHandler.RequestHandler, never, Scope.Scope>
  /**
   * `fetch` over the same routes, with its own connections. Rejects with a `NetworkError`, with an error that has a Node.js `code` if a response is
   * cut off, or with the reason of the abort signal. Uses the HTTP version that the host speaks. `options.timeout` limits connecting and the wait
   * for the response headers. Redirects are returned, never followed, whatever the `redirect` option: the caller decides which host gets its
   * headers. Compressed responses are decoded as by `handler`.
   */
  readonly fetch: Fetch
  /** Connects to the URL's host without sending a request, and reports each step. `options.timeout.connect` limits each connection. */
  readonly inspect: (
    url: string,
    options?: Pick<RequestHandler.Options, "http2">
  ) => Stream.Stream<Stage, NetworkError>
}

/**
 * Connects to hosts.
 *
 * @since 0.1.0
 * @category services
 */
export class Network extends Context.Tag("@altimate-code/network/Network")<Network, Service>() {}

/** How long an SDK client's connection may be idle. Gateways, VPNs and firewalls keep idle connections open longer than this. */
const clientIdleTime = Duration.seconds(30)

/**
 * The same for `fetch`. It is shorter because many servers close idle connections after five seconds, and a request that is lost on a closing
 * connection is not retried.
 */
const fetchIdleTime = Duration.seconds(4)

/**
 * How connections are made, if a program gives it in code.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Omit<GivenNetwork, "timeout"> {
  /** Time limits for connecting, and for the response headers of `fetch`. */
  readonly timeout?: Pick<GivenLimits, "connect" | "firstByte"> | undefined
}

/**
 * Connects as these options and the environment say; see `layerSettings`. Fails with `Value` or `Type` if an option is invalid. Files are read when a
 * request first needs them.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Network, ConfigError> =>
  // Fresh: otherwise two networks with different options in one program would be one.
  Layer.fresh(Layer.provide(layerSettings, Layer.effect(Settings.Settings, Settings.make(options))))

/**
 * Connects as the settings and the environment say. Both are read when a request first needs them.
 *
 * The proxy is `options.proxy`, or `https_proxy` or `http_proxy` (depending on the URL's scheme), or `all_proxy`. Each variable may be in lower or
 * upper case; lower case takes precedence. `no_proxy` excludes hosts from all of them, but not from a proxy that the program gives in code. As in curl, hosts on this machine are not excluded
 * automatically.
 *
 * The trusted authorities are those of Node.js and the system, and those in `NODE_EXTRA_CA_CERTS`, `AWS_CA_BUNDLE` (unless the program gives
 * `caFile` in code) and `options.caFile`.
 * Certificates are always verified.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Service, never, Settings.Settings | Scope.Scope> = Effect.gen(function*() {
  const { gateway } = yield* Settings.Settings
  const secrets = yield* Secrets
  const plan = yield* makePlanner(gateway)
  const runtime = yield* Effect.runtime<never>()

  /** Rejects with the error itself, not with a `FiberFailure` around it. */
  const run = async <A>(effect: Effect.Effect<A, NetworkError>): Promise<A> =>
    Exit.getOrElse(await Runtime.runPromiseExit(runtime)(effect), (cause) => {
      throw cause._tag === "Fail" ? cause.error : new Error("the route to a host could not be chosen")
    })

  const connect = Duration.decode(gateway.limits.connect ?? "10 seconds")

  /** The AWS SDK's modules are loaded with the first request. */
  const makeHandler =
    (idleTime: Duration.Duration): Service["handler"] => ({ connectTimeout = connect, http2 = false } = {}) =>
      Effect.map(
        Effect.acquireRelease(
          Effect.sync(() => {
            let loaded:
              | Promise<Pick<RequestHandler.RequestHandler, "handle"> & { readonly destroy: () => void }>
              | undefined
            const load = () =>
              loaded ??= Promise.all([
                import("./internal/http/makeHandler.ts"),
                http2 ? import("./internal/http/http2.ts") : {}
              ]).then(([{ makeHandler }, protocol]) =>
                makeHandler((url) => run(plan(url)), {
                  connectTimeout: Duration.decode(connectTimeout),
                  idleTime,
                  ...protocol
                })
              )
            return { load, destroy: () => void loaded?.then(({ destroy }) => destroy()) }
          }),
          ({ destroy }) => Effect.sync(destroy)
        ),
        ({ load }): RequestHandler.RequestHandler => ({
          // In HTTP/2 too: otherwise the SDK signs a header that is lost if the gateway speaks HTTP/1.1 to its backend.
          metadata: { handlerProtocol: "http/1.1" },
          handle: async (request, options) => (await load()).handle(request, options)
        })
      )

  const fetchHandlers = {
    http1: yield* makeHandler(fetchIdleTime)({ http2: false }),
    http2: yield* makeHandler(fetchIdleTime)({ http2: true }),
    firstByte: Duration.decode(gateway.limits.firstByte ?? "5 minutes")
  }
  let loadedFetch: Promise<Fetch> | undefined

  return Network.of({
    route: (url) => Effect.provideService(chooseRoute(url, gateway.proxy), Secrets, secrets),
    handler: makeHandler(clientIdleTime),
    fetch: async (url, init) => {
      loadedFetch ??= import("./internal/http/makeFetch.ts").then(({ makeFetch }) => makeFetch(fetchHandlers))
      return (await loadedFetch)(url, init)
    },
    inspect: (url, { http2 = gateway.http2 } = {}) =>
      Effect.gen(function*() {
        const connection = yield* plan(url)
        const { inspect } = yield* Effect.promise(() => import("./internal/connection/inspect.ts"))
        return Stream.fromAsyncIterable(
          inspect(url, connection, http2 ? "h2" : "http/1.1", connect),
          toHostError(url)
        )
      }).pipe(Stream.unwrap)
  })
})

/**
 * See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSettings: Layer.Layer<Network, never, Settings.Settings> = Layer.scoped(Network, make)
