import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { connect, createServer, Socket } from "node:net"
import { listening } from "../../../test/Listening.ts"
import { interleave } from "../src/internal/connection/addresses.ts"
import { raceAddresses } from "../src/internal/connection/connect.ts"
import { failure } from "./machine.ts"

const host = { host: "gateway.test", to: "gateway.test" }

/** Addresses that connect, fail or do not answer, as the test decides. */
const network = () => {
  const opened = new Map<string, Socket>()
  return {
    opened,
    addresses: () => [...opened.keys()],
    open: (address: string) => {
      const socket = new Socket()
      opened.set(address, socket)
      return socket
    },
    fail: (address: string, code: string) => opened.get(address)!.destroy(Object.assign(new Error(code), { code })),
    /** Connects the address to a port of this machine. */
    connect: (address: string, port: number) => void opened.get(address)!.connect(port, "127.0.0.1")
  }
}

const closed = (socket: Socket | undefined) => new Promise((resolve) => socket!.once("close", resolve))

describe("a connection to a host with several addresses", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
  afterEach(() => void vi.useRealTimers())

  /** Does not use the clock, which is stopped here. */
  const untilOpened = (count: number, { opened }: ReturnType<typeof network>) =>
    Effect.promise(async () => {
      while (opened.size < count) await new Promise((resolve) => setImmediate(resolve))
    })

  it("tries the next one after 250 ms", () => {
    const { addresses, open } = network()
    const controller = new AbortController()
    raceAddresses(["10.0.0.1", "2001:db8::1", "10.0.0.2"], host, controller.signal, open).catch(() => {})
    assert.deepStrictEqual(addresses(), ["10.0.0.1"])
    vi.advanceTimersByTime(249)
    assert.deepStrictEqual(addresses(), ["10.0.0.1"])
    vi.advanceTimersByTime(1)
    assert.deepStrictEqual(addresses(), ["10.0.0.1", "2001:db8::1"])
    vi.advanceTimersByTime(250)
    assert.deepStrictEqual(addresses(), ["10.0.0.1", "2001:db8::1", "10.0.0.2"])
    controller.abort()
  })

  it.scoped("keeps trying the earlier ones: a slow first address may still win, and the others are closed", () =>
    Effect.gen(function*() {
      const port = yield* listening(createServer())
      const net = network()
      const racing = raceAddresses(["10.0.0.1", "2001:db8::1"], host, new AbortController().signal, net.open)
      vi.advanceTimersByTime(60_000)
      const loser = closed(net.opened.get("2001:db8::1"))
      net.connect("10.0.0.1", port)
      assert.strictEqual(yield* Effect.promise(() => racing), net.opened.get("10.0.0.1"))
      yield* Effect.promise(() => loser)
    }))

  it.scoped("tries the next one immediately when one fails", () =>
    Effect.gen(function*() {
      const port = yield* listening(createServer())
      const net = network()
      const racing = raceAddresses(["10.0.0.1", "2001:db8::1"], host, new AbortController().signal, net.open)
      net.fail("10.0.0.1", "ECONNREFUSED")
      yield* untilOpened(2, net)
      net.connect("2001:db8::1", port)
      assert.strictEqual(yield* Effect.promise(() => racing), net.opened.get("2001:db8::1"))
    }))

  it.effect("fails when all addresses have failed, and names each", () =>
    Effect.gen(function*() {
      const net = network()
      const racing = failure(
        raceAddresses(["2001:db8::1", "10.0.0.1", "10.0.0.2"], host, new AbortController().signal, net.open)
      )
      const failed = yield* Effect.fork(racing)
      yield* untilOpened(1, net)
      for (
        const [index, [address, code]] of [
          ["2001:db8::1", "ENETUNREACH"],
          ["10.0.0.1", "ECONNREFUSED"],
          ["10.0.0.2", "ECONNREFUSED"]
        ].entries()
      ) {
        yield* untilOpened(index + 1, net)
        net.fail(address!, code!)
      }
      const error = yield* failed
      assert.strictEqual(error.message, "ENETUNREACH (2001:db8::1), ECONNREFUSED (10.0.0.1, 10.0.0.2)")
      assert.strictEqual(error.code, "ECONNREFUSED")
    }))

  it.effect("closes all of them when it is aborted", () =>
    Effect.gen(function*() {
      const net = network()
      const controller = new AbortController()
      const racing = raceAddresses(["10.0.0.1", "10.0.0.2"], host, controller.signal, net.open)
      vi.advanceTimersByTime(250)
      const all = [...net.opened.values()].map(closed)
      controller.abort(new Error("enough"))
      assert.strictEqual((yield* failure(racing)).message, "enough")
      yield* Effect.promise(() => Promise.all(all))
      vi.advanceTimersByTime(60_000)
      assert.lengthOf(net.addresses(), 2)
    }))
})

describe("addresses", () => {
  it("alternate between IPv6 and IPv4, beginning with the family of the first", () => {
    for (
      const [given, expected] of [
        [["6::1", "6::2", "1.0.0.1", "1.0.0.2"], ["6::1", "1.0.0.1", "6::2", "1.0.0.2"]],
        [["1.0.0.1", "1.0.0.2", "1.0.0.3", "6::1"], ["1.0.0.1", "6::1", "1.0.0.2", "1.0.0.3"]],
        [["1.0.0.1"], ["1.0.0.1"]],
        [[], []]
      ] as const
    ) assert.deepStrictEqual(interleave(given), [...expected])
  })

  it.scoped("of this machine are tried with real sockets, including some that do not answer", () =>
    Effect.gen(function*() {
      const port = yield* listening(createServer())
      const socket = yield* Effect.promise(() =>
        raceAddresses(
          ["127.0.0.2", "::1", "127.0.0.1"],
          host,
          new AbortController().signal,
          (address) => connect({ host: address, port })
        )
      )
      assert.strictEqual(socket.remoteAddress, "127.0.0.1")
      socket.destroy()
    }))
})
