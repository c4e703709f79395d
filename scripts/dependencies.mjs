// What the bundle changes in its dependencies, so that the command starts quickly: what a dependency loads or makes although the program does not need
// it. The libraries are published without these changes. A build fails when a new version of a dependency no longer has the text that is replaced.
import { readFileSync } from "node:fs"

/**
 * `@effect/cli` can ask for missing options and print its own help. This program does neither (`command-line/parameter.ts`), so its
 * options come without the prompts and the printer that this would need. `auth login` loads the real prompts.
 */
const withoutWizard = {
  name: "options without a wizard",
  setup: ({ onLoad, onResolve }) => {
    const omitted = { namespace: "omitted", path: "omitted" }
    onResolve(
      { filter: /^\.\/prompt(\/\w+)?\.js$/ },
      ({ importer }) =>
        /@effect\/cli\/dist\/esm\/internal\/(args|options|primitive)\.js$/.test(importer) ? omitted : undefined
    )
    onResolve(
      { filter: /^@effect\/printer/ },
      ({ importer }) => /@effect\/cli\/dist\/esm\/internal\/helpDoc(\/span)?\.js$/.test(importer) ? omitted : undefined
    )
    // CommonJS, so that esbuild accepts the import of any name.
    onLoad({ filter: /.*/, namespace: "omitted" }, () => ({
      contents: "exports.isPrompt = () => false"
    }))
  }
}

/**
 * The AWS SDK's settings on Node look up what they are not given in the environment and in `~/.aws/config`. This program gives every
 * setting (`provider/src/internal/transport/sdk.ts`), so the code that looks them up would only take time to load.
 */
const withoutLookups = {
  name: "SDK without lookups",
  setup: ({ onLoad }) =>
    onLoad({ filter: /client-bedrock-runtime\/dist-es\/runtimeConfig\.js$/ }, () => ({
      contents: `import packageInfo from "../package.json"
        import { createDefaultUserAgentProvider } from "@aws-sdk/core/client"
        import { eventStreamSerdeProvider } from "@smithy/core/event-streams"
        import { calculateBodyLength } from "@smithy/core/serde"
        import { streamCollector } from "@smithy/node-http-handler"
        import { getRuntimeConfig as getSharedRuntimeConfig } from "./runtimeConfig.shared"
        export const getRuntimeConfig = (config) => {
          const shared = getSharedRuntimeConfig(config)
          return {
            bodyLengthChecker: calculateBodyLength,
            defaultUserAgentProvider: createDefaultUserAgentProvider({
              serviceId: shared.serviceId,
              clientVersion: packageInfo.version
            }),
            eventStreamSerdeProvider,
            // Signs the events of a stream that is sent; Converse sends none.
            eventStreamPayloadHandlerProvider: () => ({}),
            streamCollector,
            ...shared,
            ...config,
            runtime: "node"
          }
        }`
    }))
}

/** A class of one of Node's modules, which loads the module when it is first used, also by `instanceof` and `extends`. */
const lateClass = (path, name) =>
  `export const ${name} = /* @__PURE__ */ new Proxy(function() {}, {
    apply: (_, self, args) => Reflect.apply(require("${path}").${name}, self, args),
    construct: (_, args, target) => Reflect.construct(require("${path}").${name}, args, target),
    get: (_, key) => require("${path}").${name}[key]
  })`

const lateFunction = (path, name) =>
  `export function ${name}(...args) {
    return require("${path}").${name}(...args)
  }`

/**
 * Modules of Node that take milliseconds to load, and of which the program uses only functions and classes: each is loaded when the first one
 * is used.
 */
const loadedWhenUsed = {
  name: "Node's modules when they are used",
  setup: ({ onLoad, onResolve }) => {
    onResolve(
      { filter: /^node:(child_process|crypto|fs\/promises|tls)$|^(node:)?https$/ },
      ({ kind, path }) =>
        kind === "import-statement" ? { namespace: "when-used", path: path.replace(/^(?!node:)/, "node:") } : undefined
    )
    onLoad({ filter: /.*/, namespace: "when-used" }, async ({ path }) => {
      const names = Object.entries(await import(path)).filter(([, value]) => typeof value === "function")
        .map(([name]) => name).filter((name) => name !== "default")
      const exports = names.map((name) => /^[A-Z]/.test(name) ? lateClass(path, name) : lateFunction(path, name))
      return { contents: `${exports.join("\n")}\nexport default { ${names} }` }
    })
  }
}

/** A plugin that replaces text of a dependency's file. */
const withReplaced = (name, filter, replaced) => ({
  name,
  setup: ({ onLoad }) =>
    onLoad({ filter }, ({ path }) => ({
      contents: Object.entries(replaced).reduce((text, [before, after]) => {
        if (!text.includes(before)) throw new Error(`${path} no longer contains: ${before}`)
        return text.replace(before, () => after)
      }, readFileSync(path, "utf8"))
    }))
})

/**
 * `string-width` makes a segmenter and a list of all emojis when it is loaded, although the screen rarely needs them. Both take longer than its first
 * frame.
 */
const withLateTables = withReplaced("string-width without tables at its start", /string-width\/index\.js$/, {
  "const segmenter = new Intl.Segmenter();":
    "let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };",
  "const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;":
    "let emoji; const rgiEmojiRegex = { test: (text) => (emoji ??= /^\\p{RGI_Emoji}$/v).test(text) };"
})

/** On Node, Effect's clock is `process.hrtime`. Asking for `performance` makes Node load it. */
const withoutPerformance = withReplaced("clock without performance", /effect\/dist\/esm\/internal\/clock\.js$/, {
  "typeof performance === \"undefined\" ||": "true ||"
})

/** `fs.promises` makes Node load streams and readline for its file handles. */
const withCallbacks = withReplaced(
  "directories read with a callback",
  /platform-node-shared\/dist\/esm\/internal\/fileSystem\.js$/,
  {
    "NFS.promises.readdir(path, options)":
      "new Promise((resolve, reject) => NFS.readdir(path, options, (error, names) => error === null ? resolve(names) : reject(error)))"
  }
)

/** Effect's runtime can run the effects of its small sister, Micro. This program has none. */
const withoutMicro = withReplaced("runtime without Micro", /effect\/dist\/esm\/internal\/fiberRuntime\.js$/, {
  "import * as Micro from \"../Micro.js\";": "const Micro = {};"
})

/**
 * A schema is a class of its own, for which V8 makes several kilobytes of descriptions, and there are hundreds. Here it is a function with
 * the same properties. It can still be extended.
 */
const withLightSchemas = withReplaced("schemas as functions", /effect\/dist\/esm\/Schema\.js$/, {
  [
    `  return class SchemaClass {
    [TypeId] = variance;
    static ast = ast;
    static annotations(annotations) {
      return make(mergeSchemaAnnotations(this.ast, annotations));
    }
    static pipe() {
      return pipeArguments(this, arguments);
    }
    static toString() {
      return String(ast);
    }
    static Type;
    static Encoded;
    static Context;
    static [TypeId] = variance;
  };
}`
  ]: `  schemaStatics ??= Object.assign(Object.create(Function.prototype), {
    annotations(annotations) {
      return make(mergeSchemaAnnotations(this.ast, annotations));
    },
    pipe() {
      return pipeArguments(this, arguments);
    },
    toString() {
      return String(this.ast);
    },
    [TypeId]: variance
  });
  const schema = function SchemaClass() {
    this[TypeId] = variance;
  };
  Object.setPrototypeOf(schema, schemaStatics);
  schema.ast = ast;
  return schema;
}
var schemaStatics;`,
  [
    `  return class LiteralClass extends make(ast) {
    static annotations(annotations) {
      return makeLiteralClass(this.literals, mergeSchemaAnnotations(this.ast, annotations));
    }
    static literals = [...literals];
  };`
  ]: `  return Object.assign(make(ast), {
    annotations(annotations) {
      return makeLiteralClass(this.literals, mergeSchemaAnnotations(this.ast, annotations));
    },
    literals: [...literals]
  });`,
  [
    `  return class UnionClass extends make(ast) {
    static annotations(annotations) {
      return makeUnionClass(this.members, mergeSchemaAnnotations(this.ast, annotations));
    }
    static members = [...members];
  };`
  ]: `  return Object.assign(make(ast), {
    annotations(annotations) {
      return makeUnionClass(this.members, mergeSchemaAnnotations(this.ast, annotations));
    },
    members: [...members]
  });`,
  [
    `  return class TypeLiteralClass extends make(ast) {
    static annotations(annotations) {
      return makeTypeLiteralClass(this.fields, this.records, mergeSchemaAnnotations(this.ast, annotations));
    }
    static fields = {
      ...fields
    };
    static records = [...records];
    static make = (props, options) => {
      const propsWithDefaults = lazilyMergeDefaults(fields, {
        ...props
      });
      return getDisableValidationMakeOption(options) ? propsWithDefaults : ParseResult.validateSync(this)(propsWithDefaults);
    };
    static pick(...keys) {
      return Struct(struct_.pick(fields, ...keys));
    }
    static omit(...keys) {
      return Struct(struct_.omit(fields, ...keys));
    }
  };`
  ]: `  const schema = Object.assign(make(ast), {
    annotations(annotations) {
      return makeTypeLiteralClass(this.fields, this.records, mergeSchemaAnnotations(this.ast, annotations));
    },
    fields: {
      ...fields
    },
    records: [...records],
    make: (props, options) => {
      const propsWithDefaults = lazilyMergeDefaults(fields, {
        ...props
      });
      return getDisableValidationMakeOption(options) ? propsWithDefaults : ParseResult.validateSync(schema)(propsWithDefaults);
    },
    pick(...keys) {
      return Struct(struct_.pick(fields, ...keys));
    },
    omit(...keys) {
      return Struct(struct_.omit(fields, ...keys));
    }
  });
  return schema;`
})

export const dependencies = [
  withoutLookups,
  withoutWizard,
  loadedWhenUsed,
  withLateTables,
  withoutPerformance,
  withCallbacks,
  withLightSchemas,
  withoutMicro
]
