import { planRegistration, type RegistrationStep, type RegistrationWish } from "../../registration/plan.ts";
import { register, registrationFacts } from "../../registration/register.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT, print, printJson } from "../terminal/io.ts";
import type { RegisterOptions } from "./commands.ts";
import { wantedIdentity } from "./identity.ts";
import { stepText } from "./step-text.ts";
import { regionOf, surroundings } from "./surroundings.ts";

/** `codedeploy-agent register`. */
export async function registerHost(given: Given<RegisterOptions>, line: CommandLine): Promise<number> {
  const { options } = given;
  const identity = wantedIdentity(options, line.io.workingDirectory);
  const found = await surroundings(given, line);
  const region = regionOf(options.region, found, line);
  if (!options.onEc2) await requireNoInstance(line);
  const wish: RegistrationWish = {
    ...{ instanceName: options.instanceName, region, identity, tags: options.tags },
    ...{ file: found.file, override: options.overrideConfig === true, withCommands: found.withCommands },
  };
  const ports = { account: await line.services.account(region), fileSystem: found.fileSystem };
  const facts = await registrationFacts(wish, found.configuration, ports);
  const plan = planRegistration(wish, facts);
  if (plan.kind === "refused") throw new CliError(plan.reason);
  if (options.dryRun) return showDryRun(plan.steps, options, line);
  const done: RegistrationStep[] = [];
  for await (const step of register(plan.steps, { wish, facts }, ports)) {
    done.push(step);
    if (!options.json) print(line.io, `done  ${stepText(step)}`);
  }
  if (options.json)
    printJson(line.io, { registered: true, instanceName: wish.instanceName, file: wish.file, steps: done });
  else print(line.io, ...endingLines(wish, done));
  return EXIT.done;
}

async function requireNoInstance({ services }: CommandLine): Promise<void> {
  const instanceId = await services.ec2InstanceId();
  if (instanceId === undefined) return;
  throw new CliError(
    `This host is the EC2 instance ${instanceId}: CodeDeploy finds it by its own tags or Auto Scaling group, it needs an instance profile and no registration. Give --on-ec2 to register it all the same.`,
  );
}

function showDryRun(steps: readonly RegistrationStep[], { json }: RegisterOptions, { io }: CommandLine): number {
  if (json) printJson(io, { registered: steps.length === 0, dryRun: true, steps });
  else
    print(
      io,
      ...steps.map((step) => `would ${stepText(step)}`),
      steps.length === 0 ? "Everything is done already." : "Nothing was changed.",
    );
  return EXIT.done;
}

function endingLines(
  { instanceName, identity, region }: RegistrationWish,
  done: readonly RegistrationStep[],
): readonly string[] {
  const isNew = done.length > 0;
  return [
    `${instanceName} is registered in ${region}${isNew ? "" : ", as it was before"}.`,
    ...(isNew && identity.kind === "session"
      ? ["Next: codedeploy-agent session-credentials --loop, as a service"]
      : []),
    ...(isNew ? ["Next: codedeploy-agent restart"] : []),
  ];
}
