import { afterAll, beforeAll, expect, test } from "bun:test";
import { filesHere } from "../../server/files/sides.ts";
import { until } from "../boot/app.ts";
import { addTo, aPdf, type DocumentAnswer, documentsPath, formOf } from "../hospital/documents/support.ts";
import { patientsPath, register } from "../hospital/patients/support.ts";
import { makeStand, type Stand } from "../node/stand.ts";
import { emailOf, password } from "../support/cast.ts";

const allowMs = 170_000;
let stand: Stand;

beforeAll(async () => {
  stand = await makeStand();
}, allowMs);
afterAll(() => stand.close(), allowMs);

test(
  "a server that joins has the files, and what is added there reaches the owner's copy, also after a cut",
  async () => {
    const { hospital, owner } = stand;
    const admin = await hospital.as("admin");
    const { id } = await register(admin);
    const before = await addTo(admin, id, aPdf("before it joined"));
    const { code, said } = await stand.join(await stand.token());
    expect(code).toBe(0);
    expect(said).toContain("1 files fetched, 0 not to be had");
    await stand.start();
    const signed = await stand.ask("/api/v1/tenant/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: emailOf("admin", hospital.subdomain), password }),
    });
    const { accessToken } = (await signed.json()) as { accessToken: string };
    const headers = { authorization: `Bearer ${accessToken}` };
    const here = await stand.ask(`${documentsPath}/${before.id}/content`, { headers });
    expect(new Uint8Array(await here.arrayBuffer())).toEqual(aPdf("before it joined"));
    stand.link.refuse();
    stand.link.reset();
    const added = await stand.ask(`${patientsPath}/${id}/documents`, {
      ...{ method: "POST", headers, body: formOf(aPdf("added on site")) },
    });
    expect(added.status).toBe(201);
    const made = (await added.json()) as DocumentAnswer;
    const copy = filesHere(owner.services.env, hospital.id);
    expect(await copy.sizeOf(made.sha256)).toBeNull();
    stand.link.heal();
    await until(async () => (await copy.sizeOf(made.sha256)) === made.bytes, 120_000);
    owner.services.resolver.forget();
    const reader = await owner.client(hospital.host).signIn(emailOf("admin", hospital.subdomain), password);
    const read = await reader.get(`${documentsPath}/${made.id}/content`);
    expect(new Uint8Array(await read.arrayBuffer())).toEqual(aPdf("added on site"));
    const refused = await reader.send(`${patientsPath}/${id}/documents`, { body: formOf(aPdf("no")) });
    expect(refused.status).toBe(409);
  },
  allowMs,
);
