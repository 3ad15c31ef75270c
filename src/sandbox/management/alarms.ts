import { z } from "zod";
import type { AlarmView } from "../model/resources.ts";
import { checkForm, readForm } from "./context.ts";
import type { Handler } from "./handler.ts";

const AlarmName = z.string().min(1).max(255);
const AlarmBody = z.strictObject({ state: z.enum(["OK", "ALARM"]) });

export const listAlarms: Handler = async ({ store }): Promise<readonly AlarmView[]> => [...store.alarms.all()];

/** Sets the state of an alarm; in ALARM it stops the deployments that watch it. */
export const setAlarm: Handler = async ({ coordinator }, [given], exchange): Promise<AlarmView> => {
  const name = checkForm(AlarmName, given, "alarm");
  const { state } = await readForm(AlarmBody, exchange);
  const alarm = { name, state };
  coordinator.alarmChanged(alarm);
  return alarm;
};
