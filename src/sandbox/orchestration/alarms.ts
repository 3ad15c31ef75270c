/** `alarmConfiguration` of a group, or of a deployment in its place. */
export interface AlarmConfiguration {
  readonly enabled?: boolean | undefined;
  /** Kept and shown: the sandbox can always read the states of its alarms. */
  readonly ignorePollAlarmFailure?: boolean | undefined;
  readonly alarms?: readonly { readonly name: string }[] | undefined;
}

/** The first alarm of a configuration that is active; undefined while none is. */
export function activeAlarm(
  configuration: AlarmConfiguration | undefined,
  isActive: (name: string) => boolean,
): string | undefined {
  if (configuration?.enabled !== true) return undefined;
  return configuration.alarms?.find(({ name }) => isActive(name))?.name;
}
