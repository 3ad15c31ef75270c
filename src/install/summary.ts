import { measureTree } from "./archive/tree-measure.ts";
import type { InstallPlan } from "./plan/plan.ts";
import type { InstallSummary } from "./request.ts";

/** What a plan amounts to. */
export function summaryOf(plan: InstallPlan): InstallSummary {
  const files = [...plan.files.values()];
  const trees = [...plan.trees.values()].map(measureTree);
  return {
    files: sumOf(trees.map((tree) => tree.files)) + files.length,
    directories: sumOf(trees.map((tree) => tree.directories)) + plan.directories.size,
    removed: sumOf(plan.removals.map((removal) => 1 + (removal.kind === "directory" ? treeSize(removal.tree) : 0))),
    retained: plan.retained.length,
    bytes: sumOf(trees.map((tree) => tree.bytes)) + sumOf(files.map(({ status }) => status.size)),
    warnings: plan.warnings,
  };
}

function treeSize({ directories, files }: { directories: readonly string[]; files: readonly string[] }): number {
  return directories.length + files.length;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
