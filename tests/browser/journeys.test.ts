import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BrowserContext, Page as BrowserPage } from "playwright-core";
import type { App } from "../../server/app.ts";
import { codeAt } from "../auth/second-factor/phone.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { browserPath, type OpenBrowser, openBrowser, type ServedApp, serve } from "../support/browser.ts";
import { emailOf, ownerEmail, password } from "../support/cast.ts";
import { demoOf, good } from "./scene.ts";

const withBrowser = test.skipIf(browserPath === null);
const chosen = "violet-kettle-under-stairs";

let cast: TestApp;
let app: App;
let hospital: TestHospital;
let served: ServedApp;
let browser: OpenBrowser;

beforeAll(async () => {
  if (browserPath === null) return;
  cast = await testApp();
  app = demoOf(cast);
  hospital = await cast.newHospital();
  served = serve(app);
  browser = await openBrowser();
}, 240_000);

afterAll(async () => {
  if (browserPath === null) return;
  await browser.close();
  await served.close();
});

/** One person's browser: what they open, fill in and press. */
class Walker {
  readonly tab: BrowserPage;
  readonly #context: BrowserContext;
  readonly #origin: string;

  private constructor(context: BrowserContext, tab: BrowserPage, origin: string) {
    this.#context = context;
    this.tab = tab;
    this.#origin = origin;
  }

  static async at(host: string): Promise<Walker> {
    const context = await browser.newContext();
    const tab = await context.newPage();
    tab.setDefaultTimeout(20_000);
    return new Walker(context, tab, `http://${host}:${served.port}`);
  }

  /** What it answered with. */
  async open(path: string): Promise<number | undefined> {
    return (await this.tab.goto(`${this.#origin}${path}`))?.status();
  }

  /** Fills in fields of the form that goes to `action` and sends it. */
  async send(action: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const form = this.tab.locator(`form[action="${action}"]`).last();
    for (const [name, value] of Object.entries(fields)) {
      const field = form.locator(`[name="${name}"]`);
      const kind = await field.first().evaluate((one) => `${one.tagName} ${one.getAttribute("type")}`);
      if (kind.startsWith("SELECT")) await field.selectOption(value);
      else if (/radio|checkbox/.test(kind)) await form.locator(`[name="${name}"][value="${value}"]`).check();
      else await field.fill(value);
    }
    await form.locator("button[type=submit], button:not([type])").first().click();
  }

  async arriveAt(path: string): Promise<void> {
    await this.tab.waitForURL(`${this.#origin}${path}`);
  }

  /** Until the page says so. */
  async read(words: string | RegExp): Promise<void> {
    await this.tab.getByText(words).first().waitFor();
  }

  async signIn(email: string, secret: string): Promise<void> {
    await this.open("/sign-in");
    await this.send("/sign-in", { email, password: secret });
  }

  leave(): Promise<void> {
    return this.#context.close();
  }
}

withBrowser(
  "an administrator sets up a second factor, signs in with it, invites somebody, and that somebody finds the way back",
  async () => {
    // Of their own: whoever has a second factor does not come in by a password alone any more.
    const { host, subdomain } = await cast.newHospital();
    const admin = await Walker.at(host);
    const email = emailOf("admin", subdomain);
    await admin.signIn(email, password);
    await admin.arriveAt("/");
    await admin.open("/profile/second-factor");
    await admin.send("/profile/second-factor/enrolment");
    await admin.arriveAt("/profile/second-factor/enrolment");
    const told = await admin.tab.locator("code, .code").first().textContent();
    const secret = (told ?? "").replaceAll(/\s/g, "");
    const code = codeAt(secret, cast.clock.now());
    await admin.send("/profile/second-factor/confirmation", { code });
    await admin.tab.locator("main li, main code").first().waitFor();
    await admin.open("/");
    await admin.tab.locator(".person-menu summary").click();
    await admin.send("/sign-out");
    await admin.tab.waitForURL(/sign-in/);
    // A code counts once: the next one is half a minute later.
    cast.clock.advance(31_000);
    await admin.signIn(email, password);
    await admin.tab.waitForURL(/sign-in\/code/);
    await admin.send("/sign-in/code", { code: codeAt(secret, cast.clock.now()) });
    await admin.arriveAt("/");
    await admin.open("/profile");
    expect(await admin.tab.locator("main table tbody tr").count()).toBeGreaterThan(0);

    await admin.open("/users/new");
    expect(await admin.tab.locator("input[name=password]").isVisible()).toBe(false);
    const role = await admin.tab.locator("select[name=roleId] option", { hasText: "Nurse" }).first();
    await admin.send("/users", {
      ...{ name: "Noor Jehan", email: "noor@journey.example" },
      roleId: (await role.getAttribute("value")) ?? "",
    });
    await admin.arriveAt("/users");
    await admin.read("Noor Jehan");

    const noor = await Walker.at(host);
    await noor.open("/mailbox");
    await noor.tab.locator('a[href*="/invitations/"]').first().click();
    await noor.tab.waitForURL(/invitations/);
    const accept = new URL(noor.tab.url()).pathname;
    await noor.send(accept, { name: "Noor Jehan", password: chosen, repeatPassword: chosen });
    await noor.tab.waitForURL((url) => url.pathname !== accept);
    await noor.open("/forgot-password");
    await noor.send("/forgot-password", { email: "noor@journey.example" });
    await noor.tab.locator('a[href="/mailbox"]').click();
    await noor.tab.locator('a[href*="/reset-password"]').first().click();
    await noor.tab.waitForURL(/reset-password/);
    const anew = "nine-blue-doors-open";
    await noor.send("/reset-password", { newPassword: anew, repeatPassword: anew });
    await noor.tab.waitForURL(/sign-in/);
    await noor.signIn("noor@journey.example", anew);
    await noor.arriveAt("/");
    await Promise.all([admin.leave(), noor.leave()]);
  },
  120_000,
);

withBrowser(
  "a record is restricted, opened in need, reviewed; a consent is recorded; a key is made; the audit tells all",
  async () => {
    const desk = await hospital.as("receptionist");
    const json = { firstName: "Zara", lastName: "Malik", sex: "female", bornOn: "1988-05-04" };
    const { id } = await good<{ id: string }>(desk.send("/api/v1/tenant/patients", { json }));
    const manager = await hospital.as("admin");
    const other = await good<{ id: string }>(
      manager.send("/api/v1/tenant/patients", { json: { ...json, firstName: "Saima" } }),
    );
    const admin = await Walker.at(hospital.host);
    await entered(admin, manager.cookies);
    await admin.open(`/patients/${id}/privacy`);
    await admin.send(`/patients/${id}/restriction`, { reason: "A colleague of the ward" });
    await admin.read("Restricted");

    const doctor = await Walker.at(hospital.host);
    await doctor.signIn(emailOf("doctor", hospital.subdomain), password);
    await doctor.arriveAt("/");
    await doctor.open(`/patients/${id}`);
    await doctor.tab.waitForURL(/emergency-access/);
    await doctor.send(`/patients/${id}/emergency-access`, {
      ...{ reason: "emergency", explanation: "Unconscious in the emergency room" },
    });
    await doctor.arriveAt(`/patients/${id}`);
    await doctor.read("Zara Malik");
    await doctor.tab.locator("[data-until]").first().waitFor();

    await admin.open("/privacy/reviews");
    await admin.tab.locator('a[href^="/privacy/reviews/"]').first().click();
    await admin.tab.waitForURL(/privacy\/reviews\/.+/);
    const review = new URL(admin.tab.url()).pathname;
    await admin.send(review, { verdict: "justified", note: "She was brought in unconscious" });
    await admin.arriveAt("/privacy/reviews");

    await admin.open(`/patients/${other.id}/consents/new`);
    await admin.send(`/patients/${other.id}/consents`, {
      ...{ purpose: "research", decision: "granted", givenBy: "patient", method: "written" },
    });
    await admin.arriveAt(`/patients/${other.id}/consents`);
    await admin.read("In force");

    await admin.open("/keys/new");
    await admin.send("/keys", { name: "Analyser", scopes: "patients:read" });
    const shown = /wl_[A-Za-z0-9_-]{20,}/;
    await admin.read(shown);
    const key =
      shown.exec((await admin.tab.locator(".secret-once .code").first().textContent()) ?? "")?.[0] ?? "";
    const headers = { authorization: `Bearer ${key}` };
    expect((await hospital.stranger().send("/api/v1/tenant/patients", { headers })).status).toBe(200);

    await admin.open("/audit");
    for (const act of ["Consent", "API key", "Restricted"]) await admin.read(new RegExp(act, "i"));
    await Promise.all([admin.leave(), doctor.leave()]);
  },
  120_000,
);

withBrowser(
  "support asks, is let in, works inside with the time in sight, and is out when the hospital says so",
  async () => {
    const owner = await Walker.at("owner.localhost");
    await owner.signIn(ownerEmail, password);
    await owner.arriveAt("/");
    const support = `/hospitals/${hospital.id}/support`;
    await owner.open(support);
    await owner.send(support, { reason: "Printed lists show the wrong time", minutes: "30" });
    await owner.read("Waiting");

    const admin = await Walker.at(hospital.host);
    await entered(admin, (await hospital.as("admin")).cookies);
    await admin.open("/privacy");
    await admin.tab.locator('main a[href="/privacy/support"]').first().click();
    await admin.tab.locator('main a[href^="/privacy/support/"]').first().click();
    await admin.tab.waitForURL(/privacy\/support\/.+/);
    await admin.send(`${new URL(admin.tab.url()).pathname}/acceptance`, { minutes: "20" });
    await admin.arriveAt("/privacy/support");

    await owner.open(support);
    await owner.tab.locator(`form[action^="${support}/"][action$="/link"] button`).first().click();
    const href = await owner.tab.locator('a[href*="/support/enter"]').first().getAttribute("href");
    const inside = await Walker.at(hospital.host);
    const { pathname, search } = new URL(href ?? "");
    await inside.open(pathname + search);
    await inside.send("/support/enter");
    await inside.arriveAt("/");
    await inside.tab.locator("[data-until]").first().waitFor();
    expect(await inside.open("/patients")).toBe(403);

    await admin.open("/");
    await admin.tab.locator('form[action^="/privacy/support/"][action$="/end"] button').first().click();
    await admin.arriveAt("/privacy/support");
    expect(await inside.open("/settings")).toBe(401);
    await Promise.all([owner.leave(), admin.leave(), inside.leave()]);
  },
  120_000,
);

/** Goes on as somebody who has signed in elsewhere. */
async function entered(walker: Walker, cookies: ReadonlyMap<string, string>): Promise<void> {
  const url = `http://${hospital.host}:${served.port}/`;
  await walker.tab.context().addCookies([...cookies].map(([name, value]) => ({ name, value, url })));
}
