import { BlockList, isIP } from "node:net";

/** An address as it is meant: IPv4 within IPv6 (`::ffff:10.0.0.1`) is IPv4. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

const family = (version: number) => (version === 6 ? "ipv6" : "ipv4");

interface Network {
  readonly address: string;
  readonly version: number;
  readonly bits: number;
}

function readNetwork(text: string): Network | null {
  const [address = "", bits, ...rest] = text.trim().split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return null;
  const most = version === 6 ? 128 : 32;
  if (bits === undefined) return { address, version, bits: most };
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return null;
  return { address, version, bits: Number(bits) };
}

/** An address or network as it is kept (`10.1.0.0/16`); null where it is none. */
// open: pure
export function tidyNetwork(text: string): string | null {
  const network = readNetwork(text);
  if (network === null) return null;
  const whole = network.bits === (network.version === 6 ? 128 : 32);
  return whole ? network.address.toLowerCase() : `${network.address.toLowerCase()}/${network.bits}`;
}

/** A test for addresses within any of these networks; without any, every address is. */
// open: pure
export function withinNetworks(networks: readonly string[]): (address: string | null) => boolean {
  if (networks.length === 0) return () => true;
  const list = new BlockList();
  for (const text of networks) {
    const network = readNetwork(text);
    if (network !== null) list.addSubnet(network.address, network.bits, family(network.version));
  }
  return (address) => {
    if (address === null) return false;
    const meant = plain(address);
    const version = isIP(meant);
    return version !== 0 && list.check(meant, family(version));
  };
}
