import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page as BrowserPage } from "playwright-core";
import { AppLayout } from "../../views/layouts/app-layout.tsx";
import { catalogue } from "../../views/messages/catalogue.ts";
import type { Page } from "../../views/page.ts";
import { Button, LinkButton } from "../../views/ui/button.tsx";
import { ConfirmDialog } from "../../views/ui/confirm.tsx";
import { DataTable } from "../../views/ui/data-table.tsx";
import { Form, FormErrors } from "../../views/ui/form.tsx";
import type { FormState } from "../../views/ui/form-state.ts";
import { TextInput } from "../../views/ui/inputs.tsx";
import { Filters, ListRegion, Paging } from "../../views/ui/list.tsx";
import { Live } from "../../views/ui/steps.tsx";
import { browserPath, type OpenBrowser, openBrowser } from "../support/browser.ts";

const built = resolve(import.meta.dir, "../../public/build");
const withBrowser = test.skipIf(browserPath === null || !existsSync(join(built, "manifest.json")));
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'";
const wards = ["Cardiology", "Maternity", "Neonatal care"];
const refused: FormState = {
  values: { name: "" },
  errors: [{ field: "name", code: "required", message: "Enter the name." }],
};

let posts: string[] = [];
let page: Page;
let server: ReturnType<typeof Bun.serve>;
let browser: OpenBrowser;
let tab: BrowserPage;
let refusals: string[] = [];

function WardsPage(props: { search: string }): JSX.Element {
  const rows = wards.filter((ward) => ward.toLowerCase().includes(props.search.toLowerCase()));
  return (
    <AppLayout page={page} title="Wards">
      <Filters
        page={page}
        action="/wards"
        search={{ value: props.search, label: "Search wards" }}
        active={false}
      />
      <ListRegion>
        <DataTable
          page={page}
          caption="Wards"
          columns={[{ key: "name", header: "Name", text: (row: string) => row }]}
          rows={rows}
          href={(row) => `/wards/${row}`}
        />
        <Paging page={page} shown={rows.length} firstHref={null} nextHref={null} />
      </ListRegion>
      <FormErrors page={page} form={refused} labels={{ name: "Name" }} />
      <Form page={page} action="/wards" id="new-ward">
        <TextInput page={page} form={refused} name="name" label="Name" />
        <Button label="Save" look="primary" id="save" />
      </Form>
      <LinkButton href="/wards/1/delete" label="Delete" opens="delete" id="open-delete" />
      <ConfirmDialog
        id="delete"
        page={page}
        title="Delete"
        text="It goes."
        action="/wards/1/deletion"
        confirmLabel="Delete"
        typed="Maternity"
      />
      <Live id="live" src="/live">
        <p>Waiting</p>
      </Live>
    </AppLayout>
  );
}

/** As a live part is served: how it stands, now and whenever it is looked at again. */
const states = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async pull(stream) {
      stream.enqueue(new TextEncoder().encode("data: <p>Ready</p>\n\n"));
      await Bun.sleep(1_000);
    },
  });

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname.startsWith("/assets/")) return new Response(Bun.file(join(built, url.pathname.slice(8))));
  if (url.pathname === "/live") {
    return new Response(states(), { headers: { "content-type": "text/event-stream" } });
  }
  if (request.method === "POST") {
    posts.push(`${url.pathname} ${request.headers.get("content-type")}`);
    return new Response(null, { status: 204 });
  }
  const html = await (<WardsPage search={url.searchParams.get("search") ?? ""} />);
  return new Response(html, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
  });
}

beforeAll(async () => {
  if (browserPath === null) return;
  const t = catalogue.en;
  page = {
    t,
    lang: "en",
    dir: "ltr",
    hospital: null,
    theme: "light",
    portal: "hospital",
    brand: { name: "Abdullah" },
    path: "/wards",
    csrf: "token",
    person: { name: "Ayesha Siddiqui", email: "doctor@abdullah.example", roleName: "Doctor" },
    menu: [{ key: "home", href: "/", label: t.nav.home, icon: "house", current: true }],
    search: { action: "/patients", value: "", label: t.shell.searchPatients },
    notices: null,
    zone: "UTC",
    currency: "PKR",
    now: new Date("2026-03-12T12:00:00Z"),
    assets: await Bun.file(join(built, "manifest.json")).json(),
    demo: false,
    toast: { tone: "danger", text: "The last import failed." },
    syncChip: null,
    profileHref: null,
  };
  server = Bun.serve({ port: 0, fetch: answer });
  browser = await openBrowser();
  tab = await browser.context.newPage();
  tab.on("console", (message) => {
    if (message.type() === "error") refusals.push(message.text());
  });
}, 60_000);

afterAll(async () => {
  if (browserPath === null) return;
  await browser.close();
  await server.stop(true);
});

beforeEach(async () => {
  if (browserPath === null) return;
  posts = [];
  refusals = [];
  await tab.goto(`http://localhost:${server.port}/wards`);
});

const focused = () =>
  tab.evaluate(
    () => document.activeElement?.getAttribute("name") ?? document.activeElement?.textContent?.trim() ?? "",
  );

withBrowser(
  "the list follows what is typed, keeps the place of typing, and the address with it",
  async () => {
    const field = tab.locator("[data-list-search]");
    await field.pressSequentially("mat");
    await tab.waitForFunction(() => document.querySelectorAll("[data-rows] tbody tr").length === 1);
    expect(await tab.locator("[data-rows] tbody").textContent()).toContain("Maternity");
    expect(await tab.locator(".paging-count").textContent()).toBe("1 shown");
    expect(new URL(tab.url()).search).toBe("?search=mat");
    expect(await field.inputValue()).toBe("mat");
    expect(await tab.locator("#content").count()).toBe(1);
  },
);

withBrowser("a refused form has the focus on its first wrong field", async () => {
  await tab.waitForFunction(() => document.activeElement?.getAttribute("name") === "name");
});

withBrowser("slash and Ctrl+K lead to the search, but a slash typed in a field stays a slash", async () => {
  await tab.keyboard.press("/");
  expect(await tab.locator("#f-name").inputValue()).toBe("/");
  await tab.keyboard.press("Control+k");
  expect(await focused()).toBe("search");
  await tab
    .locator("h1, body")
    .first()
    .evaluate(() => (document.activeElement as HTMLElement).blur());
  await tab.keyboard.press("/");
  expect(await focused()).toBe("search");
});

withBrowser("the arrows go from the search through the rows and back", async () => {
  await tab.locator("[data-list-search]").focus();
  await tab.keyboard.press("ArrowDown");
  expect(await focused()).toBe("Cardiology");
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("ArrowDown");
  expect(await focused()).toBe("Neonatal care");
  await tab.keyboard.press("ArrowUp");
  expect(await focused()).toBe("Maternity");
});

withBrowser("a form pressed twice is sent once, and its button says that it waits", async () => {
  await tab.locator("#f-name").fill("Oncology");
  await tab.evaluate(() => {
    const save = document.querySelector<HTMLButtonElement>("#save");
    save?.click();
    save?.click();
  });
  await tab.waitForFunction(() => document.querySelector("#save")?.getAttribute("aria-busy") === "true");
  expect(posts).toEqual(["/wards application/x-www-form-urlencoded"]);
});

withBrowser("a typed confirmation opens in place and waits for the name; Escape leaves it", async () => {
  const confirm = tab.locator("#delete button[type=submit]");
  await tab.locator("#open-delete").click();
  expect(await tab.locator("dialog#delete").evaluate((dialog) => (dialog as HTMLDialogElement).open)).toBe(
    true,
  );
  expect(await confirm.isDisabled()).toBe(true);
  await tab.locator("#delete-confirm").fill("Maternity");
  expect(await confirm.isDisabled()).toBe(false);
  await tab.keyboard.press("Escape");
  expect(await tab.locator("dialog#delete").evaluate((dialog) => (dialog as HTMLDialogElement).open)).toBe(
    false,
  );
});

withBrowser("the person's menu closes by Escape and by a click elsewhere", async () => {
  const menu = tab.locator(".person-menu");
  const isOpen = () => menu.evaluate((details) => (details as HTMLDetailsElement).open);
  await menu.locator("summary").click();
  expect(await isOpen()).toBe(true);
  await tab.keyboard.press("Escape");
  expect(await isOpen()).toBe(false);
  await menu.locator("summary").click();
  await tab.locator("#content").click({ position: { x: 5, y: 5 } });
  expect(await isOpen()).toBe(false);
});

withBrowser("a failure's toast stays until it is dismissed", async () => {
  await tab.locator(".toast-dismiss").click();
  expect(await tab.locator("[data-toast]").count()).toBe(0);
});

withBrowser("a live part takes what the server sends, and the policy refuses nothing", async () => {
  // On a slow line each script comes a while after the one before.
  let late = 0;
  await tab.route("**/assets/*.js", async (route) => {
    late += 150;
    await Bun.sleep(late);
    await route.continue();
  });
  await tab.reload();
  await tab.locator("#live", { hasText: "Ready" }).waitFor();
  await tab.unroute("**/assets/*.js");
  expect(refusals).toEqual([]);
});
