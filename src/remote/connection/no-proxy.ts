import { BlockList, isIP } from "node:net";

/** Whether a host is reached without the proxy. */
export type ProxyExemption = (host: string, port: number) => boolean;

/**
 * Reads a list as in the variable `NO_PROXY`: host names, which stand for their subdomains too, with or without a leading
 * `.` or `*.`; addresses; networks as `10.0.0.0/8`; each with `:port` for that port only; `*` for everything.
 */
export function proxyExemption(list: string | undefined): ProxyExemption {
  const entries = (list ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  const tests = entries.map(exemptionOf);
  return (host, port) => {
    const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
    return tests.some((test) => test(bare, port));
  };
}

function exemptionOf(entry: string): ProxyExemption {
  if (entry === "*") return () => true;
  const network = networkOf(entry);
  if (network !== undefined)
    return (host) => isIP(host) !== 0 && network.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
  const [, name = "", onlyPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  const domain = name.toLowerCase().replace(/^\*?\./, "");
  return (host, port) =>
    (onlyPort === undefined || Number(onlyPort) === port) && (host === domain || host.endsWith(`.${domain}`));
}

function networkOf(entry: string): BlockList | undefined {
  const [, address = "", bits = ""] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 6 ? 128 : 32)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, Number(bits), version === 6 ? "ipv6" : "ipv4");
  return network;
}
