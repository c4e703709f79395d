/** Recognizes bash syntax that does only what its text shows. */
import type { ArithmeticExpression, Redirect, SyntaxNode, Word, WordPart } from "unbash"
import { isHarmlessAssignment, isHarmlessExport, isPlainName } from "./variables.ts"
import { isNumber as isDigitsVariable, literal, shellWord } from "./words.ts"

/** Whether the part always expands to digits. */
const isDigits = (part: WordPart): boolean => {
  switch (part.type) {
    case "SimpleExpansion":
      return isDigitsVariable(part)
    case "ParameterExpansion":
      return part.prefix === "#" && part.operation === undefined
    case "Literal":
    case "SingleQuoted":
      return /^\d*$/.test(part.value)
    case "DoubleQuoted":
      return part.parts.every(isDigits)
    default:
      return false
  }
}

const isNumber = (word: Word): boolean =>
  /^\s*-?\d+\s*$/.test(literal(word) ?? "") || (word.parts !== undefined && word.parts.every(isDigits))

/** In arithmetic, bash evaluates the values of variables and runs substitutions in array indexes: only digits are safe. */
const isArithmetic = (node: ArithmeticExpression | undefined): boolean => {
  switch (node?.type) {
    case "ArithmeticWord":
      return node.parts === undefined
        ? /^(?:\d+|0[xX][\da-fA-F]+|\d+#[\da-zA-Z]+)$/.test(node.value)
        : node.parts.every(isDigits)
    case "ArithmeticGroup":
      return isArithmetic(node.expression)
    case "ArithmeticUnary":
      return isArithmetic(node.operand)
    case "ArithmeticBinary":
      return isArithmetic(node.left) && isArithmetic(node.right)
    case "ArithmeticTernary":
      return [node.test, node.consequent, node.alternate].every(isArithmetic)
    default:
      return false
  }
}

const isIndex = (word: Word | undefined): boolean => word === undefined || /^(?:[@*]|-?\d+)$/.test(literal(word) ?? "")

/** In double quotes and here documents the single quotes in `${x:-'$(rm y)'}` do not quote, so `rm` runs. */
const isQuotedAsShown = (part: WordPart): boolean =>
  part.type !== "ParameterExpansion" || !part.text.includes("'") || !/[$`]/.test(part.text.slice(1))

/** Tests of text or files. Other tests evaluate their operand or look up a variable by any name. */
export const unaryTests = new Set("-n -z -e -f -d -r -w -x -s -L -h -p -S -b -c -g -k -u -O -G -N -t".split(" "))
export const binaryTests = new Set("= == != < > =~ -nt -ot -ef".split(" "))
export const numberTests = new Set("-eq -ne -lt -le -gt -ge".split(" "))

/**
 * Whether this node, apart from its children and the command that it runs, does only what its text shows. Unlisted syntax counts as
 * unknown.
 */
export const isHarmless = (node: SyntaxNode, environment: ReadonlySet<string>): boolean => {
  switch (node.type) {
    case "Script":
      return node.errors === undefined
    case "Command":
      return node.prefix.every((part) =>
        part.type !== "Assignment" ||
        (node.name === undefined
          ? isHarmlessAssignment(part, environment)
          // `IFS= read -r line` affects only `read`.
          : isHarmlessExport(shellWord(part)) ||
            (part.name === "IFS" && node.name.text === "read" && shellWord(part).literal !== undefined))
      )
    case "For":
    case "Select":
      return isPlainName(literal(node.name), environment)
    case "Coproc":
      return node.name === undefined || isPlainName(literal(node.name), environment)
    case "FileDescriptorVariable":
      return isPlainName(node.name, environment)
    case "CommandExpansion":
    case "ProcessSubstitution":
      return node.script !== undefined
    case "ArithmeticExpansion":
    case "ArithmeticCommand":
      return isArithmetic(node.expression)
    case "ArithmeticFor":
      return [node.initialize, node.test, node.update].every((part) => part === undefined || isArithmetic(part))
    case "ParameterExpansion": {
      if (node.prefix === "!") {
        return node.operation?.type === "Names" ||
          (/^[@*]$/.test(node.index?.text ?? "") && node.operation === undefined)
      }
      const assigns = node.operation?.type === "Default" && node.operation.operator.endsWith("=")
      return isIndex(node.index) && (!assigns || isPlainName(node.parameter, environment))
    }
    case "Slice":
      return isNumber(node.offset) && (node.length === undefined || isNumber(node.length))
    case "ArrayValue":
      // In `([$x]=1)` the index is evaluated.
      return node.elements.every(({ text }) => !/^\[.*\]\+?=/s.test(text) || /^\[\d+\]\+?=/.test(text))
    case "TestUnary":
      return unaryTests.has(node.operator) || (node.operator === "-v" && /^\w+$/.test(literal(node.operand) ?? ""))
    case "TestBinary":
      return binaryTests.has(node.operator) ||
        (numberTests.has(node.operator) && isNumber(node.left) && isNumber(node.right))
    case "DoubleQuoted":
      return node.parts.every(isQuotedAsShown)
    case "HereDocBody":
      return node.parts?.every(isQuotedAsShown) !== false
    case "HereDocDelimiter":
      // Only a plain name makes it certain where the text ends.
      return /^(?:\\?[\w.-]+|'[\w.-]+'|"[\w.-]+")$/.test(node.text)
    // `$"text"` is replaced by a translation.
    case "LocaleString":
    // Outside `[[ ]]` bash parses `@(a|b)` differently unless `extglob` is set.
    case "ExtendedGlob":
    case "Transform":
    case "Unknown":
      return false
    case "Statement":
    case "CompoundList":
    case "AndOr":
    case "Pipeline":
    case "Time":
    case "Negation":
    case "Redirected":
    case "If":
    case "Elif":
    case "While":
    case "Subshell":
    case "BraceGroup":
    case "Case":
    case "CaseItem":
    case "Function":
    case "TestCommand":
    case "TestLogical":
    case "TestNot":
    case "TestGroup":
    case "Word":
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
    case "Glob":
    case "BraceExpansion":
    case "SimpleExpansion":
    case "Default":
    case "Remove":
    case "Replace":
    case "CaseModification":
    case "Names":
    // These are checked by the nodes that contain them.
    case "Assignment":
    case "ArithmeticWord":
    case "ArithmeticGroup":
    case "ArithmeticUnary":
    case "ArithmeticBinary":
    case "ArithmeticTernary":
    case "Redirect":
    case "HereString":
    case "HereDoc":
    case "FileDescriptor":
      return true
    default:
      return false
  }
}

const networks = ["/dev/tcp/", "/dev/udp/"]

/** Bash opens a connection for a redirection to `/dev/tcp/host/port`. */
export const mayConnect = ({ target }: Redirect): boolean => {
  if (target === undefined) return false
  const { literal, start } = shellWord(target)
  return networks.some((network) => start.startsWith(network) || (literal === undefined && network.startsWith(start)))
}
