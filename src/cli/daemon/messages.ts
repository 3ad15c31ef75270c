/** Texts about the daemon; the first two are what scripts look for, in the words of AWS's agent. */
export const MESSAGES = {
  running: (pid: number) => `The AWS CodeDeploy agent is running${pid === 0 ? "" : ` as PID ${pid}`}`,
  notRunning: "No AWS CodeDeploy agent running",
  unknown: (reason: string) => `Nobody can tell whether the agent is running: ${reason}. Try it as root.`,
  leftover: (pid: number) =>
    `The last one, PID ${pid}, ended without tidying up: it was killed, or the host went down.`,
  notYours: (pid: number) => `The agent, PID ${pid}, belongs to another user. Run this as root.`,
  anonymous: (root: string) =>
    `An agent works on ${root} but does not say which process it is. Stop it where it was started.`,
  stopping: (pid: number) => `Stopping the agent (PID ${pid}).`,
  waitsFor: (event: string, deployment: string, group: string, since: string) =>
    `It waits for ${event} of ${deployment} (group ${group}), which has been running for ${since}.`,
  waitNote: "Ctrl-C ends this command, not the stop.",
  stopped: (took: string) => `The agent has stopped after ${took}.`,
  notStopped: (pid: number, seconds: number, log: string) =>
    `The agent, PID ${pid}, still runs after ${seconds} s. It ends when its commands have ended; see ${log}.`,
  stillStarting: (pid: number, waited: string, detail: string) =>
    `The agent runs as PID ${pid} but is not ready after ${waited}${detail === "" ? "" : `: ${detail}`} It keeps trying.`,
  endedAtOnce: "The agent ended at once and did not say why.",
  unitFailed: (said: string) =>
    `systemd could not start codedeploy-agent.service: ${said} See: journalctl -u codedeploy-agent -n 30`,
  unitEnded: (result: string) => `the agent ended at once and did not say why (${result}).`,
  triedAgain: "systemd keeps trying, until: systemctl stop codedeploy-agent",
  unitStillStarting: (waited: string, detail: string) =>
    `codedeploy-agent.service is not ready after ${waited}${detail === "" ? "." : `: ${detail}`} systemd keeps waiting for it; see codedeploy-agent status.`,
} as const;
