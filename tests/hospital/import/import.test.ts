import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { count, eq, sql } from "drizzle-orm";
import { auditLog } from "../../../db/schema/hospital/audit.ts";
import { importRunErrors, importRuns, importUploads } from "../../../db/schema/hospital/import-runs.ts";
import { observationComponents, observations } from "../../../db/schema/hospital/observations.ts";
import { patientIdentifiers } from "../../../db/schema/hospital/patient-identifiers.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { limits } from "../../../db/schema/hospital/settings.ts";
import { summarizeAllergies } from "../../../server/hospital/allergies/allergy-summary.ts";
import { listConditions } from "../../../server/hospital/conditions/conditions.ts";
import { draftImport, type NewImport } from "../../../server/hospital/import/draft-import.ts";
import { listFileReports } from "../../../server/hospital/import/import-report.ts";
import { findImport, stopImport } from "../../../server/hospital/import/imports.ts";
import { keptTypes, tableOfType } from "../../../server/hospital/import/kept-types.ts";
import { type GivenFile, previewImport } from "../../../server/hospital/import/preview.ts";
import { runImport } from "../../../server/hospital/import/run-import.ts";
import { beginImport, continueImport } from "../../../server/hospital/import/start-import.ts";
import { listObservations, readVitals } from "../../../server/hospital/observations/observations.ts";
import { isValidMrn } from "../../../server/hospital/patients/mrn.ts";
import type { HospitalContext } from "../../../server/tenancy/context.ts";
import { type TestHospital, testApp } from "../../support/app.ts";
import {
  bundleOf,
  countsOf,
  encounterRecord,
  fileOf,
  observationRecord,
  patientRecord,
  wholeRecord,
} from "../../support/fhir.ts";

// The first test of a run waits for the app and its databases.
setDefaultTimeout(60_000);

/** This file's own hospital: its counts are nobody else's. */
let own: Promise<TestHospital> | null = null;
async function here(): Promise<HospitalContext> {
  own ??= testApp().then((app) => app.newHospital());
  return (await own).system();
}

/** Ids of their own for each test, since all share one hospital. */
const fresh = (name: string) => `${name}-${Bun.randomUUIDv7().slice(-12)}`;

async function startedImport(
  context: HospitalContext,
  files: readonly GivenFile[],
  more: Partial<NewImport> = {},
) {
  const draft = await draftImport(context, {
    origin: "command",
    source: "fhir",
    keepGood: false,
    files,
    ...more,
  });
  return context.write((tx) => beginImport(tx, context, draft.id));
}

async function importFiles(
  context: HospitalContext,
  files: readonly GivenFile[],
  more: Partial<NewImport> = {},
) {
  return runImport(context, (await startedImport(context, files, more)).id);
}

async function rowsOf(context: HospitalContext): Promise<number> {
  let rows = 0;
  for (const table of new Set(Object.values(tableOfType))) {
    const [found] = await context.db.select({ n: count() }).from(table);
    rows += found?.n ?? 0;
  }
  return rows;
}

const kept = (counts: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(counts).filter(([type]) => (keptTypes as readonly string[]).includes(type)),
  );

describe("an import", () => {
  test("brings every kind of record, each into its own table, with an audit row for the patient and the run", async () => {
    const context = await here();
    const id = fresh("whole");
    const records = wholeRecord(id);
    const run = await importFiles(context, [fileOf("whole.json", bundleOf(records))]);
    expect(run).toMatchObject({
      status: "done",
      errorCount: 0,
      created: kept(countsOf(records)),
      existing: {},
    });
    expect(run.skipped).toEqual({ Organization: 1, Practitioner: 1, Medication: 1 });

    const [patient] = await context.db.select().from(patients).where(eq(patients.importId, id));
    if (patient === undefined) throw new Error("The patient did not arrive.");
    expect(isValidMrn(patient.mrn)).toBe(true);
    const numbers = await context.db
      .select()
      .from(patientIdentifiers)
      .where(eq(patientIdentifiers.patientId, patient.id));
    expect(numbers.map(({ value }) => value).sort()).toEqual([`35202-${id}`, `NC-${id}`]);
    const { items } = await listObservations(context, patient.id);
    const pressure = items.find(({ code }) => code === "85354-9");
    expect(pressure?.components.map(({ code, valueNumber }) => [code, Number(valueNumber)])).toEqual([
      ["8480-6", 122],
      ["8462-4", 81],
    ]);
    expect(items.every(({ patientId }) => patientId === patient.id)).toBe(true);
    expect(items.find(({ code }) => code === "29463-7")?.encounterId).toBeString();
    expect(await summarizeAllergies(context, patient.id)).toEqual({
      status: "recorded",
      names: ["Penicillin"],
    });
    const audited = await context.db.select().from(auditLog).where(eq(auditLog.patientId, patient.id));
    expect(audited.map(({ event, details }) => [event, details])).toEqual([
      ["patient.imported", { importRunId: run.id }],
    ]);
    const ofRun = await context.db.select().from(auditLog).where(eq(auditLog.entityId, run.id));
    expect(ofRun.map(({ event }) => event).sort()).toEqual([
      "import.drafted",
      "import.finished",
      "import.started",
    ]);
    expect(await context.db.select().from(importUploads)).toEqual([]);
  });

  test("of the same files again adds nothing", async () => {
    const context = await here();
    const records = wholeRecord(fresh("again"));
    const files = [fileOf("again.json", bundleOf(records))];
    await importFiles(context, files);
    const before = await rowsOf(context);
    const second = await importFiles(context, files);
    expect(second).toMatchObject({
      status: "done",
      errorCount: 0,
      created: {},
      existing: kept(countsOf(records)),
    });
    expect(await rowsOf(context)).toBe(before);
    const [limit] = await context.db.select().from(limits).where(eq(limits.resource, "patients"));
    const [there] = await context.db.select({ n: count() }).from(patients);
    expect(limit?.used).toBe(there?.n ?? -1);
  });

  test("twice at the same moment brings each record once", async () => {
    const context = await here();
    const records = wholeRecord(fresh("both"));
    const files = [fileOf("both.json", bundleOf(records))];
    const runs = await Promise.all([1, 2, 3].map(() => startedImport(context, files)));
    const done = await Promise.all(runs.map(({ id }) => runImport(context, id)));
    const created = done.map((run) => Object.values(run.created).reduce((sum, n) => sum + n, 0)).sort();
    expect(created).toEqual(
      [0, 0, Object.values(kept(countsOf(records))).reduce((sum, n) => sum + n, 0)].sort(),
    );
    expect(done.every(({ errorCount, status }) => errorCount === 0 && status === "done")).toBe(true);
  });

  test("brings records of a patient whom another file brought", async () => {
    const context = await here();
    const id = fresh("split");
    const [late, run] = [
      observationRecord(id, fresh("late")),
      fileOf("patient.json", bundleOf([patientRecord(id)])),
    ];
    const preview = await previewImport(context, [run, fileOf("later.json", bundleOf([late]))], {
      source: "fhir",
      keepGood: false,
    });
    expect(preview.map(({ created, errors }) => [created, errors])).toEqual([
      [{ Patient: 1 }, []],
      [{ Observation: 1 }, []],
    ]);
    const done = await importFiles(context, [run, fileOf("later.json", bundleOf([late]))]);
    expect(done).toMatchObject({ errorCount: 0, created: { Patient: 1, Observation: 1 } });
  });

  test("keeps two systems apart that use the same ids, and refuses to mix two people", async () => {
    const context = await here();
    const id = fresh("same");
    const other = patientRecord(id, {
      name: [{ family: "Ahmed", given: ["Bilal"] }],
      birthDate: "1950-01-01",
    });
    await importFiles(context, [fileOf("north.json", bundleOf([patientRecord(id)]))], { source: "north" });
    const mixed = await importFiles(context, [fileOf("south.json", bundleOf([other]))], { source: "north" });
    expect(mixed).toMatchObject({ created: {}, refused: { Patient: 1 } });
    const [report] = await listFileReports(context, mixed.id);
    expect(report?.errors.map(({ code }) => code)).toEqual(["identity-clash"]);
    const apart = await importFiles(context, [fileOf("south.json", bundleOf([other]))], { source: "south" });
    expect(apart).toMatchObject({ created: { Patient: 1 }, errorCount: 0 });
  });
});

describe("a file with a fault", () => {
  test("is refused whole with every fault named, and the others stand", async () => {
    const context = await here();
    const [good, bad] = [fresh("good"), fresh("bad")];
    const faulty = [
      patientRecord(bad),
      observationRecord(bad, fresh("o"), { effectiveDateTime: "2024-13-40" }),
      observationRecord("nobody", fresh("o")),
      encounterRecord(bad, fresh("e"), { subject: { reference: `Patient/${bad}/_history/2` } }),
    ];
    const run = await importFiles(context, [
      fileOf("bad.json", bundleOf(faulty)),
      fileOf("broken.json", "{"),
      fileOf("good.json", bundleOf([patientRecord(good)])),
    ]);
    expect(run).toMatchObject({ status: "done", filesDone: 3, created: { Patient: 1 }, errorCount: 3 });
    expect(run.refused).toEqual({ Patient: 1, Observation: 2, Encounter: 1 });
    const reports = await listFileReports(context, run.id);
    expect(
      reports.map(({ name, status, errors }) => [
        name,
        status,
        errors.map(({ entry, field, code }) => [entry, field, code]),
      ]),
    ).toEqual([
      [
        "bad.json",
        "refused",
        [
          [1, "effectiveDateTime", "not-a-date"],
          [2, "subject", "reference-to-nowhere"],
        ],
      ],
      ["broken.json", "refused", [[null, "", "not-json"]]],
      ["good.json", "done", []],
    ]);
    expect(await context.db.select().from(patients).where(eq(patients.importId, bad))).toEqual([]);
  });

  test("gives its good records where that was asked for, and nothing that hangs on a bad one", async () => {
    const context = await here();
    const [good, bad] = [fresh("good"), fresh("bad")];
    const records = [
      patientRecord(good),
      observationRecord(good, fresh("o")),
      patientRecord(bad, { gender: "F" }),
      observationRecord(bad, fresh("o")),
    ];
    const run = await importFiles(context, [fileOf("mixed.json", bundleOf(records))], { keepGood: true });
    expect(run).toMatchObject({
      created: { Patient: 1, Observation: 1 },
      refused: { Patient: 1, Observation: 1 },
    });
    const [report] = await listFileReports(context, run.id);
    expect(report?.errors.map(({ code }) => code)).toEqual(["not-one-of", "depends-on-refused"]);
  });

  test("that gives one patient's visit to another patient's result is refused", async () => {
    const context = await here();
    const [one, two, visit] = [fresh("one"), fresh("two"), fresh("visit")];
    const run = await importFiles(context, [
      fileOf(
        "crossed.json",
        bundleOf([
          patientRecord(one),
          patientRecord(two),
          encounterRecord(one, visit),
          observationRecord(two, fresh("o"), { encounter: { reference: `Encounter/${visit}` } }),
        ]),
      ),
    ]);
    const [report] = await listFileReports(context, run.id);
    expect(report?.errors.map(({ entry, code }) => [entry, code])).toEqual([[3, "other-patient"]]);
  });

  test("keeps a thousand of its errors and counts all", async () => {
    const context = await here();
    const records = Array.from({ length: 1_200 }, (_, index) => observationRecord("nobody", `lost-${index}`));
    const run = await importFiles(context, [fileOf("lost.json", bundleOf(records))]);
    expect(run.errorCount).toBe(1_200);
    const [stored] = await context.db
      .select({ n: count() })
      .from(importRunErrors)
      .where(eq(importRunErrors.runId, run.id));
    expect(stored?.n).toBe(1_000);
  });
});

test("a dry run writes nothing and says what would happen", async () => {
  const context = await here();
  const records = wholeRecord(fresh("dry"));
  const everything = async () => {
    const [runs] = await context.db.select({ n: count() }).from(importRuns);
    const [audited] = await context.db.select({ n: count() }).from(auditLog);
    return [await rowsOf(context), runs?.n, audited?.n];
  };
  const before = await everything();
  const files = [fileOf("dry.json", bundleOf(records))];
  const [outcome] = await previewImport(context, files, { source: "fhir", keepGood: false });
  expect(outcome).toMatchObject({ created: kept(countsOf(records)), existing: {}, refused: {}, errors: [] });
  expect(await everything()).toEqual(before);
});

test("the plan's limit refuses the file that goes beyond it, and the others stand", async () => {
  const context = (await (await testApp()).newHospital()).system();
  await context.write((tx) => tx.update(limits).set({ allowed: 3 }).where(eq(limits.resource, "patients")));
  const people = (n: number) => bundleOf(Array.from({ length: n }, () => patientRecord(fresh("p"))));
  const files = [
    fileOf("two.json", people(2)),
    fileOf("three.json", people(3)),
    fileOf("one.json", people(1)),
  ];
  const preview = await previewImport(context, files, { source: "fhir", keepGood: false });
  expect(preview.map(({ errors }) => errors.map(({ code }) => code))).toEqual([[], ["limit.patients"], []]);
  const run = await importFiles(context, files);
  expect(run).toMatchObject({
    status: "done",
    created: { Patient: 3 },
    refused: { Patient: 3 },
    errorCount: 1,
  });
  const [limit] = await context.db.select().from(limits).where(eq(limits.resource, "patients"));
  expect(limit?.used).toBe(3);
});

describe("an import that was cut off", () => {
  const three = () =>
    Array.from({ length: 3 }, (_, index) => fileOf(`${index}.json`, bundleOf(wholeRecord(fresh("cut")))));

  test("in the middle of a file keeps nothing of that file, and goes on with it", async () => {
    const context = await here();
    const run = await startedImport(context, three());
    let writes = 0;
    const dying: HospitalContext = {
      ...context,
      write: (work) =>
        context.write(async (tx) => {
          const result = await work(tx);
          writes += 1;
          if (writes === 2) throw new Error("The process ends here.");
          return result;
        }),
    };
    await expect(runImport(dying, run.id)).rejects.toThrow("The process ends here.");
    const rows = await rowsOf(context);
    expect(await findImport(context, run.id)).toMatchObject({ status: "running", filesDone: 1 });
    const done = await runImport(context, run.id);
    const each = Object.values(kept(countsOf(wholeRecord("x")))).reduce((sum, n) => sum + n, 0);
    expect(done).toMatchObject({
      status: "done",
      filesDone: 3,
      recordsDone: done.recordsTotal,
      created: { Patient: 3 },
    });
    expect((await rowsOf(context)) - rows).toBe(2 * each);
  });

  test("by its worker's signal ends between two files, and two workers at once finish it once", async () => {
    const context = await here();
    const run = await startedImport(context, three());
    const cut = new AbortController();
    const paused = await runImport(context, run.id, { signal: cut.signal, onProgress: () => cut.abort() });
    expect(paused).toMatchObject({ status: "running", filesDone: 1 });
    await Promise.all([runImport(context, run.id), runImport(context, run.id)]);
    expect(await findImport(context, run.id)).toMatchObject({
      status: "done",
      filesDone: 3,
      created: { Patient: 3 },
    });
  });

  test("and left by everybody is given a worker again", async () => {
    const { services, clock } = await testApp();
    const context = await here();
    const run = await startedImport(context, three());
    const asked: unknown[] = [];
    const queue = {
      ...services.queue,
      add: async (name: string, data: unknown) => void asked.push([name, data]),
    };
    await continueImport(context, queue, run.id);
    expect(asked).toEqual([]);
    clock.advance(3 * 60 * 1_000);
    await continueImport(context, queue, run.id);
    expect(asked).toEqual([["import.run", { tenantId: context.hospital.id, importId: run.id }]]);
    await stopImport(context, run.id);
  });

  test("by a person keeps what came in and forgets the other files", async () => {
    const context = await here();
    const run = await startedImport(context, three());
    const stopped = await runImport(context, run.id, {
      onProgress: async () => void (await stopImport(context, run.id)),
    });
    expect(stopped).toMatchObject({ status: "stopped", filesDone: 1, created: { Patient: 1 } });
    expect(await context.db.select().from(importUploads)).toEqual([]);
    expect(await runImport(context, run.id)).toMatchObject({ status: "stopped", filesDone: 1 });
  });
});

const folder = `${import.meta.dir}/../../../../shared/data/synthea`;

describe.skipIf(!existsSync(folder))("the real records", () => {
  interface Bundle {
    readonly entry: readonly {
      readonly resource: {
        readonly resourceType: string;
        readonly id: string;
        readonly component?: readonly unknown[];
      };
    }[];
  }
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .map((name) => ({ name, bytes: new Uint8Array(readFileSync(`${folder}/${name}`)) }))
    : [];
  const records = files.flatMap(({ bytes }) =>
    (JSON.parse(new TextDecoder().decode(bytes)) as Bundle).entry.map(({ resource }) => resource),
  );

  test("arrive whole, by type as many as the bundles hold, once; and no other hospital sees one", async () => {
    const { ramzan, newHospital } = await testApp();
    const context = (await newHospital()).system();
    const expected = kept(countsOf(records));
    const strangersBefore = await rowsOf(ramzan.system());
    const run = await importFiles(context, files);
    expect(run).toMatchObject({ status: "done", errorCount: 0, refused: {} });
    expect(run.created).toEqual(expected);
    expect(run.recordsDone).toBe(records.length);
    for (const type of [
      "Patient",
      "Encounter",
      "Condition",
      "Observation",
      "Immunization",
      "Procedure",
    ] as const) {
      const [found] = await context.db.select({ n: count() }).from(tableOfType[type]);
      expect([type, found?.n]).toEqual([type, expected[type]]);
    }
    const [parts] = await context.db.select({ n: count() }).from(observationComponents);
    expect(parts?.n).toBe(records.reduce((sum, { component }) => sum + (component?.length ?? 0), 0));
    const arrived = await context.db.select({ id: patients.importId }).from(patients);
    const sent = records.filter(({ resourceType }) => resourceType === "Patient").map(({ id }) => id);
    expect(arrived.map(({ id }) => id).sort()).toEqual(sent.sort());

    const again = await importFiles(context, files);
    expect(again).toMatchObject({ created: {}, existing: expected, errorCount: 0 });
    expect(await rowsOf(ramzan.system())).toBe(strangersBefore);

    const [someone] = await context.db
      .select({ id: observations.patientId })
      .from(observations)
      .groupBy(observations.patientId)
      .orderBy(sql`count(*) desc`)
      .limit(1);
    const vitals = await readVitals(context, someone?.id ?? "");
    expect(vitals.map(({ code }) => code)).toContain("8480-6");
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listConditions(context, someone?.id ?? "", { limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const all = await listConditions(context, someone?.id ?? "", { limit: 100 });
    expect(seen).toEqual(all.items.map(({ id }) => id));
  }, 60_000);
});
