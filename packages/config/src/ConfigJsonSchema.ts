/**
 * The JSON Schema of the configuration file, for editors.
 *
 * @since 0.1.0
 */
import * as JSONSchema from "effect/JSONSchema"
import * as Predicate from "effect/Predicate"
import * as AST from "effect/SchemaAST"
import { ConfigFile } from "./ConfigFile.ts"
import type { Names } from "./given/ProgramNames.ts"

/** Effect writes a record whose key excludes other settings as a pattern that matches any name, even theirs. */
const toAdditional = (_: string, value: unknown): unknown => {
  if (!Predicate.isRecord(value) || !Predicate.isRecord(value["patternProperties"])) return value
  const { patternProperties, propertyNames: _names, ...rest } = value
  return { ...rest, additionalProperties: (patternProperties as Record<string, unknown>)[""] }
}

/** Replaces the parts that are made when they are needed with what they make: in JSON Schema they would need names. */
const resolve = (ast: AST.AST): AST.AST => {
  switch (ast._tag) {
    case "Suspend":
      return resolve(ast.f())
    case "Union":
      return AST.Union.make(ast.types.map(resolve), ast.annotations)
    case "TupleType":
      return new AST.TupleType(
        ast.elements,
        ast.rest.map(({ annotations, type }) => new AST.Type(resolve(type), annotations)),
        ast.isReadonly,
        ast.annotations
      )
    case "TypeLiteral":
      return new AST.TypeLiteral(
        ast.propertySignatures.map(({ annotations, isOptional, isReadonly, name, type }) =>
          new AST.PropertySignature(name, resolve(type), isOptional, isReadonly, annotations)
        ),
        ast.indexSignatures.map(({ isReadonly, parameter, type }) =>
          new AST.IndexSignature(parameter, resolve(type), isReadonly)
        ),
        ast.annotations
      )
    default:
      return ast
  }
}

/**
 * The JSON Schema (draft 7) of a program's file as text. Additional properties are allowed, as in `ConfigFile`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = ({ directory, file }: Names): string => {
  const titled = AST.annotations(resolve(ConfigFile.ast), {
    [AST.TitleAnnotationId]: directory,
    [AST.DescriptionAnnotationId]: `Configuration of ${directory} (${file}.json).`
  })
  const schema = JSONSchema.fromAST(titled, { definitions: {}, additionalPropertiesStrategy: "allow" })
  return `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }, toAdditional, 2)}\n`
}
