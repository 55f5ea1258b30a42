import { expect, test } from "bun:test";
import { testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";

test("a doctor signs in at their own hospital and nowhere else", async () => {
  const { abdullah, ramzan } = await testApp();
  const own = await abdullah
    .stranger()
    .send("/api/v1/tenant/auth/login", { json: { email: emailOf("doctor", "abdullah"), password } });
  expect(own.status).toBe(200);
  const { accessToken, expiresIn, user } = (await own.json()) as {
    accessToken: string;
    expiresIn: number;
    user: { role: string };
  };
  expect(expiresIn).toBe(3600);
  expect(user.role).toBe("doctor");
  const elsewhere = await ramzan
    .stranger()
    .send("/api/v1/tenant/auth/login", { json: { email: emailOf("doctor", "abdullah"), password } });
  expect(elsewhere.status).toBe(401);
  const headers = { authorization: `Bearer ${accessToken}` };
  expect((await abdullah.stranger().get("/api/v1/tenant/auth/me", headers)).status).toBe(200);
  expect((await ramzan.stranger().get("/api/v1/tenant/auth/me", headers)).status).toBe(401);
});

test("a wrong password, an unknown address and a missing field answer 401, 401 and 422 naming it", async () => {
  const { abdullah } = await testApp();
  const stranger = abdullah.stranger();
  const login = (json: unknown) => stranger.send("/api/v1/tenant/auth/login", { json });
  const wrong = await login({ email: emailOf("nurse", "abdullah"), password: "not-this-one" });
  const unknown = await login({ email: "nobody@abdullah.example", password: "not-this-one" });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  const told = async (response: Response) => {
    const { requestId: _, ...rest } = (await response.json()) as Record<string, unknown>;
    return rest;
  };
  expect(await told(wrong)).toEqual(await told(unknown));
  const missing = await login({ email: "nobody@abdullah.example" });
  expect(missing.status).toBe(422);
  expect(await missing.json()).toMatchObject({
    code: "input.invalid",
    errors: [{ field: "password", code: "required" }],
  });
});

test("a refresh token is good once; using it again ends the session and its access token", async () => {
  const { abdullah } = await testApp();
  const client = abdullah.stranger();
  const login = await client.send("/api/v1/tenant/auth/login", {
    json: { email: emailOf("nurse", "abdullah"), password },
  });
  const first = (await login.json()) as { refreshToken: string };
  const refresh = (refreshToken: string) =>
    client.send("/api/v1/tenant/auth/refresh", { json: { refreshToken } });
  const second = await refresh(first.refreshToken);
  expect(second.status).toBe(200);
  const tokens = (await second.json()) as { accessToken: string; refreshToken: string };
  const me = () => client.get("/api/v1/tenant/auth/me", { authorization: `Bearer ${tokens.accessToken}` });
  expect((await me()).status).toBe(200);
  expect((await refresh(first.refreshToken)).status).toBe(401);
  expect((await me()).status).toBe(401);
  expect((await refresh(tokens.refreshToken)).status).toBe(401);
});

test("an owner's token opens nothing in a hospital, and a hospital's nothing at the owner's", async () => {
  const { abdullah, owner, client } = await testApp();
  const olga = await owner();
  expect((await olga.get("/api/v1/owner/auth/me")).status).toBe(200);
  expect(
    (await abdullah.stranger().get("/api/v1/tenant/auth/me", { authorization: `Bearer ${olga.token}` }))
      .status,
  ).toBe(401);
  const doctor = await abdullah.as("doctor");
  expect(
    (
      await client("owner.localhost").get("/api/v1/owner/auth/me", {
        authorization: `Bearer ${doctor.token}`,
      })
    ).status,
  ).toBe(401);
  const crossed = await client("owner.localhost").send("/sign-in", {
    form: { email: emailOf("admin", "abdullah"), password },
  });
  expect(crossed.status).toBe(401);
});

test("an unknown host is a plain 404 that names no hospital", async () => {
  const { client } = await testApp();
  const response = await client("nowhere.localhost").get("/");
  expect(response.status).toBe(404);
  const text = await response.text();
  expect(text).not.toContain("Abdullah");
  expect(text).not.toContain("nowhere");
});

test("a form from another site is refused, whoever is signed in", async () => {
  const { abdullah } = await testApp();
  const doctor = await abdullah.as("doctor");
  const foreign = await doctor.send("/sign-out", { form: {}, headers: { "sec-fetch-site": "cross-site" } });
  expect(foreign.status).toBe(403);
  const withoutProof = await doctor.send("/sign-out", {
    form: {},
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(withoutProof.status).toBe(403);
});

test("a form before sign-in belongs to the browser it was shown in", async () => {
  const { abdullah } = await testApp();
  const credentials = { email: emailOf("nurse", "abdullah"), password };
  const [one, other] = [abdullah.stranger(), abdullah.stranger()];
  const proofOf = (page: string) => /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const [own, foreign] = [proofOf(await one.page("/sign-in")), proofOf(await other.page("/sign-in"))];
  expect(own.length).toBeGreaterThan(20);
  for (const _csrf of [foreign, `x${own}`, "x"]) {
    expect((await one.send("/sign-in", { form: { ...credentials, _csrf } })).status).toBe(403);
    expect((await one.send("/preferences", { form: { theme: "dark", _csrf } })).status).toBe(403);
  }
  expect((await one.send("/preferences", { form: { theme: "dark", _csrf: own } })).status).toBe(303);
  expect((await one.send("/sign-in", { form: { ...credentials, _csrf: own } })).status).toBe(303);
  // Signed in, the page's forms carry the session's proof.
  expect((await one.submit("/patients", "/preferences", { theme: "light" })).status).toBe(303);
});

test("who was put out is told so in place of the page they asked for; a stranger, and who typed wrongly, are not", async () => {
  const { newHospital } = await testApp();
  const hospital = await newHospital();
  const told = "You were signed out. Sign in again to go on.";
  const nurse = await hospital.as("nurse");
  const { id } = (await (await nurse.get("/api/v1/tenant/auth/me")).json()) as { id: string };
  const admin = await hospital.as("admin");
  const suspended = await admin.submit(`/users/${id}`, `/users/${id}/suspension`);
  expect(suspended.headers.get("location")).toBe(`/users/${id}`);
  expect(await admin.page(`/users/${id}`)).toContain("They are signed out and can");
  const out = await nurse.get("/patients");
  expect(out.status).toBe(401);
  expect(await out.text()).toContain(told);
  const form = { email: emailOf("nurse", hospital.subdomain), password };
  expect(await (await nurse.send("/sign-in", { form })).text()).not.toContain(told);
  expect(await (await hospital.stranger().get("/patients")).text()).not.toContain(told);
});

test("a password that was refused is not said to be kept", async () => {
  const { newHospital } = await testApp();
  const client = await (await newHospital()).as("pharmacist");
  const change = (newPassword: string) =>
    client.submit("/profile/password", "/profile/password", {
      ...{ currentPassword: password, newPassword, repeatPassword: newPassword },
    });
  const refused = await (await change("short")).text();
  expect(refused).toContain("Correct one field");
  expect(refused).not.toContain("What you entered is still here.");
});

test("a password counts as it was typed, its spaces too, on the page as in JSON", async () => {
  const { abdullah } = await testApp();
  const spaced = "  four words and spaces ";
  const email = "spaced@abdullah.example";
  const admin = await abdullah.as("admin");
  const { items } = (await (await admin.get("/api/v1/tenant/roles")).json()) as {
    items: readonly { id: string; key: string }[];
  };
  const roleId = items.find(({ key }) => key === "nurse")?.id;
  const json = { email, name: "Sana Spaced", roleId, password: spaced };
  expect((await admin.send("/api/v1/tenant/users", { json })).status).toBe(201);
  await abdullah.stranger().signIn(email, spaced);
  const trimmed = await abdullah.stranger().send("/sign-in", { form: { email, password: spaced.trim() } });
  expect(trimmed.status).toBe(401);
});
