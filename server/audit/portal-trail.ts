import type { HospitalDb } from "../../db/planes.ts";
import { portalAudit } from "../../db/schema/hospital/node.ts";
import type { AuditFacts } from "./chain.ts";

/** Who did what at the read-only portal of a copy: kept where it happened, since the trail itself is a copy there. */
// open: the act that is recorded was authorized
export async function addToPortalTrail(db: HospitalDb, facts: readonly AuditFacts[]): Promise<void> {
  if (facts.length === 0) return;
  await db
    .insert(portalAudit)
    .values(facts.map(({ subjectId, read: _, ...fact }) => ({ ...fact, patientId: subjectId })));
}
