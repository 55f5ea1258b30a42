import type { App } from "../../server/app.ts";
import type { Badge } from "./badges.ts";

export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form; the proof of the page comes with it. */
  readonly form?: Record<string, string>;
  readonly body?: BodyInit;
}

/** A browser and an API client of one person at one host. Cookies are kept; the access token is sent where it is there. */
export class Client {
  readonly host: string;
  token: string | null = null;
  refreshToken: string | null = null;
  readonly cookies = new Map<string, string>();
  readonly #app: App;
  readonly #address: string;

  constructor(app: App, host: string, address = "127.0.0.1") {
    this.#app = app;
    this.host = host;
    this.#address = address;
  }

  /** One request as it is: cookies for pages, the token for `/api/`. */
  async send(path: string, sent: Sent = {}): Promise<Response> {
    const headers = new Headers({ host: this.host, ...sent.headers });
    const isApi = path.startsWith("/api/");
    if (isApi && this.token !== null && !headers.has("authorization"))
      headers.set("authorization", `Bearer ${this.token}`);
    if (!isApi && this.cookies.size > 0 && !headers.has("cookie"))
      headers.set("cookie", [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    let body: BodyInit | null = sent.body ?? null;
    if (sent.json !== undefined) {
      headers.set("content-type", "application/json");
      body = JSON.stringify(sent.json);
    }
    if (sent.form !== undefined) {
      headers.set("content-type", "application/x-www-form-urlencoded");
      body = new URLSearchParams(sent.form).toString();
    }
    const method = sent.method ?? (body === null ? "GET" : "POST");
    const response = await this.#app.handle(
      new Request(`http://${this.host}${path}`, { method, headers, body, redirect: "manual" }),
      this.#address,
    );
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { headers });
  }

  /** The text of a page that must be there. */
  async page(path: string): Promise<string> {
    const response = await this.get(path);
    const text = await response.text();
    if (response.status !== 200)
      throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }

  /** Sends a form as a page of this person would: with the proof that the page at `from` carries. */
  async submit(from: string, action: string, fields: Record<string, string> = {}): Promise<Response> {
    const proof = /name="_csrf" value="([^"]+)"/.exec(await this.page(from))?.[1];
    return this.send(action, { form: { ...(proof === undefined ? {} : { _csrf: proof }), ...fields } });
  }

  /** Is from now on the person of these sessions. */
  wear({ cookie, token, refreshToken }: Badge): this {
    const [name = "", secret = ""] = cookie.split("=");
    this.cookies.clear();
    this.cookies.set(name, secret);
    this.token = token;
    this.refreshToken = refreshToken;
    return this;
  }

  /** Signs in for pages and for the API. */
  async signIn(email: string, password: string): Promise<this> {
    const entered = await this.send("/sign-in", { form: { email, password } });
    if (entered.status !== 303) throw new Error(`Sign-in of ${email} answered ${entered.status}.`);
    const portal = this.host.startsWith("owner.") ? "owner" : "tenant";
    const login = await this.send(`/api/v1/${portal}/auth/login`, { json: { email, password } });
    const answer = (await login.json()) as { accessToken: string; refreshToken: string };
    this.token = answer.accessToken;
    this.refreshToken = answer.refreshToken;
    return this;
  }
}
