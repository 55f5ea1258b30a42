import { afterAll, beforeAll, expect, test } from "bun:test";
import { withSession } from "../../db/migrate-lock.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import { emailOf, password } from "../support/cast.ts";
import { makeStand, type Stand } from "./stand.ts";

const allowMs = 170_000;
let stand: Stand;

beforeAll(async () => {
  stand = await makeStand();
}, allowMs);
afterAll(() => stand.close(), allowMs);

/** Begins to join and is killed as soon as it says something. */
async function killedAt(words: string, token: string): Promise<void> {
  const joining = stand.joining(token);
  await joining.says(words);
  joining.kill("SIGKILL");
  await joining.exited;
}

test(
  "killed while it fetches, and again after the writing has ended at the owner's, it goes on and loses nothing",
  async () => {
    const { primaryAdmin } = await placesOf(stand.owner.services, stand.hospital.id);
    await withSession(
      primaryAdmin,
      (session) => session`
        insert into users (id, role_id, name, email, password_hash)
        select gen_random_uuid(), r.id, 'Person ' || i, 'p' || i || '@join.example', 'x'
        from generate_series(1, 20000) i, (select id from roles where key = 'nurse') r`,
    );
    const token = await stand.token();
    await killedAt("Registered as", token);
    await killedAt("read-only", token);
    const last = await stand.join(token);
    expect([last.code, last.said.includes(stand.hospital.subdomain)]).toEqual([0, true]);
    await stand.start();
    const entered = await stand.ask("/api/v1/tenant/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: emailOf("admin", stand.hospital.subdomain), password }),
    });
    expect(entered.status).toBe(200);
    const { accessToken } = (await entered.json()) as { accessToken: string };
    const found = await stand.ask("/api/v1/tenant/users?search=p20000%40join.example", {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(await found.text()).toContain("p20000@join.example");
  },
  allowMs,
);
