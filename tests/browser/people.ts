import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runImport } from "../../server/hospital/import/run-import.ts";
import type { TestApp } from "../support/app.ts";
import { bundleOf, wholeRecord } from "../support/fhir.ts";

/** Real-shaped bundles of made-up patients, where they lie beside the project. */
const bundles = resolve(import.meta.dir, "../../../shared/data/synthea");

const names = [
  ["Muhammad", "Siddiqui", "male", "1954-11-02"],
  ["Aarav", "Sharma", "male", "2024-09-30"],
  ["Fatima", "Bhatti", "female", "1999-01-21"],
  ["Ayesha", "Khan", "female", "2012-06-15"],
  ["Zainab", "Qureshi", "female", "1987-04-12"],
] as const;

let made: Promise<{ readonly patientId: string; readonly importId: string }> | null = null;

/**
 * A handful of people and one upload in the first hospital; where the bundles are, one of them has a record to
 * look at. The same ones each time.
 */
export function peopleTheHospital(
  app: TestApp,
): Promise<{ readonly patientId: string; readonly importId: string }> {
  made ??= people(app);
  return made;
}

async function people(app: TestApp) {
  const admin = await app.abdullah.as("admin");
  let patientId = "";
  for (const [firstName, lastName, sex, bornOn] of names) {
    const answer = await admin.send("/api/v1/tenant/patients", {
      json: { firstName, lastName, sex, bornOn, phone: "+92 300 1234567" },
    });
    patientId = ((await answer.json()) as { id: string }).id;
  }
  const files = existsSync(bundles) ? readdirSync(bundles).filter((file) => file.endsWith(".json")) : [];
  const given = files
    .slice(0, 3)
    .map((file) => ({ name: file, text: readFileSync(join(bundles, file), "utf8") }));
  if (given.length === 0) {
    const records = wholeRecord("one-with-a-record");
    given.push({ name: "record.json", text: JSON.stringify(bundleOf(records)) });
  }
  const form = new FormData();
  for (const { name, text } of given)
    form.append("files", new File([text], name, { type: "application/json" }));
  const upload = await admin.send("/api/v1/tenant/imports", { body: form });
  const { id: importId } = (await upload.json()) as { id: string };
  await runImport(app.abdullah.system(), importId);
  const { items } = (await (await admin.get("/api/v1/tenant/patients?limit=1")).json()) as {
    items: { id: string }[];
  };
  return { patientId: items[0]?.id ?? patientId, importId };
}
