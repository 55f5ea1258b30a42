import { join } from "node:path";
import { keepLooksIn, leftFiles } from "./audit/look-files.ts";
import { notYetThere, writeRows } from "./audit/look-rows.ts";
import { addToPortalTrail } from "./audit/portal-trail.ts";
import type { Services } from "./tenancy/services.ts";
import { systemHospital } from "./tenancy/system-hospital.ts";

const everyMs = 10_000;

/**
 * From now on, looks that wait to be written lie on this server's disk as well; and what a process left there that was
 * killed is written, now and every ten seconds.
 * @returns ends it.
 */
export function keepLooks(services: Services): () => void {
  keepLooksIn(join(services.env.dataDir, "looks"));
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ended = false;
  const sweep = async () => {
    await writeLeftLooks(services).catch((error: unknown) =>
      services.log.warn({ err: error }, "Looks left by killed processes cannot be seen"),
    );
    if (!ended) timer = setTimeout(() => void sweep(), everyMs);
  };
  void sweep();
  return () => {
    ended = true;
    if (timer !== null) clearTimeout(timer);
    keepLooksIn(null);
  };
}

/** Writes what killed processes had shown and not written; a hospital whose database is down waits. */
async function writeLeftLooks(services: Services): Promise<void> {
  for (const left of leftFiles()) {
    try {
      const hospital = await services.resolver.hospitalById(left.hospitalId);
      if (hospital !== null) {
        const { db } = systemHospital(services, hospital, "looks");
        const facts = left.read(hospital);
        if (hospital.readOnly?.why === "on-site") await addToPortalTrail(db, facts);
        else {
          const missing = facts.length === 0 ? [] : await notYetThere(db, facts);
          if (missing.length > 0) await writeRows({ db, hospital }, missing, null);
          services.log.info({ hospitalId: hospital.id, looks: missing.length }, "Looks of a killed process");
        }
      }
      left.remove();
    } catch (error) {
      services.log.warn({ hospitalId: left.hospitalId, err: error }, "Looks left by a killed process wait");
    }
  }
}
