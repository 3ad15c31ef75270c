import { Option } from "commander";
import { FAULT_SERVICES } from "../../../sandbox/faults/fault.ts";
import {
  type AddCommand,
  atMost,
  dataOption,
  endpointOption,
  factor,
  jsonOption,
  portNumber,
  seconds,
  share,
} from "../options.ts";

const ENV_EXAMPLES = `
Examples:
  eval "$(codedeploy-sandbox env)" && aws deploy list-applications
  codedeploy-sandbox env --format profile >>~/.aws/config

Versions of the AWS CLI before 2.13 do not read AWS_ENDPOINT_URL; give them --endpoint-url "$AWS_ENDPOINT_URL".`;

const FAULT_EXAMPLES = `
What happens:
  latency MILLISECONDS    requests are carried out later
  error [STATUS]          answered with 500 (default), 502, 503 or 504
  throttling [SECONDS]    answered as one too many, with Retry-After where SECONDS are given
  refusal [REASON]        access-denied (default), expired-token, invalid-signature or unknown-key
  lost-answer             carried out, but the connection is reset in place of an answer
  outage                  the connection is reset, nothing is carried out
  duplicate, stale        a command is handed out once more, while its deployment runs or after it
  cut BYTES               a download from S3 ends after so many bytes
  list                    the faults that there are, and how often they have hit
  clear [ID]              ends all faults, or the one with the id

Examples:
  codedeploy-sandbox fault latency 2000 --service commands --host web-1
  codedeploy-sandbox fault error 503 --service s3 --count 3
  codedeploy-sandbox fault outage --service metadata --seconds 60
  codedeploy-sandbox fault throttling 2 --operation PollHostCommand --probability 0.1
  codedeploy-sandbox fault clear`;

const ALARM_EXAMPLES = `
Examples:
  codedeploy-sandbox alarm errors ALARM
  codedeploy-sandbox alarm errors OK
  codedeploy-sandbox alarm`;

export const addUp: AddCommand = (program, io, end) => {
  program
    .command("up")
    .description("run a sandbox, in the foreground unless told otherwise")
    .option("--port <n>", "port on 127.0.0.1; 0 takes a free one", portNumber, 0)
    .addOption(dataOption())
    .addOption(
      new Option("--state <directory>", "the same as --data, and everything is kept there over restarts").conflicts(
        "data",
      ),
    )
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("-d, --detach", "run in the background; see down", false)
    .option("--any-key", "take requests that are signed with any key", false)
    .option("--time-scale <factor>", "scale of all limits and waits: at 0.01 five minutes are three seconds", factor, 1)
    .option("--long-poll <seconds>", "how long a poll without a command is held", seconds, 20)
    .option("--redeliver <seconds>", "when a command that no agent has acknowledged is handed out again", seconds, 10)
    .addOption(jsonOption())
    .action(async (options) => end(await (await import("./up.ts")).up(options, io)));
};

export const addDown: AddCommand = (program, io, end) => {
  program
    .command("down")
    .description("stop the sandbox, and the fleets that work for it")
    .addOption(dataOption())
    .addOption(new Option("--state <directory>", "the same as --data").conflicts("data"))
    .addOption(jsonOption())
    .action(async (options) => end(await (await import("./down.ts")).down(options, io)));
};

export const addFault: AddCommand = (program, io, end) => {
  program
    .command("fault")
    .description("disturb requests on demand: slow, refused, throttled, lost, cut, handed out twice")
    .argument("<what>", "what happens to them, see below; or list, or clear")
    .argument("[value]", "how much of it")
    .addOption(new Option("--service <name>", "requests to one service only").choices(FAULT_SERVICES))
    .option("--operation <name>", "one operation only: PollHostCommand, GetObject, ...")
    .option("--host <name>", "one host only")
    .option("--count <n>", "so many requests", atMost(65_535))
    .option("--probability <share>", "a share of the requests, above 0 and up to 1", share)
    .option("--seed <n>", "start of the chance; equal seeds hit equal requests", atMost(65_535))
    .option("--seconds <n>", "for so long", seconds)
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText("after", FAULT_EXAMPLES)
    .action(async (what, value, options) => end(await (await import("./fault.ts")).fault(what, value, options, io)));
};

export const addAlarm: AddCommand = (program, io, end) => {
  program
    .command("alarm")
    .description("set an alarm that deployment groups watch, or list those that are set")
    .argument("[name]", "name of the alarm")
    .argument("[state]", "ALARM stops the deployments of groups that watch it; OK")
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText("after", ALARM_EXAMPLES)
    .action(async (name, state, options) => end(await (await import("./alarm.ts")).alarm(name, state, options, io)));
};

export const addEnv: AddCommand = (program, io, end) => {
  program
    .command("env")
    .description("print what the AWS CLI and SDKs need to use the sandbox")
    .addOption(
      new Option("--format <format>", "sh: variables for eval; profile: a profile for ~/.aws/config")
        .choices(["sh", "profile", "json"])
        .default("sh"),
    )
    .addOption(endpointOption())
    .addOption(dataOption())
    .addHelpText("after", ENV_EXAMPLES)
    .action(async (options) => end(await (await import("./env.ts")).env(options, io)));
};

export const addStatus: AddCommand = (program, io, end) => {
  program
    .command("status")
    .description("show hosts, groups and deployments")
    .addOption(endpointOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options) => end(await (await import("./status.ts")).status(options, io)));
};
