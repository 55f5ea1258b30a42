import { type Static, t } from "elysia";
import {
  consentDecisions,
  consentGivers,
  consentMethods,
  consentPurposes,
} from "../../../db/schema/hospital/consents.ts";
import { line, lines, oneOf } from "../../input.ts";

const instant = (description: string) =>
  t.String({ format: "date-time", refusal: "not-a-time", description });

export const consentInput = t.Object({
  purpose: oneOf(consentPurposes),
  decision: oneOf(["granted", "refused"]),
  givenBy: oneOf(consentGivers),
  giverName: t.Optional(line(200)),
  method: oneOf(consentMethods),
  validFrom: t.Optional(instant("Left out: from now on.")),
  validUntil: t.Optional(instant("Left out: until it is withdrawn.")),
  documentReference: t.Optional(line(300)),
  note: t.Optional(lines(1000)),
});
export type ConsentInput = Static<typeof consentInput>;

export const withdrawInput = t.Object({ reason: line(300, { min: 3 }) });

const maybe = () => t.Nullable(t.String());
export const consentRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    patientId: t.String({ format: "uuid" }),
    purpose: oneOf(consentPurposes),
    decision: oneOf(consentDecisions),
    givenBy: oneOf(consentGivers),
    giverName: maybe(),
    method: oneOf(consentMethods),
    validFrom: t.String({ format: "date-time" }),
    validUntil: maybe(),
    documentReference: maybe(),
    note: maybe(),
    recordedByName: t.String(),
    createdAt: t.String({ format: "date-time" }),
    withdrawnAt: maybe(),
    withdrawnByName: maybe(),
    withdrawReason: maybe(),
    version: t.Integer(),
    standing: oneOf(["in-force", "refused", "withdrawn", "expired", "later", "replaced"]),
  },
  { title: "Consent" },
);

export const disclosurePurposes = ["subject", "treatment", "research", "insurance", "third-party"] as const;
export const disclosureInput = t.Object({
  purpose: oneOf(disclosurePurposes),
  recipient: line(200),
  reason: line(300, { min: 3 }),
});
export type DisclosureInput = Static<typeof disclosureInput>;
