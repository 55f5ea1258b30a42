import type { Page } from "../../../views/page.ts";
import { goTo } from "../../http/reply.ts";

/** The page's answer to what a hospital's own server was asked: it will be done there. */
export function askedPage(request: Request, page: Page, path: string): Response {
  return goTo(request, path, { tone: "success", text: page.t.onSite.asked });
}
