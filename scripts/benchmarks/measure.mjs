// How the benchmarks present what they measure.

/**
 * Shows the figures of a run beside a baseline that was measured in turn with them, both in milliseconds unless the
 * title or the goal names another unit. The baseline may be absent.
 */
export function show(title, { figures, goal, baseline, baselineName, digits = 0 }) {
  const median = quantile(figures, 0.5);
  const ratio = baseline === undefined ? Number.NaN : median / quantile(baseline, 0.5);
  console.log(`${title.padEnd(34)} ${spread(figures, digits)}   ${goal(median, ratio)}`);
  if (baseline !== undefined)
    console.log(`${`  ${baselineName}`.padEnd(34)} ${spread(baseline, digits)}   ratio ${ratio.toFixed(2)}`);
  console.log();
}

/** A goal for the median. */
export function below(milliseconds) {
  return (median) => `goal below ${milliseconds}: ${median < milliseconds ? "met" : "MISSED"}`;
}

/** A goal for a median of which more is better. @param unit what the figures are, for the reader */
export function atLeast(limit, unit) {
  return (median) => `${unit}, goal at least ${limit}: ${median >= limit ? "met" : "MISSED"}`;
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

function spread(figures, digits) {
  return [0, 0.5, 1].map((share) => quantile(figures, share).toFixed(digits).padStart(6)).join(" / ");
}
