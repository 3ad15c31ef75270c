import { type DeregistrationStep, deregister, planDeregistration } from "../../registration/deregister.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { EXIT, print, printJson } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import type { DeregisterOptions } from "./commands.ts";
import { stepText } from "./step-text.ts";
import { regionOf, surroundings } from "./surroundings.ts";

/** `codedeploy-agent deregister`. */
export async function deregisterHost(given: Given<DeregisterOptions>, line: CommandLine): Promise<number> {
  const { options } = given;
  const { io } = line;
  const found = await surroundings(given, line);
  const { instanceName } = options;
  const account = await line.services.account(regionOf(options.region, found, line));
  const wish = {
    instanceName,
    deleteUser: options.deleteIamUser === true,
    keepFile: options.keepFile === true,
    file: found.file,
  };
  const facts = { instance: await account.instance(instanceName), configuration: found.configuration };
  const steps = planDeregistration(wish, facts);
  const done: DeregistrationStep[] = [];
  if (!options.dryRun) {
    for await (const step of deregister(steps, { account, fileSystem: found.fileSystem })) {
      done.push(step);
      if (!options.json) print(io, `done  ${stepText(step)}`);
    }
  }
  if (options.json) printJson(io, { instanceName, dryRun: options.dryRun === true, steps });
  else if (options.dryRun) print(io, ...steps.map((step) => `would ${stepText(step)}`), "Nothing was changed.");
  else print(io, ...endingLines(instanceName, done));
  const other = found.configuration?.hostIdentifier;
  if (!options.json && other !== undefined && !wish.keepFile && !steps.some(({ kind }) => kind === "remove-file"))
    print(io, printable(`${found.file} stays: it is of ${other}.`));
  return EXIT.done;
}

function endingLines(instanceName: string, done: readonly DeregistrationStep[]): readonly string[] {
  if (done.length === 0) return [`${instanceName} was not registered.`];
  return [
    `${instanceName} is not registered any more. Files that were installed stay.`,
    "Next: codedeploy-agent stop, for the agent has no identity now",
  ];
}
