import { consentGivers, consentMethods, consentPurposes } from "../../db/schema/hospital/consents.ts";
import { AppError } from "../errors.ts";
import { consentInput } from "../hospital/consents/consents.input.ts";
import { type Consent, listConsents, recordConsent, withdrawConsent } from "../hospital/consents/consents.ts";
import { parseForm } from "../input.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command, listed, table } from "./command.ts";
import { patientIdOf } from "./find-patient.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

const rowOf = (consent: Consent): readonly string[] => [
  ...[consent.id, consent.purpose, consent.standing, consent.givenBy, consent.method],
  ...[consent.validFrom.toISOString(), consent.validUntil?.toISOString() ?? ""],
];

const header = ["ID", "PURPOSE", "STANDING", "GIVEN BY", "METHOD", "FROM", "UNTIL"];

const list: Command = {
  name: "consents:list",
  summary: "List what a patient has agreed to and refused",
  usage: `wardline consents:list --hospital SUBDOMAIN --patient MRN [--json]

  The latest first; of a purpose the latest alone counts.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const consents = await listConsents(
      context,
      await patientIdOf(context, needed("patient", given.patient)),
    );
    io.out(given.json ? asJson(consents) : listed(header, consents.map(rowOf), "Nothing is recorded."));
    return 0;
  },
};

const record: Command = {
  name: "consents:record",
  summary: "Record what a patient has agreed to or refused",
  usage: `wardline consents:record --hospital SUBDOMAIN --patient MRN --purpose PURPOSE --decision DECISION [options]

  Counts in place of what was recorded of that purpose before. On record as the command line's.

  --purpose PURPOSE    ${consentPurposes.join(", ")}
  --decision DECISION  granted or refused
  --given-by WHO       patient or guardian (patient)
  --giver NAME         the guardian's name
  --method METHOD      ${consentMethods.join(", ")} (written)
  --until TIME         ISO 8601, such as 2027-03-01T00:00:00Z (until it is withdrawn)
  --document TEXT      where the signed paper lies
  --note TEXT
  --json               answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, patient: text, purpose: text, decision: text, method: text },
      ...{ "given-by": text, giver: text, until: text, document: text, note: text },
    });
    const asked = parseForm(consentInput, {
      purpose: choice("purpose", needed("purpose", given.purpose), consentPurposes),
      decision: choice("decision", needed("decision", given.decision), ["granted", "refused"]),
      givenBy: choice("given-by", given["given-by"] ?? "patient", consentGivers),
      method: choice("method", given.method ?? "written", consentMethods),
      ...{ giverName: given.giver, validUntil: given.until },
      ...{ documentReference: given.document, note: given.note },
    });
    if (!asked.ok)
      throw new AppError("invalid", "input.invalid", "Some options need correcting.", {
        fields: asked.errors,
      });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const patientId = await patientIdOf(context, needed("patient", given.patient));
    const consent = await recordConsent(context, patientId, asked.value);
    io.out(given.json ? asJson(consent) : table([header, rowOf(consent)]));
    return 0;
  },
};

const withdraw: Command = {
  name: "consents:withdraw",
  summary: "Withdraw a consent",
  usage: `wardline consents:withdraw --hospital SUBDOMAIN --patient MRN --id ID --reason TEXT [--json]

  Nothing more is given out for it. consents:list tells the ids.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text, id: text, reason: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const patientId = await patientIdOf(context, needed("patient", given.patient));
    const consent = await withdrawConsent(
      context,
      patientId,
      needed("id", given.id),
      needed("reason", given.reason),
    );
    io.out(given.json ? asJson(consent) : table([header, rowOf(consent)]));
    return 0;
  },
};

export const consentCommands: readonly Command[] = [list, record, withdraw];
