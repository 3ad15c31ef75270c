/** What the manager of the host's services is told. */
export interface ServiceState {
  /** The daemon is up; whatever waits for it may start. */
  readonly ready?: true;
  /** The daemon is going to end. */
  readonly stopping?: true;
  /** The daemon is alive; a manager that does not hear this in time restarts it. */
  readonly alive?: true;
  /** What the daemon is doing, one line. */
  readonly status?: string;
}

/** The manager of the host's services, when it has started this process. */
export interface ServiceManager {
  /** How often it wants to hear that the daemon is alive, in milliseconds; undefined when it does not. */
  readonly watchdogMs: number | undefined;
  /** Tells it something; never fails, for a daemon works without being heard. */
  notify(state: ServiceState): void;
  /** Resolves when everything has been told. */
  settled(): Promise<void>;
}
