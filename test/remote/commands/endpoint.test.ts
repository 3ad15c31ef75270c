import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../src/config/config-error.ts";
import { commandsEndpoint } from "../../../src/remote/commands/api.ts";

describe("the endpoint of the command service", () => {
  test.each([
    ["us-east-1", false, false, "https://codedeploy-commands.us-east-1.amazonaws.com"],
    ["us-east-1", true, false, "https://codedeploy-commands-secure.us-east-1.amazonaws.com"],
    ["us-east-1", false, true, "https://codedeploy-commands-fips.us-east-1.amazonaws.com"],
    ["us-east-1", true, true, "https://codedeploy-commands-secure-fips.us-east-1.amazonaws.com"],
    ["us-gov-west-1", false, false, "https://codedeploy-commands.us-gov-west-1.amazonaws.com"],
    ["us-gov-east-1", true, true, "https://codedeploy-commands-secure-fips.us-gov-east-1.amazonaws.com"],
    ["cn-north-1", false, false, "https://codedeploy-commands.cn-north-1.amazonaws.com.cn"],
    ["cn-northwest-1", true, false, "https://codedeploy-commands-secure.cn-northwest-1.amazonaws.com.cn"],
    ["eusc-de-east-1", false, false, "https://codedeploy-commands.eusc-de-east-1.amazonaws.eu"],
    ["eusc-de-east-1", true, false, "https://codedeploy-commands-secure.eusc-de-east-1.amazonaws.eu"],
    ["zz-new-1", false, false, "https://codedeploy-commands.zz-new-1.amazonaws.com"],
  ])("in %s (secure: %s, FIPS: %s) is %s", (region, secure, fips, url) => {
    expect(commandsEndpoint({ region, secure, fips })).toBe(url);
  });

  test.each([
    ["us-iso-east-1", false, "c2s.ic.gov", "https://codedeploy-commands.us-iso-east-1.c2s.ic.gov"],
    ["us-iso-east-1", true, "c2s.ic.gov", "https://codedeploy-commands-secure.us-iso-east-1.c2s.ic.gov"],
    ["eu-west-1", false, "amazonaws.eu", "https://codedeploy-commands.eu-west-1.amazonaws.eu"],
  ])("in %s (secure: %s) with the domain %s is %s", (region, secure, domain, url) => {
    expect(commandsEndpoint({ region, secure, fips: false, domain })).toBe(url);
  });

  test.each([
    "https://vpce-0a1b.codedeploy-commands-secure.eu-west-1.vpce.amazonaws.com",
    "http://127.0.0.1:4566",
    "https://gateway.example.com/codedeploy",
  ])("is the one that was configured: %s", (override) => {
    expect(commandsEndpoint({ override, region: "eu-west-1", secure: true, fips: true, domain: "x.y" })).toBe(override);
  });

  test.each(["", "eu west 1", "evil.example.com", "evil.example.com/", "a@b", "eu-west-1:444", "-x", "é"])(
    "a region like %j cannot lead elsewhere",
    (region) => {
      expect(() => commandsEndpoint({ region, secure: false, fips: false })).toThrow(ConfigError);
    },
  );

  test("a domain like a path cannot lead elsewhere", () => {
    const ask = () => commandsEndpoint({ region: "eu-west-1", secure: false, fips: false, domain: "example.com/x" });
    expect(ask).toThrow(ConfigError);
    expect(ask).toThrow(
      'the region "eu-west-1" and the domain "example.com/x": the domain is not the name of a domain.',
    );
  });
});
