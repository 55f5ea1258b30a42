import { type Random, seeded } from "./random.ts";

/** Faults of the ways between, and of single sessions: short, and at any time. */
export const linkFaults = [
  "cut",
  "reset",
  "refuse",
  "half-open",
  "delay",
  "reset-after-bytes",
  "truncate",
  "lost-acknowledgement",
  "terminated-backends",
] as const;

/** Faults of machines and of people: one at a time. */
export const machineFaults = [
  "kill-pusher",
  "stop-pusher",
  "kill-primary",
  "kill-copy",
  "prepared-transaction",
  "clock-jump",
  "big-transaction",
  "schema-ahead",
  "schema-behind",
  "log-cap",
  "damaged-copy",
  "copy-rolled-back",
  "primary-rolled-back",
] as const;

/** What a follower by a naive watermark is put through: nothing that it makes no claim to survive. */
const negativeMachineFaults = ["kill-pusher", "stop-pusher", "kill-copy"] as const;

export type LinkFault = (typeof linkFaults)[number];
export type MachineFault = (typeof machineFaults)[number];
export type FaultKind = LinkFault | MachineFault;
export const links = ["writers-primary", "pusher-primary", "pusher-copy", "readers-copy"] as const;
export type Link = (typeof links)[number];

export interface PlannedFault<Kind extends FaultKind = FaultKind> {
  readonly kind: Kind;
  readonly link: Link;
  /** How long it holds, how long until the next one, and a size, as the kind understands it. */
  readonly holdMs: number;
  readonly pauseMs: number;
  readonly size: number;
}

export interface Plan {
  readonly nextLink: () => PlannedFault<LinkFault>;
  readonly nextMachine: () => PlannedFault<MachineFault>;
}

/**
 * Two endless runs of faults, the same for the same seed. Machine faults come in shuffled rounds, so that each
 * kind comes up soon.
 */
export function planOf(seed: number, negative: boolean): Plan {
  const linkRandom = seeded(seed);
  const machineRandom = seeded(seed ^ 0x5eed);
  const kinds: readonly MachineFault[] = negative ? negativeMachineFaults : machineFaults;
  let round: MachineFault[] = [];
  return {
    nextLink: () => planned(linkRandom, linkRandom.pick(linkFaults), 900),
    nextMachine() {
      if (round.length === 0) round = shuffled(machineRandom, kinds);
      const kind = round.shift();
      if (kind === undefined) throw new Error("A round of faults is empty.");
      return planned(machineRandom, kind, 1_500);
    },
  };
}

function planned<Kind extends FaultKind>(random: Random, kind: Kind, longestMs: number): PlannedFault<Kind> {
  return {
    kind,
    link: random.pick(links),
    holdMs: random.between(50, longestMs),
    pauseMs: random.between(50, 600),
    size: random.next(),
  };
}

function shuffled<T>(random: Random, from: readonly T[]): T[] {
  const left = [...from];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(random.between(0, left.length - 1), 1));
  return out;
}
