// Prints what a run of the tests came to, and the tests that were skipped: their titles say why. Those that failed are
// named once more, where what a long run printed ends.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const results = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map((result) => ({ ...result, file: relative(process.cwd(), name) })),
);
const skipped = results.filter(({ status }) => status === "pending" || status === "skipped" || status === "todo");
const failedFiles = testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
);

for (const { name } of failedFiles) console.log(`failed: ${relative(process.cwd(), name)}`);
for (const { file, fullName, status } of results) if (status === "failed") console.log(`failed: ${file}: ${fullName}`);
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
const failed = numFailedTests + failedFiles.length;
console.log(`${numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed === 0 && numPassedTests > 0 ? 0 : 1;
