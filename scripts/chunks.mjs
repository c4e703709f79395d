// Translates the chunks of the bundle from ES modules to CommonJS, before they are minified. esbuild can do that too, but makes each export a
// getter, and each use of an import a call of it. Here they are properties and variables, which take less time to load and to use.

const identifier = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`
const before = String.raw`(?<![\p{ID_Continue}$.])`
const assignment = new RegExp(String.raw`${before}(${identifier})\s*(?:[-+*/%&|^?<>]+)?=(?![=>])`, "gu")
const increment = new RegExp(String.raw`${before}(${identifier})(?:\+\+|--)|(?:\+\+|--)(${identifier})`, "gu")
const variable = new RegExp(`^(?:var|let|const) (${identifier}) =`, "gmu")
const declaration = new RegExp(String.raw`^(?:async )?(?:function\*? |class )(${identifier})`, "gmu")

// In the form in which esbuild writes them.
const importStatement = /^import (?:\{([^}]*)\} from )?"\.\/([^"]+)";\n/gm
const exportStatement = /^export \{([^}]*)\};\n/gm
const dynamicImport = /\bimport\(("\.\/[^"]+")\)/g

/** The parts of a list such as `a, b as c`. */
const parseList = (list = "") =>
  list.split(",").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const [name, alias = name] = item.split(" as ")
    return { name, alias }
  })

const names = (text, pattern) => [...text.matchAll(pattern)].map(([, first, second]) => first ?? second)

/** Whether a variable keeps its first value. Also says no where the text does not tell: a local variable can have the same name. */
const makeIsConstant = (text) => {
  const assigned = new Map()
  for (const name of names(text, assignment)) assigned.set(name, (assigned.get(name) ?? 0) + 1)
  const incremented = new Set(names(text, increment))
  const initialized = new Set(names(text, variable))
  const declared = new Set(names(text, declaration))
  return (name) => {
    const assignments = assigned.get(name) ?? 0
    if (incremented.has(name)) return false
    return (declared.has(name) && assignments === 0) || (initialized.has(name) && assignments === 1)
  }
}

const parse = (text) => ({
  text,
  imports: [...text.matchAll(importStatement)].flatMap(([, list, from]) =>
    parseList(list).map(({ alias, name }) => ({ from, name, local: alias }))
  ),
  exports: [...text.matchAll(exportStatement)].flatMap(([, list]) => parseList(list)),
  isConstant: makeIsConstant(text)
})

/** Takes the text of each chunk by its name, and returns it as CommonJS, apart from imports of other modules and of what is not constant. */
export const toCommonJs = (texts) => {
  const chunks = new Map([...texts].map(([name, text]) => [name, parse(text)]))

  /** Whether an export keeps its value, in the chunk where it comes from. */
  const isConstant = (chunk, alias) => {
    const { exports, imports, isConstant: isOwnConstant } = chunks.get(chunk)
    const { name } = exports.find((item) => item.alias === alias)
    const imported = imports.find(({ local }) => local === name)
    return imported === undefined ? isOwnConstant(name) : isConstant(imported.from, imported.name)
  }

  const translateImport = (_, list, from) => {
    const items = parseList(list).map((item) => ({ ...item, constant: isConstant(from, item.name) }))
    const constants = items.filter(({ constant }) => constant).map(({ alias, name }) => `${name}: ${alias}`)
    const others = items.filter(({ constant }) => !constant).map(({ alias, name }) => `${name} as ${alias}`)
    const other = others.length === 0 ? "" : `import { ${others} } from "./${from}";\n`
    return `${other}var { ${constants} } = require("./${from}");\n`
  }

  const translate = (chunk, { exports, text }) => {
    const properties = exports.map(({ alias, name }) =>
      isConstant(chunk, alias) ? `${alias}: ${name}` : `get ${alias}() { return ${name} }`
    )
    return text
      .replace(importStatement, translateImport)
      .replace(exportStatement, "")
      .replace(dynamicImport, "Promise.resolve().then(() => require($1))") + `module.exports = { ${properties} };\n`
  }

  return new Map([...chunks].map(([name, chunk]) => [name, translate(name, chunk)]))
}
