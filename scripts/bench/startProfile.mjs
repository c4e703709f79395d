// The part of docs/performance.md that is written by hand, because a profile has to be read.

/** Where the time of `run hello` goes. Measured with `--cpu-prof` every 0.2 ms on the bundle without minifying, and `perf stat -e page-faults`. */
export const startProfile = `## Where the time of \`run hello\` goes

A profile of the main thread, scaled to the processor time that the command takes beyond \`node -e 0\` on a machine like the one below (about 390 of
460 ms). It was taken on a busy machine, which makes garbage collection look longer than it is: V8 waits for its helper threads.

| Part | ms | What it is |
| --- | --- | --- |
| Node | 70 | What \`node -e 0\` takes. |
| Garbage collection | 100 | About 25 small collections of the young generation and one large one. Nearly all that is created while loading survives, so it is copied twice. |
| Effect operations and our code in them | 95 | Settings, credential, session, tools, request and answer. Most of it runs once, without optimized code. |
| Loading compiled code | 60 | V8 rebuilds the functions of 94 chunks from 3 MB. |
| Evaluating modules | 50 | Mostly Effect itself, and the schemas of the configuration, of sessions and of \`@effect/ai\`. |
| Callbacks | 25 | The SDK's client, sockets, and promises. |
| Node's modules | 20 | Loading \`http\`, \`net\`, streams, \`zlib\`, \`crypto\` and others. |
| Reading files | 20 | 94 chunks, and the file with their compiled code. |
| Native code | 20 | What the profiler does not attribute to a function. |

Page faults are part of all of them: 4,700 beyond Node's own 1,860, at about 20 µs on this machine, which is a quarter of the time. About a third of
them is memory for compiled code, a third for copies made by garbage collection.

What was tried without a gain: a larger young generation (more page faults), no incremental marking, no parallel collection, no Sparkplug, later
feedback for V8's inline caches, looking up paths in the main thread (a quarter fewer context switches, but no less time), making the schemas of
\`@effect/ai\` when they are used (nearly all are used), closures of \`dual\` only when they are needed, and a V8 snapshot.

`
