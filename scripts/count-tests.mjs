// Prints what a run of the tests came to, and the tests that were skipped: their titles say why.
import { readFileSync } from "node:fs";

const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const skipped = testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => status === "pending" || status === "skipped" || status === "todo");
const failedFiles = testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
);

for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
const failed = numFailedTests + failedFiles.length;
console.log(`${numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed === 0 && numPassedTests > 0 ? 0 : 1;
