/** Decides which spans are exported. */
import * as Context from "effect/Context"
import * as Tracer from "effect/Tracer"

/** The spans that docs/telemetry.md lists. Others describe how this program works inside, and change with it. */
const isExported = (name: string): boolean =>
  /^(Turn\.run|Toolkit\.handle|LanguageModel\.\w+|POST \/model\/.+)$/.test(name)

/** A span that is not exported. Effect gives its children the next span above it that is, if any. */
const makeInternalSpan = (
  ...[name, parent, context, links, startTime, kind]: Parameters<Tracer.Tracer["span"]>
): Tracer.Span => ({
  _tag: "Span",
  name,
  parent,
  context: Context.add(context, Tracer.DisablePropagation, true),
  links,
  kind,
  status: { _tag: "Started", startTime },
  spanId: "internal",
  traceId: "internal",
  sampled: false,
  attributes: new Map(),
  attribute: () => {},
  event: () => {},
  addLinks: () => {},
  end: () => {}
})

/** A tracer that only gets the spans that are exported. */
export const withoutInternalSpans = (tracer: Tracer.Tracer): Tracer.Tracer =>
  Tracer.make({
    context: tracer.context,
    span: (...args) => isExported(args[0]) ? tracer.span(...args) : makeInternalSpan(...args)
  })
