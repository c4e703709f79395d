// Says what failed in the runs of the test runner, where someone looks first, and ends with their count.
import { readdirSync, readFileSync } from "node:fs"

const expected = 3 // `pnpm test`, and the command on Node 22 and 24

const reports = readdirSync(".vitest").filter((name) => name.startsWith("report")).map((name) =>
  JSON.parse(readFileSync(`.vitest/${name}`, "utf8"))
)
for (const { testResults } of reports) {
  for (const { assertionResults, message, name, status } of testResults) {
    const failed = assertionResults.filter((test) => test.status === "failed")
    for (const { failureMessages, fullName } of failed) {
      console.log(`failed: ${name}: ${fullName}\n${failureMessages[0]}`)
    }
    if (status === "failed" && failed.length === 0) console.log(`failed: ${name}\n${message}`)
  }
}

const sum = (count) => reports.reduce((total, report) => total + count(report), 0)
const failed = sum(({ numFailedTests, success }) => success ? 0 : Math.max(numFailedTests, 1))
console.log(
  `${sum(({ numPassedTests }) => numPassedTests)} passed, ${failed + Math.max(0, expected - reports.length)} failed`
)
