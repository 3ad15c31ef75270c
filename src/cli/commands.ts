import type { AnyCommand } from "./command-line.ts";
import { COMPLETION } from "./completion/command.ts";
import { CONFIG } from "./config/command.ts";
import { DAEMON_COMMANDS } from "./daemon/commands.ts";
import { DEPLOYMENTS } from "./deployments/commands.ts";
import { DOCTOR } from "./doctor/command.ts";
import { DEPLOY } from "./local/command.ts";
import { PLAN } from "./plan/command.ts";
import { REGISTRATION_COMMANDS } from "./registration/commands.ts";
import { REPAIR } from "./repair/command.ts";
import { VALIDATE } from "./validate/command.ts";
import { VERSION_COMMAND } from "./version/command.ts";

/** Every command of `codedeploy-agent`, in the order of its help. */
export const COMMANDS: readonly AnyCommand[] = [
  ...DAEMON_COMMANDS,
  DEPLOY,
  DEPLOYMENTS,
  VALIDATE,
  PLAN,
  DOCTOR,
  REPAIR,
  ...REGISTRATION_COMMANDS,
  CONFIG,
  COMPLETION,
  VERSION_COMMAND,
];
