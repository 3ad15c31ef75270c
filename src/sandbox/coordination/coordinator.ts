import type { DiagnosticsView } from "../model/deployment.ts";
import type { AlarmView } from "../model/resources.ts";
import { advance, type DeploymentInput } from "../orchestration/advance.ts";
import { activeAlarm } from "../orchestration/alarms.ts";
import { changes } from "../orchestration/changes.ts";
import { nextDeadline } from "../orchestration/deadlines.ts";
import type { StopRequest } from "../orchestration/deployment-state.ts";
import type { CommandRow, DeploymentRow, GroupRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { commandChanges } from "./command-changes.ts";
import { concludeDeployment, rollbackMessage, type Sequel } from "./conclude.ts";
import type { DeploymentOrder } from "./order.ts";
import { type PlanContext, planDeployment } from "./plan.ts";
import { rememberStart } from "./remember-start.ts";
import { outlivedDeployments } from "./retention.ts";
import { Timers } from "./timers.ts";

export interface CoordinatorOptions extends PlanContext {
  readonly store: SandboxStore;
  /** How many hosts the ended deployments that are kept have together. */
  readonly keptHosts: number;
  /** Takes a command that a host is to be given now. */
  readonly onCommand: (command: CommandRow) => void;
  /** Takes a command back that no host is to be given any more. */
  readonly onWithdrawal: (command: CommandRow) => void;
  /** Told of a deployment that is not kept any more. */
  readonly onForgotten: (row: DeploymentRow) => void;
  /** Told after each change of a deployment. */
  readonly onChange: (deploymentId: string) => void;
}

/** Carries deployments on: feeds what happened to the pure state and does what the new state asks for. */
export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #timers: Timers;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#timers = new Timers(options.now, (id) => this.#passTime(id));
  }

  /** Goes on with the deployments that were running when the sandbox ended. */
  resume(): void {
    for (const row of this.#options.store.deployments.all()) {
      if (row.state.completedAt === undefined) this.#timers.set(row.deploymentId, nextDeadline(row.state));
    }
  }

  /** Ends all waiting. */
  close(): void {
    this.#timers.clear();
  }

  /** Starts a deployment. */
  start(group: GroupRow, order: DeploymentOrder): DeploymentRow {
    return this.#options.store.transaction(() => {
      const row = planDeployment(order, group, this.#options);
      this.#options.store.deployments.put(row.deploymentId, row);
      rememberStart(row, this.#options.store);
      return this.#heedAlarms(this.#feed(row, { type: "started", at: this.#options.now() }));
    });
  }

  acknowledged({ deploymentId, host, index }: CommandRow, isNoop: boolean): void {
    this.#feed(this.#deployment(deploymentId), { type: "acknowledged", host, index, isNoop, at: this.#options.now() });
  }

  completed(
    { deploymentId, host, index }: CommandRow,
    status: "Succeeded" | "Failed",
    diagnostics: DiagnosticsView | undefined,
  ): void {
    const at = this.#options.now();
    this.#feed(this.#deployment(deploymentId), { type: "completed", host, index, status, diagnostics, at });
  }

  /** Asks for the end of a deployment; it has ended when its agents have finished what they are doing. */
  stop(deploymentId: string, request: StopRequest): DeploymentRow {
    return this.#feed(this.#deployment(deploymentId), { type: "stop", request, at: this.#options.now() });
  }

  /** Ends the wait of a blue/green deployment. */
  continue(deploymentId: string): DeploymentRow {
    return this.#feed(this.#deployment(deploymentId), { type: "continue", at: this.#options.now() });
  }

  /** Forgets a deployment that has ended, with its commands. */
  forget(row: DeploymentRow): void {
    this.#options.store.deployments.delete(row.deploymentId);
    this.#options.onForgotten(row);
  }

  /** Takes the state of an alarm, which may stop deployments. */
  alarmChanged(alarm: AlarmView): void {
    const { store } = this.#options;
    store.transaction(() => {
      store.alarms.put(alarm.name, alarm);
      for (const row of [...store.deployments.all()]) this.#heedAlarms(row);
    });
  }

  #heedAlarms(row: DeploymentRow): DeploymentRow {
    // An alarm stays active until the rollback has helped.
    if (row.state.completedAt !== undefined || row.order.rollbackOf !== undefined) return row;
    const { groups, alarms } = this.#options.store;
    const settings = [...groups.all()].find(({ groupId }) => groupId === row.groupId)?.settings;
    const configuration = row.order.overrideAlarms ?? settings?.alarmConfiguration;
    const name = activeAlarm(configuration, (alarm) => alarms.get(alarm)?.state === "ALARM");
    return name === undefined
      ? row
      : this.stop(row.deploymentId, { cause: "alarm", message: `Alarm ${name} is active.` });
  }

  #passTime(deploymentId: string): void {
    const row = this.#options.store.deployments.get(deploymentId);
    if (row === undefined) return;
    const next = this.#feed(row, { type: "time", at: this.#options.now() });
    this.#timers.set(deploymentId, nextDeadline(next.state));
  }

  #deployment(id: string): DeploymentRow {
    const row = this.#options.store.deployments.get(id);
    if (row === undefined) throw new Error(`deployment ${id} of a command is not in the store`);
    return row;
  }

  #feed(row: DeploymentRow, input: DeploymentInput): DeploymentRow {
    const state = advance(row.state, input);
    if (state === row.state) return row;
    const next = { ...row, state, history: [...row.history, ...changes(row.state, state, input.at)] };
    return this.#options.store.transaction(() => this.#keep(row, next));
  }

  #keep(before: DeploymentRow, after: DeploymentRow): DeploymentRow {
    const { store, onCommand, onWithdrawal, onChange } = this.#options;
    store.deployments.put(after.deploymentId, after);
    const { ready, withdrawn } = commandChanges(before, after, store.commands);
    for (const command of withdrawn) onWithdrawal(command);
    for (const command of ready) onCommand(command);
    this.#timers.set(after.deploymentId, nextDeadline(after.state));
    const kept = after.state.completedAt === undefined ? after : this.#conclude(after);
    if (after.state.completedAt !== undefined) this.#forgetOutlived(after.deploymentId);
    onChange(after.deploymentId);
    return kept;
  }

  #conclude(row: DeploymentRow): DeploymentRow {
    const { store, now } = this.#options;
    const { sequel, ended } = concludeDeployment(row, store, now());
    if (sequel === undefined) return ended;
    const { deploymentId } = this.start(sequel.group, sequel.order);
    if (sequel.kind === "follow-up") {
      this.#linkFollowUp(sequel, deploymentId);
      return this.#deployment(row.deploymentId);
    }
    const rollbackInfo = { rollbackDeploymentId: deploymentId, rollbackMessage: rollbackMessage(row, sequel.order) };
    const linked = { ...ended, rollbackInfo };
    store.deployments.put(row.deploymentId, linked);
    return linked;
  }

  #forgetOutlived(justEnded: string): void {
    const { store, keptHosts } = this.#options;
    for (const row of outlivedDeployments(store, { keptHosts, justEnded })) this.forget(row);
  }

  #linkFollowUp({ order }: Sequel, deploymentId: string): void {
    const { deployments } = this.#options.store;
    const root = deployments.get(order.followUpOf ?? "");
    if (root === undefined) return;
    deployments.put(root.deploymentId, { ...root, followUps: [...(root.followUps ?? []), deploymentId] });
  }
}
