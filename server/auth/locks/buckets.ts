import { sha256 } from "../../crypto.ts";
import type { BucketKind } from "./refusals.ts";

export interface Buckets {
  readonly account: string;
  readonly pair: string;
  readonly address: string;
  readonly device: string | null;
}

/** Under which names a try is counted. */
// open: pure
export function bucketsOf(
  { email, address }: { readonly email: string; readonly address: string | null },
  device: string | null,
): Buckets {
  const from = address ?? "unknown";
  return {
    account: `account ${email}`,
    pair: `pair ${email} ${from}`,
    address: `address ${from}`,
    device: device === null ? null : `device ${email} ${sha256(device)}`,
  };
}

/** The names that there are. */
// open: pure
export const namesOf = (buckets: Buckets): string[] =>
  [buckets.account, buckets.pair, buckets.address, buckets.device].filter((one) => one !== null);

/** Which kind of name this is. */
export function kindOf(bucket: string): BucketKind {
  const word = bucket.split(" ", 1)[0];
  return word === "account" || word === "pair" || word === "device" ? word : "address";
}
