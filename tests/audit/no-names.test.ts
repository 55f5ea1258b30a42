import { expect, setDefaultTimeout, test } from "bun:test";
import pino from "pino";
import { createApp } from "../../server/app.ts";
import { writeLooks } from "../../server/audit/reads.ts";
import { patientsPath, register } from "../hospital/patients/support.ts";
import { testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";
import { Client } from "../support/client.ts";

setDefaultTimeout(60_000);

test("no patient's name, number or words stand in the log or in what the audit tells of an act", async () => {
  const app = await testApp();
  const hospital = await app.newHospital();
  const logged: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void logged.push(line) });
  const heard = createApp({ ...app.services, log });
  const admin = await new Client(heard, hospital.host).signIn(emailOf("admin", hospital.subdomain), password);
  const secrets = ["Quetzalina", "Xochipilli", "+92 300 7654321", "9876543210123", "allergic to lilies"];
  const [firstName, lastName, phone, nationalId, notes] = secrets;
  const patient = await register(admin, { firstName, lastName, phone, nationalId, notes });
  const at = `${patientsPath}/${patient.id}`;
  await admin.send(at, { method: "PATCH", json: { lastName: `${lastName}a`, notes: `${notes}!` } });
  await admin.get(at);
  await admin.get(`${patientsPath}?search=${lastName}`);
  await admin.get(`/patients/${patient.id}`);
  await admin.send(`${patientsPath}?checkDuplicates=true`, {
    json: { firstName, lastName, sex: "female", bornOn: "1990-01-02" },
  });
  await admin.send(patientsPath, { json: { firstName, lastName, sex: "nonsense" } });
  await (await admin.get(`${patientsPath}/export.csv?search=${lastName}`)).text();
  await (await admin.get(`/api/v1/tenant/audit/export.ndjson?search=${lastName}`)).text();
  await admin.send(at, { method: "DELETE", json: { reason: "Entered twice" } });
  await writeLooks(hospital.id);
  const rows = Array.from(
    (await hospital
      .system()
      .db.execute("select row_to_json(a)::text as text from audit_log a")) as unknown as Iterable<{
      text: string;
    }>,
  );
  expect(rows.length).toBeGreaterThan(8);
  const audited = rows.map(({ text }) => text).join("\n");
  for (const secret of secrets) {
    expect(audited).not.toContain(secret);
    expect(logged.join("\n")).not.toContain(secret);
  }
  expect(logged.length).toBeGreaterThan(0);
});
