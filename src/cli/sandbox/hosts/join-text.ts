import type { Member } from "./fleet.ts";

/** What a fleet says at its start: where its hosts are, and how agents of another make join. */
export function joinLines(url: string, members: readonly Member[]): readonly string[] {
  const [first] = members;
  if (first === undefined) return [];
  const tags = first.host.tags.map(({ Key, Value }) => `${Key}=${Value}`).filter((tag) => !tag.startsWith("Name="));
  const onPremises = first.configured.onPremises !== undefined;
  return [
    `Hosts     ${labels(members)}   ${onPremises ? "on-premises" : "EC2"}, tagged ${tags.join(", ")}`,
    `Files     ${first.configured.directory.slice(0, -first.host.label.length)}<host>/`,
    `Select    --${onPremises ? "on-premises-instance" : "ec2"}-tag-filters ${filter(tags[0] ?? "")}`,
    "Any other agent joins by its configuration alone (or by the files that",
    "codedeploy-sandbox configure-agent NAME --dir DIR writes):",
    `  deploy_control_endpoint: ${url}`,
    `  s3_endpoint_override: ${url}`,
    "One that checks who signed a specification trusts, in addition,",
    `  ${first.configured.authority}`,
  ];
}

function labels(members: readonly Member[]): string {
  const [first, last] = [members[0], members.at(-1)];
  return members.length === 1 ? `${first?.host.label}` : `${first?.host.label} to ${last?.host.label}`;
}

function filter(tag: string): string {
  const [key = "", ...value] = tag.split("=");
  return `Key=${key},Value=${value.join("=")},Type=KEY_AND_VALUE`;
}
