import { expect, test } from "bun:test";
import { createApp } from "../../server/app.ts";
import { csrfHeader } from "../../views/page.ts";
import { type TestApp, testApp } from "../support/app.ts";
import type { Badge } from "../support/badges.ts";
import { plant } from "./plant.ts";
import { addressOf, ask, type WalkedRoute, walkedRoutes } from "./routes.ts";
import { wholeSides } from "./sides.ts";

const app: TestApp = await testApp();
const planted = await plant(app, await app.newHospital());
const routes = await walkedRoutes(app);
const sides = await wholeSides(app, planted);

const isPage = ({ isApi, path }: WalkedRoute) => !isApi && !path.startsWith("/jobs");
const of = (portal: string, which: (route: WalkedRoute) => boolean) =>
  routes.filter((route) => route.portal === portal && which(route));
const whoIs = ({ cookie, proof }: Badge) => ({ cookie, [csrfHeader]: proof });

test("no form of a signed-in browser is taken from another site, or without the session's own proof", async () => {
  const faults: string[] = [];
  let sent = 0;
  for (const { portal, host, open } of sides) {
    const badge = await open();
    const other = await open();
    const ways: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      "without a proof": { cookie: badge.cookie },
      "with another session's proof": { cookie: badge.cookie, [csrfHeader]: other.proof },
      "with an empty proof": { cookie: badge.cookie, [csrfHeader]: "" },
      "from another site": { ...whoIs(badge), "sec-fetch-site": "cross-site" },
      "from a neighbour host": { ...whoIs(badge), "sec-fetch-site": "same-site" },
      "from another origin": { ...whoIs(badge), origin: "https://evil.example" },
      "from a frame without origin": { ...whoIs(badge), origin: "null" },
    };
    for (const route of of(portal, (one) => isPage(one) && one.method !== "GET" && !one.isPublic)) {
      if (route.path === "/support/leave") continue;
      const { address } = addressOf(route, planted.ids);
      for (const [way, headers] of Object.entries(ways)) {
        const { status } = await ask(app, route, address, {
          headers,
          host,
          whole: true,
          from: "203.0.113.60",
        });
        sent += 1;
        if (status !== 403) faults.push(`${way}: ${route.name} answered ${status}`);
      }
    }
    for (const route of of(portal, (one) => isPage(one) && one.method === "POST" && one.isPublic)) {
      const headers = { "sec-fetch-site": "cross-site" };
      const { address } = addressOf(route, null);
      const { status } = await ask(app, route, address, {
        headers,
        host,
        whole: false,
        from: "203.0.113.60",
      });
      sent += 1;
      if (status !== 403) faults.push(`from another site: ${route.name} answered ${status}`);
    }
    for (const route of of(portal, (one) => one.isApi && !one.isPublic)) {
      const { address } = addressOf(route, planted.ids);
      const headers = whoIs(badge);
      const { status } = await ask(app, route, address, { headers, host, whole: true, from: "203.0.113.60" });
      sent += 1;
      if (status !== 401) faults.push(`by a cookie: ${route.name} answered ${status}`);
    }
  }
  expect(faults).toEqual([]);
  expect(sent).toBeGreaterThan(700);
}, 120_000);

const expected: Readonly<Record<string, RegExp>> = {
  "content-security-policy":
    /^(?=.*default-src '(none|self)')(?=.*frame-ancestors '(none|self)')(?!.*unsafe-eval)/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^same-origin$/,
  "permissions-policy": /camera=\(\)/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
};
/** Reviewed: the same for everybody on every host. */
const keptByAnybody = new Set(["/docs/json"]);

test("every answer of every route tells the browser the same rules, and none may be kept by a cache", async () => {
  const faults: string[] = [];
  let read = 0;
  for (const { portal, host, open } of sides) {
    const badge = await open();
    for (const route of of(portal, ({ method }) => method === "GET")) {
      const { address } = addressOf(route, planted.ids);
      const headers = route.isApi ? { authorization: `Bearer ${badge.token}` } : whoIs(badge);
      const answer = await ask(app, route, address, { headers, host, whole: false, from: "203.0.113.61" });
      read += 1;
      for (const [name, form] of Object.entries(expected))
        if (!form.test(answer.headers.get(name) ?? ""))
          faults.push(`${route.name}: ${name} is ${answer.headers.get(name)}`);
      const cache = answer.headers.get("cache-control") ?? "";
      if (!keptByAnybody.has(route.path) && !cache.includes("no-store"))
        faults.push(`${route.name}: cache-control is ${cache}`);
      if (answer.headers.has("strict-transport-security")) faults.push(`${route.name}: HSTS over http`);
      if (answer.headers.has("access-control-allow-origin")) faults.push(`${route.name}: opened to others`);
      if (
        /<script(?![^>]*(?:\bsrc=|type="application\/json"))[^>]*>|\son[a-z]+="|javascript:/i.test(
          answer.text.split("\n<!")[1] ?? "",
        )
      )
        faults.push(`${route.name}: script in the page`);
    }
  }
  expect(faults).toEqual([]);
  expect(read).toBeGreaterThan(200);
}, 120_000);

test("over https every answer binds the browser to https; from a stranger who says so, none does", async () => {
  const { services } = app;
  const behind = createApp({ ...services, env: { ...services.env, trustedProxies: ["10.0.0.5"] } });
  const told = async (address: string, path: string) => {
    const headers = { host: planted.hospital.host, "x-forwarded-proto": "https" };
    const url = `http://${planted.hospital.host}${path}`;
    const answer = await behind.handle(new Request(url, { headers }), address);
    return answer.headers.get("strict-transport-security");
  };
  for (const path of ["/sign-in", "/patients", "/api/v1/tenant/patients", "/nothing", "/docs/json"]) {
    expect([path, await told("10.0.0.5", path)]).toEqual([path, "max-age=31536000; includeSubDomains"]);
    expect([path, await told("203.0.113.9", path)]).toEqual([path, null]);
  }
});

test("what is remembered for one host is never shown at another", async () => {
  const { abdullah, ramzan, client } = app;
  for (let round = 0; round < 2; round += 1)
    for (const hospital of [abdullah, ramzan]) {
      const page = await hospital.stranger().page("/sign-in");
      expect(page).toContain(hospital.facts.name);
      expect(page).not.toContain((hospital === abdullah ? ramzan : abdullah).facts.name);
    }
  expect(await client("owner.localhost").page("/sign-in")).not.toContain(abdullah.facts.name);
});

const elsewhere = ["https://evil.example/", "//evil.example", "/\\evil.example", "/.//evil.example"];
const names = ["returnTo", "return_to", "next", "redirect", "url", "continue", "back", "path", "target"];

/** Where an answer leads: by its headers, and by the fields of its page that a later answer would follow. */
function leadsTo({ headers, text }: { readonly headers: Headers; readonly text: string }): string[] {
  const header = ["location", "hx-redirect", "hx-location", "refresh"].map((name) => headers.get(name) ?? "");
  const links = [...text.matchAll(/(?:href|action|formaction|hx-get|hx-post)="([^"]*)"/g)].map(
    ([, to]) => to ?? "",
  );
  const fields = [...text.matchAll(/name="returnTo"[^>]*value="([^"]*)"/g)].map(([, to]) => to ?? "");
  return [...header, ...links, ...fields].filter((to) => to !== "");
}

test("no route leads to another site, whatever it is told", async () => {
  const faults: string[] = [];
  let asked = 0;
  for (const { portal, host, open } of sides) {
    for (const route of of(portal, isPage)) {
      const badge = await open();
      const { address } = addressOf(route, route.method === "GET" ? planted.ids : null);
      const told = route.method === "GET" ? elsewhere.slice(0, 3) : elsewhere.slice(0, 1);
      for (const evil of told) {
        const form = Object.fromEntries(names.map((name) => [name, evil]));
        const query = new URLSearchParams(form).toString();
        const headers = route.isPublic ? {} : whoIs(badge);
        const sent = { headers, host, whole: false, form, from: "203.0.113.62" };
        const answer = await ask(app, route, `${address}?${query}`, sent);
        asked += 1;
        for (const to of leadsTo(answer)) {
          const url = URL.parse(to.replaceAll("&amp;", "&"), `http://${host}`);
          const here =
            url !== null && /(^|\.)localhost$/.test(url.hostname) && url.protocol.startsWith("http");
          if (!here && !/^(mailto|tel|data):/.test(to))
            faults.push(`${route.name} with ${evil} leads to ${to}`);
        }
      }
    }
  }
  for (const wanted of ["evil.example", "evil.example/x", "a@evil.example", "//evil.example", "x.y"]) {
    const answer = await app.client("localhost").get(`/?hospital=${encodeURIComponent(wanted)}`);
    expect([wanted, answer.status]).toEqual([wanted, 422]);
  }
  expect(faults).toEqual([]);
  expect(asked).toBeGreaterThan(350);
}, 180_000);
