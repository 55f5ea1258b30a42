import { expect, setDefaultTimeout, test } from "bun:test";
import { plant } from "../matrix/plant.ts";
import { addressOf, ask, headersOf, type WalkedRoute, walkedRoutes } from "../matrix/routes.ts";
import { wholeSides } from "../matrix/sides.ts";
import { testApp } from "../support/app.ts";
import { openApi, operationsOf } from "../support/openapi.ts";
import { oddText } from "./faults.ts";

setDefaultTimeout(120_000);

const app = await testApp();
const planted = await plant(app, await app.newHospital());
const routes = await walkedRoutes(app);
const sides = await wholeSides(app, planted);

/** What stands in an address in place of an id: what a link cut short, a crawler or an attacker sends. */
const noIds = [
  ...["x", "index.html", "-".repeat(36), "0", "-1", "null", "%00", "%F0%9F%92%8A", "%E2%80%AE", "'", "%ff"],
  ...["..%2f..%2fetc%2fpasswd", "01980000-0000-7000-8000-00000000000g", "a".repeat(3_000)],
];

test("an address that names nothing is answered, whoever asks, and is no fault of the server's", async () => {
  const faults: string[] = [];
  let asked = 0;
  for (const { portal, host, open } of sides) {
    const badge = await open();
    const named = routes.filter((route) => route.portal === portal && /\/:/.test(route.path));
    expect(named.length).toBeGreaterThan(10);
    for (const route of named) {
      const whole = addressOf(route, planted.ids).address.split("/");
      const places = route.path.split("/").flatMap((part, at) => (part.startsWith(":") ? [at] : []));
      for (const place of places)
        for (const odd of noIds) {
          const address = whole.map((part, at) => (at === place ? odd : part)).join("/");
          const headers = headersOf(badge, route);
          const { status } = await ask(app, route, address, {
            headers,
            host,
            whole: true,
            from: "203.0.113.70",
          });
          asked += 1;
          if (status >= 500) faults.push(`${route.name} with ${odd.slice(0, 40)}: ${status}`);
        }
    }
  }
  expect(faults).toEqual([]);
  expect(asked).toBeGreaterThan(1_000);
});

/** All that any address is asked with, at once. */
async function queryNames(): Promise<readonly string[]> {
  const operations = operationsOf(await openApi(app.client("localhost")));
  const known = operations.flatMap(({ operation }) =>
    (operation.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name),
  );
  return [...new Set([...known, "returnTo", "token", "page", "tab", "view", "id", "done", "error"])];
}

test("a page or list asked with what it does not know shows or refuses, and is no fault of the server's", async () => {
  const faults: string[] = [];
  const names = await queryNames();
  expect(names).toContain("cursor");
  const odd = { ...oddText, "a NUL": "a\u0000b", "an override": "a\u202Eb", "a number": "99999999999" };
  for (const { portal, host, open } of sides) {
    const badge = await open();
    const shown = (route: WalkedRoute) =>
      route.portal === portal && route.method === "GET" && !route.path.startsWith("/jobs");
    for (const route of routes.filter(shown))
      for (const [what, value] of Object.entries(odd)) {
        const query = new URLSearchParams(names.map((name) => [name, value]));
        const address = `${addressOf(route, planted.ids).address}?${query}`;
        const headers = headersOf(badge, route);
        const { status } = await ask(app, route, address, {
          headers,
          host,
          whole: true,
          from: "203.0.113.71",
        });
        if (status >= 500) faults.push(`${route.name} with ${what}: ${status}`);
      }
  }
  expect(faults).toEqual([]);
});
