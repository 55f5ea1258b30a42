import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { auditLog } from "../../../db/schema/hospital/audit.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { runImport } from "../../../jobs/hospital/import.ts";
import { resumeImportsDue } from "../../../server/bridge/resume-imports.ts";
import { importFhir } from "../../../server/cli/import.ts";
import { draftImport } from "../../../server/hospital/import/draft-import.ts";
import { findImport } from "../../../server/hospital/import/imports.ts";
import { runImport as readFiles } from "../../../server/hospital/import/run-import.ts";
import { beginImport, startImport } from "../../../server/hospital/import/start-import.ts";
import { testApp } from "../../support/app.ts";
import { bundleOf, countsOf, fileOf, patientRecord, wholeRecord } from "../../support/fhir.ts";

// The first test of a run waits for the app and its databases.
setDefaultTimeout(60_000);

const fresh = (name: string) => `${name}-${Bun.randomUUIDv7().slice(-12)}`;

test("the job of an import reads it to its end and says how far it is", async () => {
  const { abdullah, services } = await testApp();
  const context = abdullah.system();
  const id = fresh("job");
  const files = [fileOf("job.json", bundleOf(wholeRecord(id)))];
  const draft = await draftImport(context, { origin: "page", source: "fhir", keepGood: false, files });
  const asked: unknown[] = [];
  const queue = {
    ...services.queue,
    add: async (name: string, data: unknown) => void asked.push([name, data]),
  };
  await startImport(context, queue, draft.id);
  expect(asked).toEqual([["import.run", { tenantId: abdullah.id, importId: draft.id }]]);

  const percents: number[] = [];
  const run = {
    ...{ id: "1", attempt: 1, actor: { kind: "system", name: "job:import.run" } as const },
    signal: new AbortController().signal,
    progress: async (percent: number) => void percents.push(percent),
  };
  const counts = await runImport({ tenantId: abdullah.id, importId: draft.id }, services, run);
  expect(counts).toMatchObject({ filesDone: 1, errorCount: 0 });
  expect(percents).toEqual([100]);
  expect(await findImport(context, draft.id)).toMatchObject({ status: "done", created: { Patient: 1 } });
  const [patient] = await context.db.select().from(patients).where(eq(patients.importId, id));
  const [audited] = await context.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.patientId, patient?.id ?? ""));
  expect(audited).toMatchObject({
    event: "patient.imported",
    actorKind: "system",
    actorName: "job:import.run",
  });
});

test("an import whose request was lost is found and gone on with", async () => {
  const { newHospital, services, clock } = await testApp();
  const hospital = await newHospital();
  const context = hospital.system();
  const files = [fileOf("lost.json", bundleOf(wholeRecord(fresh("lost"))))];
  const draft = await draftImport(context, { origin: "page", source: "fhir", keepGood: false, files });
  await startImport(context, { ...services.queue, add: async () => undefined }, draft.id);
  const asked: unknown[] = [];
  const queue = {
    ...services.queue,
    add: async (_: string, data: unknown) => void asked.push(data),
  };
  const request = { tenantId: hospital.id, importId: draft.id };

  await resumeImportsDue({ ...services, queue });
  expect(asked).not.toContainEqual(request);
  const later = { now: () => new Date(clock.now().getTime() + 3 * 60_000) };
  await resumeImportsDue({ ...services, queue, clock: later });
  expect(asked).toContainEqual(request);
});

describe("the command", () => {
  async function command(...args: string[]) {
    const { services } = await testApp();
    const said = { out: [] as string[], err: [] as string[] };
    const io = {
      out: (text: string) => said.out.push(text),
      err: (text: string) => said.err.push(text),
      input: async () => "",
      terminal: false,
    };
    const code = await importFhir(services, args, io);
    return { code, out: said.out.join("\n"), err: said.err.join("\n") };
  }

  function inFolder<T>(
    files: Readonly<Record<string, unknown>>,
    work: (paths: readonly string[]) => Promise<T>,
  ) {
    const folder = mkdtempSync(join(tmpdir(), "wardline-import-"));
    const paths = Object.entries(files).map(([name, value]) => {
      writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
      return join(folder, name);
    });
    return work(paths).finally(() => rmSync(folder, { recursive: true }));
  }

  test("imports, answers with counts and ends with 0; again, all of it is there; a dry run writes nothing", async () => {
    const records = wholeRecord(fresh("command"));
    await inFolder({ "a.json": bundleOf(records) }, async (paths) => {
      const dry = await command("--hospital", "abdullah", "--dry-run", "--json", ...paths);
      expect([dry.code, JSON.parse(dry.out)]).toMatchObject([
        0,
        { dryRun: true, created: { Patient: 1 }, errors: [] },
      ]);
      const first = await command("--hospital", "abdullah", "--json", ...paths);
      const { Organization, Practitioner, Medication, ...kept } = countsOf(records);
      expect([first.code, JSON.parse(first.out)]).toMatchObject([
        0,
        {
          files: [{ name: "a.json", errorCount: 0 }],
          created: kept,
          existing: {},
          skipped: { Organization, Practitioner, Medication },
          errors: [],
        },
      ]);
      const second = await command("--hospital", "abdullah", "--json", ...paths);
      expect([second.code, JSON.parse(second.out)]).toMatchObject([0, { created: {}, existing: kept }]);
    });
  });

  test("ends with 1 and names file, entry and field where something was refused", async () => {
    const files = {
      "bad.json": bundleOf([patientRecord(fresh("bad"), { gender: "F" })]),
      "broken.json": "{",
    };
    await inFolder(files, async (paths) => {
      const { code, out } = await command("--hospital", "abdullah", "--json", ...paths);
      expect([code, JSON.parse(out).errors]).toMatchObject([
        1,
        [
          { file: "bad.json", entry: 0, resourceType: "Patient", field: "gender" },
          { file: "broken.json", entry: null, code: "not-json" },
        ],
      ]);
      const words = await command("--hospital", "abdullah", ...paths);
      expect(words.out).toContain("bad.json · entry 0 · Patient");
    });
  });

  test("ends with 1 and a reason where it is used wrongly", async () => {
    expect(await command()).toMatchObject({ code: 1, err: expect.stringContaining("--hospital") });
    expect(await command("--hospital", "abdullah", "--what", "x")).toMatchObject({ code: 1 });
    expect(await command("--hospital", "abdullah", "/nowhere/at-all.json")).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot be read"),
    });
    await inFolder({ "a.json": "{}" }, async (paths) => {
      expect(await command("--hospital", "nobody-knows", ...paths)).toMatchObject({
        code: 1,
        err: expect.stringContaining("no hospital"),
      });
    });
  });
});

test("a role without the permission reads no clinical record, and another hospital finds no such patient", async () => {
  const { abdullah, ramzan } = await testApp();
  const context = abdullah.system();
  const id = fresh("private");
  const files = [fileOf("p.json", bundleOf(wholeRecord(id)))];
  const draft = await draftImport(context, { origin: "command", source: "fhir", keepGood: false, files });
  await context.write((tx) => beginImport(tx, context, draft.id));
  await readFiles(context, draft.id);
  const [patient] = await context.db.select().from(patients).where(eq(patients.importId, id));
  const kinds = [
    "encounters",
    "conditions",
    "observations",
    "allergies",
    "medications",
    "immunizations",
    "procedures",
  ];
  for (const kind of kinds) {
    const path = `/api/v1/tenant/patients/${patient?.id}/${kind}`;
    expect([kind, (await (await abdullah.as("doctor")).get(path)).status]).toEqual([kind, 200]);
    expect([kind, (await (await abdullah.as("hr-manager")).get(path)).status]).toEqual([kind, 403]);
    expect([kind, (await (await ramzan.as("admin")).get(path)).status]).toEqual([kind, 404]);
    expect([kind, (await abdullah.stranger().get(path)).status]).toEqual([kind, 401]);
  }
});
