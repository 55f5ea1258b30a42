import { PlainLayout } from "../layouts/plain-layout.tsx";
import type { Page } from "../page.ts";
import type { ApiField, ApiGuide, ApiOperation } from "./api-guide.ts";

/** The API guide: every route by group, each opening to its input and answers. Works without script. */
export function DocsPage(props: { page: Page; guide: ApiGuide }): JSX.Element {
  const { page, guide } = props;
  const t = page.t.docs;
  return (
    <PlainLayout page={page} title={t.title} wide>
      <h1 safe>{t.title}</h1>
      <p safe>{t.intro}</p>
      <p safe>{t.hosts}</p>
      <p safe>{t.signIn}</p>
      <p>
        <a href="/docs/json" safe>
          {t.download}
        </a>
      </p>
      <nav aria-label={t.contents} class="docs-contents">
        <ul>
          {guide.groups.map((group) => (
            <li>
              <a href={`#${anchor(group.tag)}`} safe>
                {group.tag}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {guide.groups.map((group) => (
        <section class="docs-group" aria-labelledby={anchor(group.tag)}>
          <h2 id={anchor(group.tag)} safe>
            {group.tag}
          </h2>
          {group.operations.map((operation) => (
            <Operation page={page} operation={operation} />
          ))}
        </section>
      ))}
    </PlainLayout>
  );
}

const anchor = (tag: string) => `tag-${tag.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;

function Operation(props: { page: Page; operation: ApiOperation }): JSX.Element {
  const { operation } = props;
  const t = props.page.t.docs;
  return (
    <details class="docs-operation" id={operation.id}>
      <summary>
        <code class={`docs-method docs-${operation.method.toLowerCase()}`} safe>
          {operation.method}
        </code>{" "}
        <code class="docs-path" dir="ltr" safe>
          {operation.path}
        </code>{" "}
        <span class="docs-summary" safe>
          {operation.summary}
        </span>
      </summary>
      {operation.description === null ? "" : <p safe>{operation.description}</p>}
      {operation.open ? <p safe>{t.open}</p> : ""}
      <Fields page={props.page} title={t.parameters} fields={operation.parameters} />
      <Fields page={props.page} title={t.body} fields={operation.body} />
      <h3 safe>{t.answers}</h3>
      <table class="docs-fields">
        <thead>
          <tr>
            <th scope="col" safe>
              {t.status}
            </th>
            <th scope="col" safe>
              {t.meaning}
            </th>
          </tr>
        </thead>
        <tbody>
          {operation.answers.map((answer) => (
            <tr>
              <td>
                <code safe>{answer.status}</code>
              </td>
              <td safe>{answer.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {operation.answers.map((answer) => (
        <Fields page={props.page} title={`${t.answers}: ${answer.status}`} fields={answer.fields} />
      ))}
    </details>
  );
}

function Fields(props: { page: Page; title: string; fields: readonly ApiField[] }): JSX.Element {
  const t = props.page.t.docs;
  if (props.fields.length === 0) return "";
  const hasPlace = props.fields.some((field) => field.place !== null);
  return (
    <>
      <h3 safe>{props.title}</h3>
      <table class="docs-fields">
        <thead>
          <tr>
            <th scope="col" safe>
              {t.field}
            </th>
            {hasPlace ? (
              <th scope="col" safe>
                {t.place}
              </th>
            ) : (
              ""
            )}
            <th scope="col" safe>
              {t.type}
            </th>
            <th scope="col" safe>
              {t.note}
            </th>
          </tr>
        </thead>
        <tbody>
          {props.fields.map((field) => (
            <tr>
              <td>
                <code dir="ltr" safe>
                  {field.name}
                </code>
                {field.required ? <small safe>{` ${t.required}`}</small> : ""}
              </td>
              {hasPlace ? <td safe>{field.place ?? ""}</td> : ""}
              <td>
                <code dir="ltr" safe>
                  {field.type}
                </code>
              </td>
              <td safe>{field.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
