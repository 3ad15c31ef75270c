/** How far the clock of this host is off, as a part of a sentence: `12 min ahead of`. @param secondsAhead negative when it is behind */
export function clockOffset(secondsAhead: number): string {
  return `${duration(Math.abs(secondsAhead))} ${secondsAhead > 0 ? "ahead of" : "behind"}`;
}

/** The clock of this host is off. */
export function clockOffText(secondsAhead: number): string {
  return `The clock of this host is ${clockOffset(secondsAhead)} the command service's; requests are refused from 5 minutes on. Correct it, and enable chrony.`;
}

/** The clock of this host is right again. */
export function clockRightText(): string {
  return "The clock of this host agrees with the command service's again.";
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
