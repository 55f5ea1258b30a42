import { filesHere } from "../files/sides.ts";
import { disclosureInput, disclosurePurposes } from "../hospital/consents/consents.input.ts";
import { disclosePatient } from "../hospital/consents/disclosure.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { patientIdOf } from "./find-patient.ts";
import { checked } from "./options.ts";
import { insideHospital } from "./place.ts";
import { fileOptions, toFile } from "./to-file.ts";

const text = { type: "string" } as const;

const disclose: Command = {
  name: "records:disclose",
  summary: "Give out everything held of a patient as one archive",
  usage: `wardline records:disclose --hospital SUBDOMAIN --patient MRN --purpose PURPOSE --out FILE.zip [options]

  JSON lines, the documents as they came, who has seen the record, and checksums. All purposes but the patient's own
  request (subject) need a consent in force. On record as the command line's before the first byte.

  --purpose PURPOSE  ${disclosurePurposes.join(", ")}
  --recipient WHO    who is given it
  --reason TEXT      why; it is kept with the record
  --out FILE.zip     where it goes, for its owner alone to read; - for standard output
  --force            in place of a file that is there already
  --json             answer as JSON; with --out - nothing but the archive is said`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, patient: text, purpose: text, recipient: text, reason: text },
      ...fileOptions,
    });
    const out = needed("out", given.out);
    const input = checked(disclosureInput, {
      purpose: choice("purpose", needed("purpose", given.purpose), disclosurePurposes),
      recipient: given.recipient ?? needed("recipient", undefined),
      reason: given.reason ?? needed("reason", undefined),
    });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await patientIdOf(context, needed("patient", given.patient));
    const folder = filesHere(services.env, context.hospital.id);
    const bytes = await toFile(out, given.force, async () => {
      const { body } = await disclosePatient(context, folder, id, input);
      return body;
    });
    if (out !== "-") io.out(given.json ? asJson({ file: out, bytes }) : `${out}: ${bytes} bytes.`);
    return 0;
  },
};

export const disclosureCommands: readonly Command[] = [disclose];
