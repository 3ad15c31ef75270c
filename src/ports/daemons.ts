/** A daemon that has just been started. */
export interface StartedDaemon {
  readonly pid: number;
  /** Resolves with what it wrote to its standard error when it has ended. */
  readonly ended: Promise<string>;
  /** Lets go of it, so that it outlives this process. */
  release(): void;
}

/** How the service manager's unit of the agent is. */
export type UnitState =
  /** It is ready. */
  | { readonly kind: "active"; readonly pid: number }
  | { readonly kind: "activating" }
  /** It has ended, or waits for its next attempt after it has. */
  | {
      readonly kind: "ended";
      /** What it wrote since it was started last; "" when that is not known. */
      readonly complaints: string;
      /** As the service manager calls it: `exit-code`, `timeout`, ... */
      readonly result: string;
      readonly isTriedAgain: boolean;
    };

/** The agent's daemons as processes of this host, and the service manager that may look after one. */
export interface Daemons {
  /** Whether a process is a daemon of this agent, or of AWS's; true of none that belongs to another program. */
  isDaemon(pid: number): Promise<boolean>;
  /** Id of the process that works on a root directory; 0 when it does not say, undefined when there is none. */
  holderOf(root: string): Promise<number | undefined>;
  /** Asks a daemon to stop. Rejects with EPERM when it belongs to another user, with ESRCH when it has ended. */
  stop(pid: number): Promise<void>;
  /** Starts a daemon in a session of its own. @param options options of `run` */
  start(options: readonly string[]): StartedDaemon;
  /** Whether the service manager has a unit of the agent that this user may start, and this process is no part of. */
  hasUnit(): Promise<boolean>;
  /** Asks for the start of that unit and does not wait. Resolves with what the service manager says when it refuses. */
  startUnit(): Promise<string | undefined>;
  /** How that unit is. */
  unit(): Promise<UnitState>;
}
