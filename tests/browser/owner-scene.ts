import { nodes } from "../../db/schema/control/nodes.ts";
import type { App } from "../../server/app.ts";
import { newSigningPair } from "../../server/sync/wire-signing.ts";
import { enrol } from "../auth/second-factor/phone.ts";
import type { TestApp } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { lockSomebody } from "./hospital-scene.ts";
import { askForLinks, comeIn, good, halfIn, linkIn, type Scene } from "./scene.ts";

const host = "owner.localhost";
const owner = "/api/v1/owner";

/** The owner portal with something in every room; the first hospital's scene comes before. */
export async function ownerScene(test: TestApp, app: App): Promise<Scene> {
  const olga = await test.owner();
  const { id } = await good<{ id: string }>(olga.get(`${owner}/auth/me`));
  const people = await good<{ items: { id: string }[] }>(
    olga.get(`${owner}/tenants/${test.abdullah.id}/users`),
  );
  const invite = (name: string, email: string, role: string) =>
    good<{ id: string }>(olga.send(`${owner}/operators`, { json: { name, email, role } }));
  const { id: omar } = await invite("Omar Sheikh", "omar@wardline.example", "super-admin");
  const guarded = await comeIn(app, host, "Omar Sheikh", "omar@wardline.example");
  const links = await askForLinks(app, host, guarded, "omar@wardline.example");
  await enrol(guarded, test.clock.now());
  await invite("Dina Perera", "dina@wardline.example", "super-admin");
  const enrolling = await comeIn(app, host, "Dina Perera", "dina@wardline.example");
  await good(enrolling.send(`${owner}/auth/second-factor/enrolment`, { method: "POST" }));
  const { id: invited } = await invite("Leela Nair", "leela@wardline.example", "group-admin");
  links.push(await linkIn(app, host, "/invitations/"));
  const key = await good<{ key: { id: string } }>(
    olga.send(`${owner}/keys`, { json: { name: "Billing", scopes: ["tenants:read"] } }),
  );
  await lockSomebody(test, app, host);
  const hospital = `/hospitals/${test.abdullah.id}`;
  const joining = await serverOf(test, test.abdullah.id, { status: "joining" });
  const lost = await test.newHospital();
  const hour = 60 * 60_000;
  const now = test.clock.now().getTime();
  await serverOf(test, lost.id, {
    status: "revoked",
    ...{
      activeAt: new Date(now - 50 * hour),
      revokedAt: new Date(now - hour),
      asOf: new Date(now - 2 * hour),
    },
  });
  return {
    host,
    seats: new Map([
      ["owner", olga],
      ["guarded", guarded],
      ["enrolling", enrolling],
      ["half", await halfIn(app, host, "omar@wardline.example")],
      ["nobody", new Client(app, host)],
    ]),
    ids: {
      hospitals: `/${test.abdullah.id}`,
      "/hospitals/:id/servers": [`${hospital}/servers`, `/hospitals/${lost.id}/servers`],
      "/hospitals/:id/servers/:nodeId/revocation": `${hospital}/servers/${joining}/revocation`,
      "/hospitals/:id/servers/take-back": `/hospitals/${lost.id}/servers/take-back`,
      "/hospitals/:id/people/:userId": `${hospital}/people/${people.items[0]?.id}`,
      keys: `/${key.key.id}`,
      operators: `/${omar}`,
      "/operators/:id": [id, omar, invited].map((one) => `/operators/${one}`),
      "/operators/:id/:act": [
        ...[`/operators/${omar}/suspension`, `/operators/${omar}/password-reset`],
        `/operators/${invited}/withdrawal`,
      ],
      "/invitations/:token": [],
      "/forgot-password": [],
      "/reset-password": [],
      "/verify-email": [],
      "/profile/second-factor/enrolment": [],
      "/profile/second-factor/removal": [],
    },
    more: {
      guarded: ["/profile", "/profile/second-factor", "/profile/second-factor/removal", "/profile/confirm"],
      enrolling: ["/profile/second-factor/enrolment"],
      half: ["/sign-in/code"],
      nobody: ["/sign-in", "/forgot-password", "/reset-password", "/verify-email", ...links],
    },
  };
}

/** A server of a hospital's own, as the owner knows it. */
async function serverOf(
  test: TestApp,
  tenantId: string,
  facts: Pick<typeof nodes.$inferInsert, "status" | "activeAt" | "revokedAt" | "asOf">,
): Promise<string> {
  const row = { tenantId, name: "ward server", publicKey: newSigningPair().publicKey };
  const [made] = await test.services.connections.control.db
    .insert(nodes)
    .values({ ...row, ...facts })
    .returning({ id: nodes.id });
  if (made === undefined) throw new Error("The server was not noted.");
  return made.id;
}
