// Bundles the command: it needs no node_modules, and loads a part only when it is used. The chunks are CommonJS, because Node 20 keeps
// compiled code only of scripts, not of ES modules (packages/cli/src/start/loadProgram.ts).
import { build, stop, transform } from "esbuild"
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { toCommonJs } from "./chunks.mjs"

const cli = fileURLToPath(new URL("../packages/cli", import.meta.url))
const dist = `${cli}/dist`

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

/**
 * Modules of Node that take milliseconds to load, and of which the program uses only functions: each is loaded when the first one is called.
 */
const loadedWhenCalled = {
  name: "Node's modules when they are called",
  setup: ({ onLoad, onResolve }) => {
    onResolve(
      { filter: /^node:(child_process|crypto|fs\/promises|tls)$|^(node:)?https$/ },
      ({ kind, path }) =>
        kind === "import-statement"
          ? { namespace: "when-called", path: path.replace(/^(?!node:)/, "node:") }
          : undefined
    )
    onLoad({ filter: /.*/, namespace: "when-called" }, async ({ path }) => {
      const names = Object.entries(await import(path)).filter(([, value]) => typeof value === "function")
        .map(([name]) => name).filter((name) => name !== "default")
      const functions = names.map((name) =>
        `export function ${name}(...args) {
          const { ${name} } = require("${path}")
          return new.target === undefined ? ${name}(...args) : new ${name}(...args)
        }`
      )
      return { contents: `${functions.join("\n")}\nexport default { ${names} }` }
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

const output = { minify: true, legalComments: "none", platform: "node", target: "node20.19" }
const shared = { ...output, absWorkingDir: cli, bundle: true }

/** What runs first: it prints the version or a help text, or loads the program. */
const bundleBin = (define) =>
  build({ ...shared, entryPoints: ["src/bin.ts"], outfile: "dist/bin.js", format: "cjs", define })

/** The program in chunks; returns the name of the first one. esbuild splits only ES modules, so each chunk is translated afterwards. */
const bundleProgram = async (define) => {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/Process.ts"],
    outdir: "dist/program",
    // The names change with the content: code is cached by name.
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    splitting: true,
    write: false,
    minify: false,
    format: "esm",
    // ES modules where a package has them: esbuild can't follow the other kind (UMD) that jsonc-parser has too.
    mainFields: ["module", "main"],
    // A file watcher with a native part, which Effect's file system loads only when a file is watched.
    external: ["@parcel/watcher"],
    plugins: [
      withoutLookups,
      withoutWizard,
      loadedWhenCalled,
      withLateTables,
      withoutPerformance,
      withCallbacks,
      withLightSchemas,
      withoutMicro
    ],
    define
  })
  mkdirSync(`${dist}/program`)
  const chunks = toCommonJs(new Map(outputFiles.map(({ path, text }) => [basename(path), text])))
  await Promise.all([...chunks].map(async ([name, text]) => {
    const { code } = await transform(text, {
      ...output,
      format: "cjs",
      // loadProgram.ts reads these files as ASCII.
      charset: "ascii",
      // Scripts in the code cache have no `import()`.
      supported: { "dynamic-import": false }
    })
    writeFileSync(`${dist}/program/${name}`, `(function(exports,require,module){"use strict";${code}})`)
  }))
  return basename(outputFiles.find(({ path }) => basename(path).startsWith("Process-")).path)
}

/** The help of every command, so that `--help` does not have to load the program. */
const renderHelp = async (define) => {
  const file = `${dist}/help.mjs`
  await build({
    ...shared,
    stdin: {
      contents: `export { commands } from "./src/Cli.ts"
        export { renderAll } from "./src/command-line/help.ts"`,
      resolveDir: cli
    },
    outfile: file,
    format: "esm",
    mainFields: ["module", "main"],
    define,
    plugins: [{
      name: "only what is loaded at once",
      setup: ({ onResolve }) =>
        onResolve(
          { filter: /.*/ },
          ({ kind, path }) => kind === "dynamic-import" ? { path, external: true } : undefined
        )
    }]
  })
  const { commands, renderAll } = await import(pathToFileURL(file).href)
  rmSync(file)
  writeFileSync(`${dist}/help.json`, JSON.stringify(renderAll(commands)))
}

/** Writes `packages/cli/dist`. */
export const bundle = async () => {
  const { version } = JSON.parse(readFileSync(`${cli}/package.json`, "utf8"))
  const define = { ALTIMATE_CODE_VERSION: JSON.stringify(version) }
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  writeFileSync(`${dist}/package.json`, JSON.stringify({ type: "commonjs" }))
  await renderHelp(define)
  await bundleBin({ ...define, ALTIMATE_CODE_PROGRAM: JSON.stringify(await bundleProgram(define)) })
  await stop()
  chmodSync(`${dist}/bin.js`, 0o755)
}
