import { type AddCommand, dataOption, endpointOption, jsonOption } from "../options.ts";

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
    .action(async (host, options) =>
      end(await (await import("./configure-agent.ts")).configureAgent(host, options, io)),
    );
};
