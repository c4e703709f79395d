/** Which syntax of bash does what it says, and nothing more. */
import type { ArithmeticExpression, Redirect, SyntaxNode, Word, WordPart } from "unbash"
import { isHarmlessAssignment, isHarmlessExport, isPlainName } from "./variables.ts"
import { isNumber as isDigitsVariable, literal, shellWord } from "./words.ts"

/** What is digits, whatever happened before. */
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

/** Bash takes the value of a name in arithmetic for arithmetic, and runs what is in the index of an array: digits only are certain. */
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

/** Inside of quotes and of here documents, a single quote in `${x:-'$(rm y)'}` is a character, and `rm` runs. */
const isQuotedAsRead = (part: WordPart): boolean =>
  part.type !== "ParameterExpansion" || !part.text.includes("'") || !/[$`]/.test(part.text.slice(1))

/** Tests that look at text or files. The others evaluate, or look for a variable by an arbitrary name. */
export const testsOne = new Set("-n -z -e -f -d -r -w -x -s -L -h -p -S -b -c -g -k -u -O -G -N -t".split(" "))
export const testsTwo = new Set("= == != < > =~ -nt -ot -ef".split(" "))
export const comparesNumbers = new Set("-eq -ne -lt -le -gt -ge".split(" "))

/**
 * Whether this node, apart from its children and from the command that it runs, does just what one reads. What is not listed here
 * is not known to.
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
          // `IFS= read -r line` is for `read` alone.
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
      // `([$x]=1)`: the index of an element.
      return node.elements.every(({ text }) => !/^\[.*\]\+?=/s.test(text) || /^\[\d+\]\+?=/.test(text))
    case "TestUnary":
      return testsOne.has(node.operator) || (node.operator === "-v" && /^\w+$/.test(literal(node.operand) ?? ""))
    case "TestBinary":
      return testsTwo.has(node.operator) ||
        (comparesNumbers.has(node.operator) && isNumber(node.left) && isNumber(node.right))
    case "DoubleQuoted":
      return node.parts.every(isQuotedAsRead)
    case "HereDocBody":
      return node.parts?.every(isQuotedAsRead) !== false
    case "HereDocDelimiter":
      // Where the text ends is certain for a plain name.
      return /^(?:\\?[\w.-]+|'[\w.-]+'|"[\w.-]+")$/.test(node.text)
    // `$"text"` is what a catalog of translations makes of it.
    case "LocaleString":
    // Outside of `[[ ]]` bash reads `@(a|b)` in another way, as long as nobody sets `extglob`.
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
    // Their own cases say what is certain of them: a variable before a command, the numbers of an expression.
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

/** Bash opens a connection when a redirection's file is `/dev/tcp/host/port`. */
export const mayConnect = ({ target }: Redirect): boolean => {
  if (target === undefined) return false
  const { literal, start } = shellWord(target)
  return networks.some((network) => start.startsWith(network) || (literal === undefined && network.startsWith(start)))
}
