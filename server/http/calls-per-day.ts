import { entitlement } from "../../db/schema/hospital/settings.ts";
import type { HospitalGate } from "../tenancy/context.ts";

interface Known {
  allowed: number | null;
  until: number;
}

const lifeMs = 60_000;
const knownAtMost = 5_000;
const byHospital = new Map<string, Known>();

/**
 * How many calls a day the hospital's plan allows its programs; null is no limit. Read in the background once a
 * minute, so that no call waits for it: a limit that was just changed counts within a minute.
 */
export function callsPerDay(gate: HospitalGate): number | null {
  const { id } = gate.hospital;
  const known = byHospital.get(id);
  if (known !== undefined && known.until > performance.now()) return known.allowed;
  if (byHospital.size >= knownAtMost) byHospital.clear();
  const entry: Known = { allowed: known?.allowed ?? null, until: performance.now() + lifeMs };
  byHospital.set(id, entry);
  void read(gate).then(
    (allowed) => {
      entry.allowed = allowed;
    },
    () => {},
  );
  return entry.allowed;
}

async function read(gate: HospitalGate): Promise<number | null> {
  const [row] = await gate.db.select({ allowed: entitlement.apiCallsPerDay }).from(entitlement);
  return row?.allowed ?? null;
}
