import { Option } from "commander";
import { type AddCommand, atMost, dataOption, endpointOption, fleetName, jsonOption, tag } from "../options.ts";
import { FLEET_KINDS } from "./fleet-plan.ts";

const CONFIGURE_EXAMPLES = `
Examples:
  codedeploy-sandbox configure-agent host-1 --dir ./host-1
  codedeploy-sandbox configure-agent i-0123456789abcdef0 --dir ./ec2-1

A host whose name begins with i- is an EC2 instance: it gets a metadata service of its own (version 2 and 1), and the
agent is started with the address of it. Any other is an on-premises instance.`;

const FLEET_EXAMPLES = `
Examples:
  codedeploy-sandbox fleet --hosts 5
  codedeploy-sandbox fleet --hosts 20 --name api --kind ec2 --tag role=api

Each agent has a directory, a state and an identity of its own, and is started again when it ends. Scripts of a
revision tell the hosts apart by SANDBOX_HOST (web-1) and SANDBOX_HOST_DIR; the destinations of "files" are paths of
this machine, and so the same for all of them.

Exit status: 0 stopped, 1 failed, 2 wrong usage.`;

export const addConfigureAgent: AddCommand = (program, io, end) => {
  program
    .command("configure-agent")
    .description("write the configuration of an agent that polls the sandbox as HOST")
    .argument("<host>", "name of the host")
    .requiredOption("--dir <directory>", "where the files, logs and state of the host go")
    .option("--force", "replace files that exist", false)
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText("after", CONFIGURE_EXAMPLES)
    .action(async (host, options) =>
      end(await (await import("./configure-agent.ts")).configureAgent(host, options, io)),
    );
};

export const addFleet: AddCommand = (program, io, end) => {
  program
    .command("fleet")
    .description("run agents on this machine, each as a host of its own, until Ctrl-C")
    .option("--hosts <n>", "how many", atMost(200), 5)
    .option("--name <name>", "what the hosts are called: NAME-1, NAME-2, ...", fleetName, "web")
    .addOption(new Option("--kind <kind>", "what the hosts are").choices(FLEET_KINDS).default("on-premises"))
    .addOption(
      new Option("--tag <key=value>", "tag of each host; may be repeated (default: fleet=NAME)")
        .argParser(tag)
        .default([], "fleet=NAME"),
    )
    .option("--dir <directory>", "where the files of the hosts go (default: below the sandbox's directory)")
    .option("-d, --detach", "run in the background once all agents poll; see down", false)
    .option("--agent <program>", "agent to run in place of ours")
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption("print a line of JSON for each thing that happens"))
    .addHelpText("after", FLEET_EXAMPLES)
    .action(async (options) => end(await (await import("./fleet.ts")).fleet(options, io)));
};
