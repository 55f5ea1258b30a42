import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { runImport } from "../../../server/hospital/import/run-import.ts";
import { testApp } from "../../support/app.ts";
import type { Client } from "../../support/client.ts";
import { bundleOf, fileOf, patientRecord, wholeRecord } from "../../support/fhir.ts";

// The first test of a run waits for the app and its databases.
setDefaultTimeout(60_000);

const api = "/api/v1/tenant/imports";
const fresh = (name: string) => `${name}-${Bun.randomUUIDv7().slice(-12)}`;

function uploadOf(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  fields: Record<string, string> = {},
) {
  const form = new FormData();
  for (const { name, bytes } of files)
    form.append("files", new File([bytes as Uint8Array<ArrayBuffer>], name));
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly created: Record<string, number>;
  readonly errorCount: number;
  readonly files: readonly { readonly name: string; readonly errors: readonly { readonly code: string }[] }[];
  readonly items: readonly { readonly id: string; readonly code?: string }[];
  readonly nextCursor: string | null;
  readonly code: string;
  readonly errors: readonly { readonly field: string }[];
}
const read = async (response: Response) => (await response.json()) as Answer;

async function proofOf(client: Client): Promise<string> {
  return /name="_csrf" value="([^"]+)"/.exec(await client.page("/imports"))?.[1] ?? "";
}

describe("over JSON", () => {
  test("a bundle is taken, its import answered with its address, and its records arrive", async () => {
    const { abdullah } = await testApp();
    const admin = await abdullah.as("admin");
    const patient = fresh("json");
    const sent = await admin.send(`${api}?source=north`, {
      method: "POST",
      headers: { "content-type": "application/fhir+json" },
      body: JSON.stringify(bundleOf(wholeRecord(patient))),
    });
    const run = await read(sent);
    expect([sent.status, sent.headers.get("location")]).toEqual([201, `${api}/${run.id}`]);
    expect(run.status).toBe("waiting");
    await runImport(abdullah.system(), run.id);
    const done = await read(await admin.get(`${api}/${run.id}`));
    expect(done).toMatchObject({ status: "done", errorCount: 0, created: { Patient: 1, Observation: 2 } });
    expect(done.files.map(({ name }) => name)).toEqual(["bundle.json"]);
    const listed = await read(await admin.get(`${api}?limit=1`));
    expect(listed.items[0]?.id).toBe(run.id);

    const found = await read(
      await admin.get(`/api/v1/tenant/patients?search=${encodeURIComponent("Qureshi")}`),
    );
    const id = found.items[0]?.id ?? "";
    for (const kind of [
      "encounters",
      "conditions",
      "observations",
      "allergies",
      "medications",
      "immunizations",
      "procedures",
    ]) {
      const entries = await read(await admin.get(`/api/v1/tenant/patients/${id}/${kind}?limit=1`));
      expect([kind, entries.items.length]).toEqual([kind, 1]);
    }
    const first = await read(await admin.get(`/api/v1/tenant/patients/${id}/observations?limit=1`));
    const second = await read(
      await admin.get(`/api/v1/tenant/patients/${id}/observations?limit=1&cursor=${first.nextCursor}`),
    );
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
    expect(second.nextCursor).toBeNull();
  });

  test("a dry run of several files says what would happen and leaves no import behind", async () => {
    const { abdullah } = await testApp();
    const admin = await abdullah.as("admin");
    const before = await read(await admin.get(`${api}?limit=1`));
    const body = uploadOf([
      fileOf("a.json", bundleOf([patientRecord(fresh("dry"))])),
      fileOf("b.json", "nothing"),
    ]);
    const sent = await admin.send(`${api}?dryRun=true`, { method: "POST", body });
    const preview = await read(sent);
    expect(sent.status).toBe(200);
    expect(preview.files).toMatchObject([
      { name: "a.json", errors: [] },
      { name: "b.json", errors: [{ code: "not-json" }] },
    ]);
    expect((await read(await admin.get(`${api}?limit=1`))).items[0]?.id).toBe(before.items[0]?.id);
  });

  test("the error report lists what was refused, and a stop is taken", async () => {
    const { abdullah } = await testApp();
    const admin = await abdullah.as("admin");
    const bad = [
      patientRecord(fresh("bad"), { gender: "F" }),
      patientRecord(fresh("bad"), { birthDate: "x" }),
    ];
    const files = [
      fileOf("bad.json", bundleOf(bad)),
      fileOf("good.json", bundleOf([patientRecord(fresh("good"))])),
    ];
    const run = await read(await admin.send(api, { method: "POST", body: uploadOf(files) }));
    await runImport(abdullah.system(), run.id);
    const first = await read(await admin.get(`${api}/${run.id}/errors?limit=1`));
    const second = await read(await admin.get(`${api}/${run.id}/errors?limit=1&cursor=${first.nextCursor}`));
    expect([first.items[0]?.code, second.items[0]?.code, second.nextCursor]).toEqual([
      "not-one-of",
      "not-a-date",
      null,
    ]);
    const other = await read(
      await admin.send(api, {
        method: "POST",
        body: uploadOf([fileOf("p.json", bundleOf([patientRecord(fresh("stop"))]))]),
      }),
    );
    expect(await read(await admin.send(`${api}/${other.id}`, { method: "DELETE" }))).toMatchObject({
      status: "stopped",
    });
  });

  test("what could bring nothing in is refused at once, with its fields named, and leaves no import behind", async () => {
    const { abdullah } = await testApp();
    const admin = await abdullah.as("admin");
    const before = await read(await admin.get(`${api}?limit=1`));
    const json = { "content-type": "application/json" };
    const faulty = JSON.stringify(bundleOf([patientRecord(fresh("bad"), { birthDate: "2024-02-30" })]));
    for (const [body, field] of [
      ['{"resourceType":"Bundle"', "body"],
      ["[]", "body"],
      [faulty, "entry[0].resource.birthDate"],
    ] as const) {
      const sent = await admin.send(api, { method: "POST", headers: json, body });
      expect([sent.status, (await read(sent)).errors.map((error) => error.field)]).toEqual([422, [field]]);
    }
    const two = await admin.send(api, {
      method: "POST",
      body: uploadOf([fileOf("a.json", "{"), fileOf("b.json", faulty)]),
    });
    expect((await read(two)).errors.map((error) => error.field)).toEqual([
      "files[0]",
      "files[1].entry[0].resource.birthDate",
    ]);
    expect((await read(await admin.get(`${api}?limit=1`))).items[0]?.id).toBe(before.items[0]?.id);
  });

  test("bad input gets 4xx with its reason", async () => {
    const { abdullah } = await testApp();
    const admin = await abdullah.as("admin");
    const none = await admin.send(api, { method: "POST", body: uploadOf([]) });
    expect([none.status, (await read(none)).errors[0]?.field]).toEqual([422, "files"]);
    const many = await admin.send(api, {
      method: "POST",
      body: uploadOf(Array.from({ length: 201 }, (_, index) => fileOf(`${index}.json`, "{}"))),
    });
    expect([many.status, (await read(many)).errors[0]?.field]).toEqual([422, "files"]);
    const large = await admin.send(api, {
      method: "POST",
      body: uploadOf([{ name: "l.json", bytes: new Uint8Array(32 * 1024 * 1024 + 1) }]),
    });
    expect([large.status, (await read(large)).code]).toEqual([413, "import.too-large"]);
    const text = await admin.send(api, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "hello",
    });
    expect(text.status).toBe(415);
    const source = await admin.send(`${api}?source=${encodeURIComponent("<b>")}`, {
      method: "POST",
      body: uploadOf([fileOf("a.json", "{}")]),
    });
    expect([source.status, (await read(source)).errors[0]?.field]).toEqual([422, "source"]);
    for (const path of [
      `${api}/nothing`,
      `${api}/01980000-0000-7000-8000-000000000000`,
      `${api}/01980000-0000-7000-8000-000000000000/errors`,
    ])
      expect((await admin.get(path)).status).toBe(404);
    for (const cursor of ["x", "W10", btoa('["a","b"]'), btoa("[null,null]")])
      expect((await admin.get(`${api}?cursor=${cursor}`)).status).toBeLessThan(500);
  });

  test("a stranger gets 401, a role without the permission 403, another hospital 404", async () => {
    const { abdullah, ramzan } = await testApp();
    const run = await read(
      await (await abdullah.as("admin")).send(api, {
        method: "POST",
        body: uploadOf([fileOf("a.json", bundleOf([patientRecord(fresh("own"))]))]),
      }),
    );
    const attempts: readonly (readonly [string, string])[] = [
      ["GET", api],
      ["POST", api],
      ["GET", `${api}/${run.id}`],
      ["GET", `${api}/${run.id}/errors`],
      ["DELETE", `${api}/${run.id}`],
    ];
    const nurse = await abdullah.as("nurse");
    const foreign = await ramzan.as("admin");
    for (const [method, path] of attempts) {
      const body = () => (method === "POST" ? { body: uploadOf([fileOf("a.json", "{}")]) } : {});
      expect([path, (await abdullah.stranger().send(path, { method, ...body() })).status]).toEqual([
        path,
        401,
      ]);
      expect([path, (await nurse.send(path, { method, ...body() })).status]).toEqual([path, 403]);
      if (path !== api) expect([path, (await foreign.send(path, { method })).status]).toEqual([path, 404]);
    }
    expect(await read(await (await abdullah.as("admin")).get(`${api}/${run.id}`))).toMatchObject({
      status: "waiting",
    });
  });
});

describe("on the page", () => {
  test("files are checked, started and followed to their report, without script", async () => {
    const { abdullah } = await testApp();
    const admin = await abdullah.as("admin");
    const id = fresh("page");
    const files = [
      fileOf("good.json", bundleOf(wholeRecord(id))),
      fileOf("bad <b>.json", bundleOf([patientRecord(fresh("bad"), { gender: "<script>" })])),
    ];
    const body = uploadOf(files, { _csrf: await proofOf(admin), source: "" });
    const sent = await admin.send("/imports", { method: "POST", body });
    expect(sent.status).toBe(303);
    const path = sent.headers.get("location") ?? "";
    const preview = await admin.page(path);
    expect(preview).toContain("Nothing has been added yet.");
    expect(preview).toContain("bad &lt;b&gt;.json");
    expect(preview).not.toContain('<script>"');
    expect((await admin.submit(path, `${path}/start`)).status).toBe(303);
    const running = await admin.page(path);
    expect(running).toContain("<progress");
    expect(running).toContain(`hx-get="${path}/state"`);
    await runImport(abdullah.system(), path.split("/").at(-1) ?? "");
    const state = await admin.page(`${path}/state`);
    expect(state).toContain("The import is done");
    expect(state).not.toContain("hx-trigger");
    const csv = await (await admin.get(`${path}/errors.csv`)).text();
    expect(csv.split("\r\n")[1]).toStartWith("bad <b>.json,0,Patient,");
    expect(await admin.page("/imports")).toContain(path);
  });

  test("a draft is thrown away, and a form without files says so", async () => {
    const { abdullah } = await testApp();
    const admin = await abdullah.as("admin");
    const empty = await admin.send("/imports", {
      method: "POST",
      body: uploadOf([], { _csrf: await proofOf(admin) }),
    });
    expect([empty.status, (await empty.text()).includes("Choose at least one file.")]).toEqual([422, true]);
    const files = [fileOf("a.json", bundleOf([patientRecord(fresh("away"))]))];
    const sent = await admin.send("/imports", {
      method: "POST",
      body: uploadOf(files, { _csrf: await proofOf(admin) }),
    });
    const path = sent.headers.get("location") ?? "";
    expect((await admin.submit(path, `${path}/stop`)).headers.get("location")).toBe("/imports");
    expect((await admin.get(path)).status).toBe(404);
  });

  test("refuses a form without the page's proof, a role without the permission and another hospital", async () => {
    const { abdullah, ramzan } = await testApp();
    const admin = await abdullah.as("admin");
    const files = [fileOf("a.json", bundleOf([patientRecord(fresh("proof"))]))];
    expect((await admin.send("/imports", { method: "POST", body: uploadOf(files) })).status).toBe(403);
    expect((await (await abdullah.as("nurse")).get("/imports")).status).toBe(403);
    const sent = await admin.send("/imports", {
      method: "POST",
      body: uploadOf(files, { _csrf: await proofOf(admin) }),
    });
    const path = sent.headers.get("location") ?? "";
    const foreign = await ramzan.as("admin");
    expect((await foreign.get(path)).status).toBe(404);
    expect((await foreign.get(`${path}/errors.csv`)).status).toBe(404);
    expect((await foreign.submit("/imports", `${path}/start`)).status).toBe(404);
  });
});
