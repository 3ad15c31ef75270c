import { ROLLBACK_EVENTS } from "../../orchestration/rollback.ts";
import { type GroupSettings, TRIGGER_EVENTS } from "../../store/group-settings.ts";
import { refusal } from "../refuse.ts";
import type { GivenSettings } from "./settings-shape.ts";

const MAX_ALARMS = 10;
const MAX_ALARM_NAME = 255;
const MAX_TRIGGERS = 10;

/** When a group rolls back by itself. @throws ServiceFault InvalidAutoRollbackConfig */
export function checkAutoRollback(
  given: GivenSettings["autoRollbackConfiguration"],
): Pick<GroupSettings, "autoRollbackConfiguration"> {
  if (given === undefined) return {};
  const events = (given.events ?? []).map((event) => {
    const known = ROLLBACK_EVENTS.find((one) => one === event);
    if (known !== undefined) return known;
    throw refusal("InvalidAutoRollbackConfig", `${JSON.stringify(event)} is none of ${ROLLBACK_EVENTS.join(", ")}.`);
  });
  const enabled = given.enabled ?? false;
  if (enabled && events.length === 0) {
    throw refusal("InvalidAutoRollbackConfig", `An enabled rollback needs events: ${ROLLBACK_EVENTS.join(", ")}.`);
  }
  return { autoRollbackConfiguration: { enabled, events } };
}

/** The alarms that stop a deployment. @throws ServiceFault InvalidAlarmConfig, AlarmsLimitExceeded */
export function checkAlarms(given: GivenSettings["alarmConfiguration"]): Pick<GroupSettings, "alarmConfiguration"> {
  if (given === undefined) return {};
  const names = (given.alarms ?? []).map((alarm) => alarm?.name ?? "");
  if (names.some((name) => name === "" || name.length > MAX_ALARM_NAME) || new Set(names).size < names.length) {
    throw refusal("InvalidAlarmConfig", `Alarms need different names of 1 to ${MAX_ALARM_NAME} characters.`);
  }
  if (names.length > MAX_ALARMS) throw refusal("AlarmsLimitExceeded", `At most ${MAX_ALARMS} alarms are accepted.`);
  if (given.enabled === true && names.length === 0) {
    throw refusal("InvalidAlarmConfig", "An enabled alarm configuration needs alarms.");
  }
  const { enabled, ignorePollAlarmFailure } = given;
  return { alarmConfiguration: { enabled, ignorePollAlarmFailure, alarms: names.map((name) => ({ name })) } };
}

/** Who wants to be told of what; kept and shown only. @throws ServiceFault InvalidTriggerConfig */
export function checkTriggers(
  given: GivenSettings["triggerConfigurations"],
): Pick<GroupSettings, "triggerConfigurations"> {
  if (given === undefined) return {};
  if (given.length > MAX_TRIGGERS) {
    throw refusal("TriggerTargetsLimitExceeded", `At most ${MAX_TRIGGERS} triggers are accepted.`);
  }
  const triggerConfigurations = given.map(({ triggerName, triggerTargetArn, triggerEvents = [] }) => {
    const known = triggerEvents.flatMap((event) => TRIGGER_EVENTS.find((one) => one === event) ?? []);
    if (triggerName && triggerTargetArn && known.length > 0 && known.length === triggerEvents.length) {
      return { triggerName, triggerTargetArn, triggerEvents: known };
    }
    const message = `A trigger needs a name, the ARN of a topic, and events out of ${TRIGGER_EVENTS.join(", ")}.`;
    throw refusal("InvalidTriggerConfig", message);
  });
  return { triggerConfigurations };
}
