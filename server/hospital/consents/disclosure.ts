import { makeZip } from "client-zip";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { invalidField } from "../../errors.ts";
import type { FileFolder } from "../../files/folder.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { requirePatientAccess } from "../privacy/access.ts";
import { lockGuard } from "../privacy/guarded.ts";
import type { DisclosureInput } from "./consents.input.ts";
import { type ConsentPurpose, requireConsent } from "./consents.ts";
import { filesOf } from "./disclosure-files.ts";

/** The consent that a purpose asks for; the patient's own request asks for none. */
const consentFor: Readonly<Record<DisclosureInput["purpose"], ConsentPurpose | null>> = {
  subject: null,
  treatment: "treatment",
  research: "research",
  insurance: "insurance",
  "third-party": "third-party",
};

export interface Archive {
  readonly name: string;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * Gives out everything held of one patient as one archive, made as it is sent: a file of JSON lines a kind, the
 * documents as they came, a CSV of who has seen and changed the record, a manifest and checksums (`sha256sum -c
 * SHA256SUMS`). The row in the audit is
 * written, and the consent looked at, before the first byte.
 * @throws AppError not-found (404); forbidden (403) `patient.restricted`, `consent.…`; invalid (422).
 */
export async function disclosePatient(
  context: HospitalContext,
  folder: FileFolder,
  id: string,
  { purpose, recipient, reason }: DisclosureInput,
): Promise<Archive> {
  authorize(context.actor, "patients:export");
  authorize(context.actor, "clinical:read");
  if (reason.trim().length < 3)
    throw invalidField("reason", "required", "Say why; it is kept with the record.");
  const consent = consentFor[purpose];
  const patient = await context.write(async (tx) => {
    const guarded = await lockGuard(tx, id);
    await requirePatientAccess(tx, context, guarded);
    if (consent !== null) await requireConsent(context, tx, guarded.id, consent);
    await audit(tx, context, {
      ...{ event: "patient.disclosed", entity: "patient", entityId: guarded.id, patientId: guarded.id },
      ...{ reason: reason.trim(), details: { purpose, recipient: recipient.trim() } },
    });
    return guarded;
  });
  const about = { purpose, recipient: recipient.trim(), mrn: patient.mrn, hospital: context.hospital.name };
  return { name: `record-${patient.mrn}.zip`, body: makeZip(filesOf(context, folder, patient.id, about)) };
}
