import { Elysia } from "elysia";
import { ApexPage } from "../../views/apex-page.tsx";
import { answerError } from "../http/errors.ts";
import { factsOf } from "../http/facts.ts";
import { strangersPage } from "../http/page.ts";
import { preferencePages } from "../http/preferences.ts";
import { goTo, html } from "../http/reply.ts";
import type { Services } from "../tenancy/services.ts";
import { docsPortal } from "./docs.ts";

/** The bare domain: find your hospital. It never says whether one exists: the hospital's own host does. */
export function apexPortal(services: Services) {
  return new Elysia()
    .onError(({ error, request }) => answerError(services, request, error))
    .use(preferencePages(services))
    .use(docsPortal(services))
    .get("/", ({ request, query }) => {
      const wanted = (query["hospital"] ?? "").trim().toLowerCase();
      const page = strangersPage(services, request);
      if (wanted === "") return html(ApexPage({ page, form: { values: {}, errors: [] } }));
      if (!/^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/.test(wanted))
        return html(
          ApexPage({
            page,
            form: {
              values: { hospital: wanted.slice(0, 100) },
              errors: [{ field: "hospital", code: "not-a-subdomain", message: "" }],
            },
          }),
          422,
        );
      const { url, secure } = factsOf(request);
      return goTo(
        request,
        `${secure ? "https:" : url.protocol}//${wanted}.${services.env.baseDomain}${url.port === "" ? "" : `:${url.port}`}/sign-in`,
      );
    });
}
