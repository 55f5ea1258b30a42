/** How many failures are free, and how long the refusals are that follow: each twice the one before. */
interface Rule {
  readonly free: number;
  readonly firstSeconds: number;
}

const longestSeconds = 15 * 60;

export type BucketKind = "account" | "pair" | "address" | "device";

const rules: Readonly<Record<BucketKind, Rule>> = {
  // Guessing from many addresses: it slows down to four tries an hour.
  account: { free: 20, firstSeconds: 30 },
  pair: { free: 10, firstSeconds: 30 },
  // A whole hospital may stand behind one address.
  address: { free: 200, firstSeconds: 30 },
  device: { free: 10, firstSeconds: 30 },
};

/** How long the next tries are refused after so many failures. */
// open: pure
export function refusedSeconds(kind: BucketKind, failures: number): number {
  const { free, firstSeconds } = rules[kind];
  return failures < free ? 0 : Math.min(longestSeconds, firstSeconds * 2 ** Math.min(20, failures - free));
}
