import type { AnyCommand } from "./command-line.ts";
import { COMPLETION } from "./completion/command.ts";
import { CONFIG } from "./config/command.ts";
import { RUN } from "./daemon/run-command.ts";
import { DEPLOY } from "./local/command.ts";
import { VALIDATE } from "./validate/command.ts";
import { VERSION_COMMAND } from "./version/command.ts";

/** Every command of `codedeploy-agent`, in the order of its help. */
export const COMMANDS: readonly AnyCommand[] = [RUN, DEPLOY, VALIDATE, CONFIG, COMPLETION, VERSION_COMMAND];
