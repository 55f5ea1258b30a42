import type { App } from "../../server/app.ts";
import { draftUserImport } from "../../server/hospital/users/import/draft-user-import.ts";
import { runUserImport } from "../../server/hospital/users/import/run-user-import.ts";
import { beginUserImport } from "../../server/hospital/users/import/start-user-import.ts";
import { enrol } from "../auth/second-factor/phone.ts";
import type { TestApp } from "../support/app.ts";
import { emailOf } from "../support/cast.ts";
import { Client } from "../support/client.ts";
import { greyPng, letterPdf } from "./papers.ts";
import { peopleTheHospital } from "./people.ts";
import { askForLinks, comeIn, good, halfIn, linkIn, type Scene } from "./scene.ts";

interface WithId {
  readonly id: string;
}

const tenant = "/api/v1/tenant";
const tabs = ["visits", "problems", "allergies", "medications", "results", "immunizations", "procedures"];

/** The first hospital with something in every room. */
export async function hospitalScene(test: TestApp, app: App): Promise<Scene> {
  const { host } = test.abdullah;
  const admin = await test.abdullah.as("admin");
  const first = async (path: string) =>
    (await good<{ items: WithId[] }>(admin.get(`${tenant}${path}`))).items[0]?.id ?? "";
  const { patientId, importId } = await peopleTheHospital(test);
  const role = await first("/roles");
  const clerk = await good<WithId>(
    admin.send(`${tenant}/roles`, { json: { name: "Ward clerk", permissions: ["patients:read"] } }),
  );
  const staff = await staffScene(test, app, admin);
  const closed = await privacyScene(test, patientId);
  const support = await supportScene(test, app);
  const papers = await papersScene(admin, patientId);
  const key = await good<{ key: WithId }>(
    admin.send(`${tenant}/keys`, { json: { name: "Laboratory machine", scopes: ["patients:read"] } }),
  );
  await lockSomebody(test, app);
  const patient = `/patients/${patientId}`;
  return {
    host,
    seats: new Map([
      ["admin", admin],
      ["doctor", await test.abdullah.as("doctor")],
      ["receptionist", await test.abdullah.as("receptionist")],
      ["support", support.client],
      ["nobody", new Client(app, host)],
      ...staff.seats,
    ]),
    ids: {
      patients: `/${patientId}`,
      "/patients/:id/:tab": tabs.map((tab) => `${patient}/${tab}`),
      "/patients/:id/privacy": [`${patient}/privacy`, `/patients/${closed.hiddenId}/privacy`],
      "/patients/:id/emergency-access": [],
      "/patients/:id/consents/:consentId/withdrawal": `${patient}/consents/${closed.consentId}/withdrawal`,
      "/patients/:id/documents": [
        ...["", "?deleted=true", `?removed=${papers.removed}`].map((query) => `${patient}/documents${query}`),
      ],
      "/patients/:id/documents/:documentId": [papers.letter, papers.picture, papers.note, papers.removed].map(
        (id) => `${patient}/documents/${id}`,
      ),
      // A file of its own, not a page.
      "/patients/:id/documents/:documentId/content": [],
      "/privacy/reviews/:id": `/privacy/reviews/${closed.glassId}`,
      "/privacy/support/:id": [`/privacy/support/${support.openId}`, `/privacy/support/${support.pendingId}`],
      imports: `/${importId}`,
      users: `/${staff.invitedId}`,
      "/users/:id": [`/users/${staff.invitedId}`, `/users/${staff.activeId}`],
      "/users/:id/sessions": `/users/${staff.activeId}/sessions`,
      "/users/:id/second-factor-reset": `/users/${staff.activeId}/second-factor-reset`,
      "/users/:id/:act": ["suspension", "deactivation", "password-reset"]
        .map((act) => `/users/${staff.activeId}/${act}`)
        .concat(`/users/${staff.invitedId}/withdrawal`),
      "/users/imports/:id": staff.imports.map((id) => `/users/imports/${id}`),
      roles: `/${role}`,
      "/roles/:id/copy": `/roles/${role}/copy`,
      "/roles/:id/removal": `/roles/${clerk.id}/removal`,
      departments: `/${await first("/departments")}`,
      keys: `/${key.key.id}`,
      "/invitations/:token": [],
      "/forgot-password": [],
      "/reset-password": [],
      "/verify-email": [],
      "/support/enter": [],
      "/profile/second-factor/enrolment": [],
      "/profile/second-factor/removal": [],
    },
    more: {
      doctor: ["/", `/patients/${closed.hiddenId}/emergency-access`, `/patients/${closed.brokenId}`],
      receptionist: ["/"],
      support: ["/", "/settings"],
      guarded: ["/profile", "/profile/second-factor", "/profile/second-factor/removal", "/profile/confirm"],
      enrolling: ["/profile/second-factor/enrolment"],
      newcomer: ["/profile/password"],
      half: ["/sign-in/code"],
      nobody: [
        ...["/sign-in", "/forgot-password", "/reset-password", "/verify-email", ...staff.links],
        `/support/enter?code=${support.code}`,
      ],
    },
  };
}

/** Staff in every state: invited, come in, with a second factor, half-way to one, before the first password. */
async function staffScene(test: TestApp, app: App, admin: Client) {
  const { host } = test.abdullah;
  const { items } = await good<{ items: { id: string; key: string | null }[] }>(
    admin.get(`${tenant}/roles?limit=100`),
  );
  const roleId = items.find(({ key }) => key === "nurse")?.id ?? "";
  const invite = (name: string, email: string) =>
    good<WithId>(admin.send(`${tenant}/users/invitations`, { json: { name, email, roleId } }));
  const active = await invite("Hina Aslam", "hina.aslam@abdullah.example");
  const guarded = await comeIn(app, host, "Hina Aslam", "hina.aslam@abdullah.example");
  const links = await askForLinks(app, host, guarded, "hina.aslam@abdullah.example");
  await enrol(guarded, test.clock.now());
  await invite("Yusuf Karim", "yusuf.karim@abdullah.example");
  const enrolling = await comeIn(app, host, "Yusuf Karim", "yusuf.karim@abdullah.example");
  await good(enrolling.send(`${tenant}/auth/second-factor/enrolment`, { method: "POST" }));
  const newcomer = { email: "maryam.javed@abdullah.example", password: "violet-kettle-under-stairs" };
  await good(admin.send(`${tenant}/users`, { json: { ...newcomer, name: "Maryam Javed", roleId } }));
  const invited = await invite("Tariq Mehmood", "tariq.mehmood@abdullah.example");
  links.push(await linkIn(app, host, "/invitations/"));
  const file = [
    "name;email;role;departments",
    "Asma Noor;asma.noor@abdullah.example;nurse;Nursing",
    "Danish Raza;danish.raza@abdullah.example;doctor;Surgery",
    "Hina Aslam;hina.aslam@abdullah.example;nurse;Nursing",
    "No Role;no.role@abdullah.example;king;",
    "No Mail;nowhere;nurse;",
  ].join("\n");
  const given = { origin: "page", fileName: "staff.csv", bytes: new TextEncoder().encode(file) } as const;
  const done = await draftUserImport(test.abdullah.system(), given);
  await beginUserImport(test.abdullah.system(), done.id);
  await runUserImport(test.abdullah.system(), done.id);
  const more = { ...given, bytes: new TextEncoder().encode(file.replaceAll(/asma|danish/g, "another.$&")) };
  const draft = await draftUserImport(test.abdullah.system(), more);
  return {
    ...{ links, activeId: active.id, invitedId: invited.id, imports: [done.id, draft.id] },
    seats: [
      ["guarded", guarded],
      ["enrolling", enrolling],
      ["newcomer", await new Client(app, host).signIn(newcomer.email, newcomer.password)],
      ["half", await halfIn(app, host, "hina.aslam@abdullah.example")],
    ] as const,
  };
}

/** Records that are closed, one of them opened in need; consents of every standing. */
async function privacyScene(test: TestApp, patientId: string) {
  const admin = await test.abdullah.as("admin");
  const desk = await test.abdullah.as("receptionist");
  const doctor = await test.abdullah.as("doctor");
  const patients = `${tenant}/patients`;
  const close = async (firstName: string, reason: string) => {
    const json = { firstName, lastName: "Malik", sex: "female", bornOn: "1988-05-04" };
    const { id } = await good<WithId>(desk.send(patients, { json }));
    await good(admin.send(`${patients}/${id}/restriction`, { method: "PUT", json: { reason } }));
    return id;
  };
  const hiddenId = await close("Zara", "A colleague of this ward");
  const brokenId = await close("Saima", "Asked for by herself");
  const staff = await good<{ items: WithId[] }>(admin.get(`${tenant}/users?limit=1`));
  await admin.send(`${patients}/${hiddenId}/access`, { json: { userId: staff.items[0]?.id } });
  const glass = await good<WithId>(
    doctor.send(`${patients}/${brokenId}/glass-breaks`, {
      json: { reason: "emergency", explanation: "Unconscious in the emergency room" },
    }),
  );
  const consent = (json: object) =>
    good<WithId>(
      admin.send(`${patients}/${patientId}/consents`, {
        json: { decision: "granted", givenBy: "patient", method: "written", ...json },
      }),
    );
  const { id: consentId } = await consent({ purpose: "insurance", documentReference: "Folder 12, page 3" });
  await consent({ purpose: "research", decision: "refused" });
  await consent({ purpose: "treatment", givenBy: "guardian", giverName: "Nasreen Malik", method: "verbal" });
  return { hiddenId, brokenId, consentId, glassId: glass.id };
}

/** Papers in a record: of each kind that is shown in its own way, and one that was deleted. */
async function papersScene(admin: Client, patientId: string) {
  const add = async (content: Uint8Array<ArrayBuffer>, name: string, fields: Record<string, string>) => {
    const body = new FormData();
    body.set("file", new File([content], name));
    for (const [field, value] of Object.entries(fields)) body.set(field, value);
    return (await good<WithId>(admin.send(`${tenant}/patients/${patientId}/documents`, { body }))).id;
  };
  const lines = ["Dear colleague,", "thank you for seeing this patient.", "With kind regards, Dr Aslam"];
  const letter = await add(letterPdf(lines), "letter.pdf", { kind: "referral", title: "Letter of Dr Aslam" });
  const picture = await add(greyPng(480, 360), "IMG_2041.png", { kind: "image", title: "Chest, front view" });
  const words = new TextEncoder().encode("Haemoglobin 11.2 g/dL\nPlatelets 240\n");
  const note = await add(words, "result.txt", { kind: "result", title: "Blood count from elsewhere" });
  const removed = await add(letterPdf(["Not this one"]), "wrong.pdf", { kind: "other", title: "Wrong scan" });
  await good(admin.send(`${tenant}/documents/${removed}`, { method: "DELETE" }));
  return { letter, picture, note, removed };
}

/** Support: one that was refused, one that is inside, one that waits to be answered. */
async function supportScene(test: TestApp, app: App) {
  const { host, id: hospital } = test.abdullah;
  const admin = await test.abdullah.as("admin");
  const olga = await test.owner();
  const requests = `/api/v1/owner/tenants/${hospital}/support-requests`;
  const ask = async (reason: string, by: Client = olga) =>
    (await good<WithId>(by.send(requests, { json: { reason, minutes: 60 } }))).id;
  const grants = `${tenant}/support-grants`;
  const refused = await ask("To look at the new report");
  await good(admin.send(`${grants}/${refused}/refusal`, { json: { note: "Not on a Friday" } }));
  const openId = await ask("The import stopped half-way");
  await good(admin.send(`${grants}/${openId}/acceptance`, { json: {} }));
  const link = async () =>
    new URL(
      (await good<{ href: string }>(olga.send(`${requests}/${openId}/link`, { method: "POST" }))).href,
    ).searchParams.get("code") ?? "";
  const client = new Client(app, host);
  await client.send("/support/enter", { form: { code: await link() } });
  const code = await link();
  const json = { name: "Farid Anwar", email: "farid@wardline.example", role: "super-admin" };
  await good(olga.send("/api/v1/owner/operators", { json }));
  const farid = await comeIn(app, olga.host, json.name, json.email);
  const pendingId = await ask("The times on printed lists are wrong", farid);
  return { client, code, openId, pendingId };
}

/** Somebody guesses at a password until they have to wait. */
export async function lockSomebody(test: TestApp, app: App, host = test.abdullah.host): Promise<void> {
  const email = emailOf("pharmacist", "abdullah");
  const portal = host.startsWith("owner.") ? "owner" : "tenant";
  const guesser = new Client(app, host, "203.0.113.77");
  for (let n = 0; n < 10; n += 1)
    await guesser.send(`/api/v1/${portal}/auth/login`, { json: { email, password: `guess-${n}` } });
}
