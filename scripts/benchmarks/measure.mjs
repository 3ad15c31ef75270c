// How the benchmarks present what they measure.

/** Shows the figures of a run beside a baseline that was measured in turn with them, both in milliseconds. */
export function show(title, { figures, goal, baseline, baselineName }) {
  const median = quantile(figures, 0.5);
  const ratio = median / quantile(baseline, 0.5);
  console.log(`${title.padEnd(34)} ${spread(figures)}   ${goal(median, ratio)}`);
  console.log(`${`  ${baselineName}`.padEnd(34)} ${spread(baseline)}   ratio ${ratio.toFixed(2)}\n`);
}

/** A goal for the median. */
export function below(milliseconds) {
  return (median) => `goal below ${milliseconds}: ${median < milliseconds ? "met" : "MISSED"}`;
}

/** A goal for the ratio to the baseline. */
export function atMost(limit) {
  return (_median, ratio) => `goal at most ${limit} times: ${ratio <= limit ? "met" : "MISSED"}`;
}

/** The figure below which a share of all lies. */
export function quantile(figures, share) {
  const sorted = figures.toSorted((one, other) => one - other);
  return sorted[Math.round(share * (sorted.length - 1))];
}

function spread(figures) {
  return [0, 0.5, 1].map((share) => quantile(figures, share).toFixed(0).padStart(6)).join(" / ");
}
