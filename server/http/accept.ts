import type { Page } from "../../views/page.ts";
import { AcceptPage, InvitationGonePage } from "../../views/people/accept-page.tsx";
import { emptyForm } from "../../views/ui/form-state.ts";
import { AppError, invalidField } from "../errors.ts";
import { refusalOf, valuesOf } from "./form.ts";
import { goTo, html } from "./reply.ts";

interface Invited {
  readonly name: string;
  readonly email: string;
}

/** The page of an invitation's link; of one that no longer works, what to do. The token stays out of caches and referrers. */
export async function showInvitation(
  page: Page,
  token: string,
  find: () => Promise<Invited>,
): Promise<Response> {
  try {
    const { name, email } = await find();
    return unkept(await html(AcceptPage({ page, token, email, form: { ...emptyForm, values: { name } } })));
  } catch (error) {
    return gone(page, error);
  }
}

/** The form of an invitation sent: on to the sign-in page, or the form again with what was wrong. */
export async function takeInvitation(
  request: Request,
  page: Page,
  token: string,
  body: unknown,
  find: () => Promise<Invited>,
  accept: (input: {
    readonly token: string;
    readonly name: string;
    readonly password: string;
  }) => Promise<unknown>,
): Promise<Response> {
  try {
    const { email } = await find();
    try {
      const { name = "", password = "", repeatPassword = "" } = valuesOf(body);
      if (name.trim() === "") throw invalidField("name", "required", "Enter this.");
      if (password.length < 10) throw invalidField("password", "too-weak", "Use at least 10 characters.");
      if (password !== repeatPassword)
        throw invalidField("repeatPassword", "not-same", "The two do not match.");
      await accept({ token, name: name.slice(0, 120), password: password.slice(0, 200) });
      return goTo(request, "/sign-in", { tone: "success", text: page.t.people.accept.done, email });
    } catch (error) {
      if (error instanceof AppError && error.kind === "gone") throw error;
      const { status, ...refused } = refusalOf(page, body, error);
      return unkept(await html(AcceptPage({ page, token, email, ...refused }), status));
    }
  } catch (error) {
    return gone(page, error);
  }
}

async function gone(page: Page, error: unknown): Promise<Response> {
  if (error instanceof AppError && error.kind === "gone")
    return unkept(await html(InvitationGonePage({ page }), 410));
  throw error;
}

function unkept(response: Response): Response {
  response.headers.set("cache-control", "no-store");
  response.headers.set("referrer-policy", "no-referrer");
  return response;
}
